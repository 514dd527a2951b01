"""A text part as nodes: settled blocks that are put once, and the growing one."""

from __future__ import annotations

from webchat.rendering.blocks import Blocks
from webchat.state.mirror import Mirror


class Prose:
    """One growing markdown text, rendered once for all the tabs that show it.

    Args:
        key: What the names of its blocks start with.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._text = ""
        self._lives = 0
        self._finished = False
        self._blocks = Blocks()
        self._keys: list[str] = []

    def update(self, text: str, *, growing: bool) -> None:
        """Take in the text as it stands now."""
        if not text.startswith(self._text) or (self._finished and text != self._text):
            self._begin_anew()
        self._text = text
        self._blocks.update(text)
        if not growing:
            self._blocks.finish()
            self._finished = True
        fresh = range(len(self._keys), len(self._blocks.settled))
        if fresh:
            self._keys = [*self._keys, *map(self._name, fresh)]

    def _begin_anew(self) -> None:
        """The text was corrected: other blocks, under other names."""
        self._lives += 1
        self._finished = False
        self._blocks, self._keys = Blocks(), []

    def put(self, mirror: Mirror) -> tuple[list[str], str]:
        """Give a tab the blocks that it lacks.

        Returns:
            The keys of the settled blocks, and of the growing one (empty when there is none).
        """
        settled = self._blocks.settled
        for i in range(len(settled) - 1, -1, -1):
            key = self._name(i)
            if key in mirror:
                break
            mirror.put(key, {"html": settled[i]})
        if not self._blocks.tail:
            return self._keys, ""
        tail = f"{self._key}.t"
        mirror.put(tail, {"html": self._blocks.tail})
        return self._keys, tail

    def _name(self, i: int) -> str:
        return f"{self._key}.{self._lives}.{i}"
