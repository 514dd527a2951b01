"""One markdown text that grows, as HTML blocks: those that are settled for good, and the last.

Only what follows the last settled block is read again, so a token costs the same however long the
text is. Where the text is cut depends on the text alone, never on the pieces it came in: a text
given at once, as when a page is loaded again, gives the same blocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from webchat.rendering import block_boundaries, limits
from webchat.rendering.block_boundaries import IMAGE, Block, Outline, decided
from webchat.rendering.container_cuts import cut_of
from webchat.rendering.continuation import Level, Path
from webchat.rendering.costs import affordable, cost
from webchat.rendering.dialect import html_of, pending_formula
from webchat.rendering.fences import CodeBlock
from webchat.rendering.incomplete_markdown import repaired
from webchat.rendering.plain_words import WORDS, WordSlot, slot_of, with_marker
from webchat.rendering.tables import rows_of_piece
from webchat.rendering.text import showable

_MAY_SETTLE = re.compile(r"[\n$\\]")
"""A line's end or a formula's mark: without one, more of a line that has begun settles nothing."""


class Blocks:
    """The HTML of one markdown text, settled block by block while it grows.

    Args:
        addresses: Where the sources are that marks in the text stand for, by number.
    """

    __slots__ = (
        *("_addresses", "_code", "_codes", "_path", "_done", "_doubt"),
        *("_held", "_pictured", "_rest", "_spent", "_settled", "_slot", "_sure", "_tail", "_text"),
    )

    def __init__(self, addresses: Mapping[int, str] | None = None) -> None:
        self._addresses = addresses
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._held = ""  # the end of the text, when only the next character says what it is
        self._rest = ""  # showable, and not settled
        self._settled: list[str] = []
        self._tail: str | None = ""
        self._code: CodeBlock | None = None  # the fence that `_rest` is within
        self._codes = 0
        self._path: Path = ()  # what was open where the text was cut before `_rest`
        self._doubt: int | None = None  # where a formula begins in `_rest`, if it is one
        self._spent = 0  # about what `_rest` costs to read
        self._pictured = False  # whether a picture stands in `_rest`
        self._slot: WordSlot | None = None  # where plain words go in the tail, if that is known
        self._sure = False  # whether it is decided what the last line is
        self._done = False

    @property
    def settled(self) -> Sequence[str]:
        """The HTML of the blocks that nothing can change any more; it only gets longer."""
        return self._settled

    @property
    def tail(self) -> str:
        """The HTML of what is still growing, its open ends tied; made when it is asked for."""
        if self._tail is None:
            self._tail = self._rendered_tail()
        return self._tail

    def update(self, text: str) -> None:
        """Take the whole text as it is now; if it does not go on from the last, start over."""
        if text == self._text:
            return
        if self._done or not text.startswith(self._text):
            self._begin()
        fresh = self._held + text[len(self._text) :]
        keep = len(fresh) - (fresh[-1] == "\r" or "\ud800" <= fresh[-1] <= "\udbff")
        self._text, self._held = text, fresh[keep:]
        fresh = showable(fresh[:keep])
        self._rest += fresh
        self._tail = None
        if not WORDS.fullmatch(fresh):
            self._slot = None
        self._spent += cost(fresh)
        if not self._sure or _MAY_SETTLE.search(fresh) or self._is_full():
            self._settle(final=False)
            self._spent = cost(self._rest)
            self._pictured = IMAGE in self._rest
            begun = bool(self._rest) and not self._rest[-1].isspace()
            self._sure = begun and self._doubt is None and decided(self._rest) == len(self._rest)

    def _is_full(self) -> bool:
        """Whether what is not settled is so long, or so dear, that there may be more to settle."""
        if self._pictured:
            return len(self._rest) >= limits.WINDOW_WITH_IMAGE
        return self._spent >= limits.TEXT

    def finish(self) -> None:
        """The text is complete: settle what is left, as it stands."""
        if self._done:
            return
        self._rest += showable(self._held)
        self._held = ""
        self._settle(final=True)
        self._rest, self._tail, self._done = "", "", True

    def _settle(self, *, final: bool) -> None:
        self._slot = None
        while self._settle_code(final) if self._code else self._settle_window(final):
            pass

    def _settle_code(self, final: bool) -> bool:
        """Go on with an open fence; whether it was closed, with more to read after it."""
        assert self._code
        *lines, self._rest = self._rest.split("\n")
        for number, line in enumerate(lines):
            if self._code.closes(line):
                self._settled.append(self._code.end())
                self._code = None
                self._rest = "\n".join([*lines[number + 1 :], self._rest])
                return True
            self._add_code(line + "\n")
        if final:
            if self._rest and not self._code.closes(self._rest):
                self._add_code(self._rest)
            self._settled.append(self._code.end())
            self._code = None
        return False

    def _add_code(self, line: str) -> None:
        assert self._code
        part = self._code.add(line)
        if part is not None:
            self._settled.append(part)

    def _settle_window(self, final: bool) -> bool:
        """Settle blocks at the beginning of the rest; whether to look again at what is left."""
        # Without the empty lines before it, a block's window begins where the block does.
        self._rest = self._rest[block_boundaries.blank_lines(self._rest) :]
        window = _window(self._rest)
        whole = final and len(window) == len(self._rest)
        outline = Outline(window if whole else window[: decided(window)], goes_on=not whole)
        from_end, ended = None, whole
        if outline.doubt is not None:
            # What comes before it can still be read; its last block is over if the line in
            # doubt begins another in any case.
            ended = outline.begins_at(outline.doubt)
            from_end = len(self._rest) - outline.doubt
            outline = Outline(window[: outline.doubt], goes_on=False)
        count = len(self._settled)
        left = outline.text
        for number, block in enumerate(outline.blocks, start=1):
            over = ended or number < len(outline.blocks) or outline.is_closed(block)
            remaining = self._take(outline, block, over)
            left = outline.text[outline.offset(block.end) :] if remaining is None else remaining
            if remaining is not None:
                break
        self._rest = left + self._rest[len(outline.text) :]
        self._doubt = None if from_end is None else len(self._rest) - from_end
        if self._code or len(self._settled) > count:
            return True
        if len(window) < len(self._rest):
            self._cut_anywhere(window)
            return True
        return False

    def _take(self, outline: Outline, block: Block, over: bool) -> str | None:
        """Settle a block, or as much of it as is sure.

        Args:
            outline: The text it is in.
            block: The block.
            over: Whether it is complete.

        Returns:
            None when all of it is settled, else what remains of the text.
        """
        if block.kind == "fence":
            return self._take_fence(outline, block, over)
        if block.kind in ("list", "quote"):
            return self._take_container(outline, block, over)
        if block.kind == "table":
            return self._take_table(outline, block, over)
        if block.kind == "text":
            start = outline.offset(block.start)
            cut = outline.text_cut(start, block.start, block.end, over=over)
            if cut:
                self._add(outline.text[start:cut], (Level("text"),))
                end = outline.offset(block.end)
                return outline.text[cut:end].lstrip(" \n") + outline.text[end:]
        if not over:
            return outline.text[outline.offset(block.start) :]
        self._add(outline.source(block.start, block.end))
        return None

    def _take_fence(self, outline: Outline, block: Block, over: bool) -> str | None:
        opener, *lines = outline.lines(block.start, block.end)
        self._codes += 1
        self._code = CodeBlock(opener, self._codes)
        closed = bool(lines) and self._code.closes(lines[-1])
        if not closed and not over:
            return outline.text[outline.offset(block.start + 1) :]
        for line in lines[:-1] if closed else lines:
            self._add_code(line)
        self._settled.append(self._code.end())
        self._code = None
        return None

    def _take_container(self, outline: Outline, block: Block, over: bool) -> str | None:
        start = block.start
        while cut := cut_of(outline, block, start, self._path, over):
            self._add(outline.text[outline.offset(start) : cut.end], cut.after)
            if cut.line is None:
                return cut.lead + outline.text[cut.resume :]
            start = cut.line
        if not over:
            return outline.text[outline.offset(start) :]
        self._add(outline.source(start, block.end))
        return None

    def _take_table(self, outline: Outline, block: Block, over: bool) -> str | None:
        start = block.start + 2
        header = outline.source(block.start, start)
        while start + (rows := rows_of_piece(outline.lines(start, block.end))) < block.end:
            self._add(header + outline.source(start, start + rows), (Level("table"),))
            start += rows
        if not over:
            return header + outline.text[outline.offset(start) :]
        self._add(header + outline.source(start, block.end))
        return None

    def _add(self, source: str, after: Path = ()) -> None:
        """Settle a piece, and note what is open where it ends."""
        self._settled.append(html_of(source, self._path, after, self._addresses))
        self._path = after

    def _cut_anywhere(self, window: str) -> None:
        """Settle a block that is longer than any reader's patience, up to some space in it."""
        cut = max(window.rfind("\n"), window.rfind(" ")) + 1 or len(window)
        if window[:cut].strip():
            self._add(window[:cut])
        self._rest = self._rest[cut:]

    def _rendered_tail(self) -> str:
        if self._slot:
            return self._slot.filled(self._rest)
        if self._code:
            return self._code.growing(self._rest)
        if self._doubt is not None:
            formula = self._rest[self._doubt :]
            return self._tail_of(self._rest[: self._doubt]) + pending_formula(formula)
        marked = with_marker(self._rest) if self._sure else None
        if marked is None:
            return self._tail_of(repaired(self._rest))
        self._slot = slot_of(self._tail_of(marked), self._rest)
        if self._slot is None:
            return self._tail_of(repaired(self._rest))
        return self._slot.filled(self._rest)

    def _tail_of(self, source: str) -> str:
        return html_of(source, self._path)


def _window(text: str) -> str:
    """The beginning of a text, as much as is read at once."""
    window = text[: affordable(text[: limits.WINDOW], 0, limits.WINDOW_COST)[0]]
    if IMAGE in window:
        window = text[: limits.WINDOW_WITH_IMAGE]
    if window.count("\n") <= limits.WINDOW_LINES:
        return window
    end = -1
    for _ in range(limits.WINDOW_LINES):
        end = window.index("\n", end + 1)
    return window[: end + 1]
