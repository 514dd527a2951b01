"""A text part as records: settled blocks that are put once, and the growing one."""

from __future__ import annotations

from webchat.rendering.blocks import Blocks, affordable
from webchat.screen.replica import Replica


class Prose:
    """One growing markdown text, rendered once for all the tabs that show it.

    Args:
        key: What the names of its blocks start with.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._lives = 0
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._finished = False
        self._whole = False
        self._blocks = Blocks()
        self._keys: list[str] = []

    @property
    def whole(self) -> bool:
        """Whether all of the text was taken in at the last update."""
        return self._whole

    def update(self, text: str, *, growing: bool, limit: int) -> int:
        """Take in the text as it stands now, or as much more of it as there is room for.

        Args:
            text: All of it.
            growing: Whether more of it will come.
            limit: What rendering more of it may cost, in characters of plain words.

        Returns:
            What it cost.
        """
        if self._finished and text == self._text:
            return 0
        if self._finished or not text.startswith(self._text):
            self._lives += 1  # the text was corrected: other blocks, under other names
            self._begin()
        end, spent = affordable(text, len(self._text), limit)
        self._text = text[:end]
        self._blocks.update(self._text)
        self._whole = len(self._text) == len(text)
        if self._whole and not growing:
            self._blocks.finish()
            self._finished = True
        fresh = range(len(self._keys), len(self._blocks.settled))
        if fresh:
            self._keys = [*self._keys, *map(self._name, fresh)]
        return spent

    def put(self, replica: Replica) -> tuple[list[str], str]:
        """Give a tab the blocks that it lacks.

        Returns:
            The keys of the settled blocks, and of the growing one (empty when there is none).
        """
        settled = self._blocks.settled
        if self._lives and not any(name in replica for name in (self._name(0), self._tail_name(0))):
            replica.delete(replica.keys_under(f"{self._key}.{self._lives - 1}."))
        for i in range(len(settled) - 1, -1, -1):
            if self._name(i) in replica:
                break
            replica.put(self._name(i), {"html": settled[i]})
            replica.delete([self._tail_name(i)])
        if not self._blocks.tail:
            replica.delete([self._tail_name(len(settled))])
            return self._keys, ""
        tail = self._tail_name(len(settled))
        replica.put(tail, {"html": self._blocks.tail})
        return self._keys, tail

    def _name(self, i: int) -> str:
        return f"{self._key}.{self._lives}.{i}"

    def _tail_name(self, i: int) -> str:
        """A growing block has a record of its own: one that moved would be a layout shift."""
        return f"{self._name(i)}t"
