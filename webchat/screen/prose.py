"""A text part as records: settled blocks that are put once, and the growing one."""

from __future__ import annotations

from collections.abc import Sequence

from webchat.rendering.blocks import Blocks
from webchat.rendering.citations import accepted, marked
from webchat.rendering.costs import affordable
from webchat.screen.part_records import BlockRecord
from webchat.screen.replica import Replica
from webchat.transcript.parts import Citation


class _Reading:
    """One reading of a text, as far as there was room for.

    Attributes:
        blocks: What was read.
        text: The text up to there.
        whole: Whether that was all of it at the last time.
    """

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.text = ""
        self.whole = False

    def go_on(self, text: str, limit: int, *, growing: bool) -> int:
        """Read on; returns what it cost."""
        end, spent = affordable(text, len(self.text), limit)
        self.text = text[:end]
        self.blocks.update(self.text)
        self.whole = end == len(text)
        if self.whole and not growing:
            self.blocks.finish()
        return spent


class Prose:
    """One growing markdown text, rendered once for all the tabs that show it.

    A text is shown without the numbers of its sources until it is complete; then it is read again
    with them, and its blocks are put again where that changes them.

    Args:
        key: What the names of its blocks start with.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._lives = 0
        self._begin()

    def _begin(self) -> None:
        self._reading = _Reading(Blocks())
        self._finished = False
        self._keys: list[str] = []
        self._citations: Sequence[Citation] = ()
        self._marked = ""
        self._second: _Reading | None = None
        self._cited: list[str] | None = None

    @property
    def whole(self) -> bool:
        """Whether all of the text was taken in at the last update."""
        return self._reading.whole and (self._second is None or self._second.whole)

    def update(
        self, text: str, *, growing: bool, limit: int, citations: Sequence[Citation] = ()
    ) -> int:
        """Take in the text as it stands now, or as much more of it as there is room for.

        Args:
            text: All of it.
            growing: Whether more of it will come.
            limit: What rendering more of it may cost, in characters of plain words.
            citations: What it cites.

        Returns:
            What it cost.
        """
        spent = self._take(text, growing, limit)
        if not self._finished:
            return spent
        if citations != self._citations:
            self._cite(citations)
        if self._second is not None and not self._second.whole:
            spent += self._second.go_on(self._marked, limit - spent, growing=False)
            if self._second.whole:
                plain, html = self._reading.blocks.settled, self._second.blocks.settled
                self._cited = list(map(accepted, html, plain)) + list(plain[len(html) :])
        return spent

    def _take(self, text: str, growing: bool, limit: int) -> int:
        if self._finished and text == self._reading.text:
            return 0
        if self._finished or not text.startswith(self._reading.text):
            self._lives += 1  # the text was corrected: other blocks, under other names
            self._begin()
        spent = self._reading.go_on(text, limit, growing=growing)
        self._finished = self._reading.whole and not growing
        fresh = range(len(self._keys), len(self._reading.blocks.settled))
        if fresh:
            self._keys = [*self._keys, *map(self._name, fresh)]
        return spent

    def _cite(self, citations: Sequence[Citation]) -> None:
        """Read the text once more, with marks."""
        self._citations, self._second = citations, None
        self._cited = self._cited and list(self._reading.blocks.settled)
        places = [(each.at, each.number) for each in citations]
        self._marked = marked(self._reading.text, places)
        if self._marked != self._reading.text:
            addresses = {each.number: each.url or "" for each in reversed(citations)}
            self._second = _Reading(Blocks(addresses))

    def put(self, replica: Replica) -> tuple[list[str], str]:
        """Give a tab the blocks that it lacks.

        Returns:
            The keys of the settled blocks, and of the growing one (empty when there is none).
        """
        settled = self._reading.blocks.settled
        if self._lives and not any(name in replica for name in (self._name(0), self._tail_name(0))):
            replica.delete(replica.keys_under(f"{self._key}.{self._lives - 1}."))
        shown = settled if self._cited is None else self._cited
        for i in range(len(shown) - 1, -1, -1):
            if self._cited is None and self._name(i) in replica:
                break
            replica.put(self._name(i), BlockRecord(html=shown[i]))
            replica.delete([self._tail_name(i)])
        tail_html = self._reading.blocks.tail
        if not tail_html:
            replica.delete([self._tail_name(len(settled))])
            return self._keys, ""
        tail = self._tail_name(len(settled))
        replica.put(tail, BlockRecord(html=tail_html))
        return self._keys, tail

    def _name(self, i: int) -> str:
        return f"{self._key}.{self._lives}.{i}"

    def _tail_name(self, i: int) -> str:
        """A growing block has a record of its own: one that moved would be a layout shift."""
        return f"{self._name(i)}t"
