"""One markdown text that grows, as HTML blocks: those that are settled for good, and the last.

Only what follows the last settled block is read again, so a token costs the same however long the
text is. Where the text is cut depends on the text alone, never on the pieces it came in: a text
given at once, as when a page is loaded again, gives the same blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from webchat.rendering import block_boundaries
from webchat.rendering.block_boundaries import Block, Outline, decided
from webchat.rendering.code import Part
from webchat.rendering.dialect import html_of, pending_formula
from webchat.rendering.fences import CodeBlock
from webchat.rendering.incomplete_markdown import repaired
from webchat.rendering.text import showable

WINDOW = 64_000
"""Characters that are read at once, and the longest a block may be before it is cut anywhere."""
LONG_TEXT = 8_000
"""Characters of a paragraph above which it is cut."""
LONG_LIST = 1_200
"""Characters of a list after which it is cut before its next item."""
LONG_TABLE = 40
"""Rows of a table after which it is cut."""


_MAY_SETTLE = re.compile(r"[\n$\\]")
"""A line's end or a formula's mark: without one, more of a line that has begun settles nothing."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """That the text goes on with a list (whose next item counts `number`) or a table."""

    number: int | None


class Blocks:
    """The HTML of one markdown text, settled block by block while it grows."""

    __slots__ = (
        *("_code", "_codes", "_cut", "_done", "_doubt"),
        *("_held", "_rest", "_settled", "_sure", "_tail", "_text"),
    )

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._held = ""  # the end of the text, when only the next character says what it is
        self._rest = ""  # showable, and not settled
        self._settled: list[str] = []
        self._tail: str | None = ""
        self._code: CodeBlock | None = None  # the fence that `_rest` is within
        self._codes = 0
        self._cut: _Cut | None = None
        self._doubt: int | None = None  # where a formula begins in `_rest`, if it is one
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
        if not self._sure or _MAY_SETTLE.search(fresh) or len(self._rest) >= WINDOW:
            self._settle(final=False)
            begun = bool(self._rest) and not self._rest[-1].isspace()
            self._sure = begun and self._doubt is None and decided(self._rest) == len(self._rest)

    def finish(self) -> None:
        """The text is complete: settle what is left, as it stands."""
        if self._done:
            return
        self._rest += showable(self._held)
        self._held = ""
        self._settle(final=True)
        self._rest, self._tail, self._done = "", "", True

    def _settle(self, *, final: bool) -> None:
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
        window = self._rest[:WINDOW]
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
        if len(window) == WINDOW:
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
        if block.kind == "list":
            return self._take_list(outline, block, over)
        if block.kind == "table":
            return self._take_table(outline, block, over)
        if block.kind == "text":
            cut = outline.long_text_cut(block, LONG_TEXT, over)
            if cut:
                self._add(outline.text[outline.offset(block.start) : cut])
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

    def _take_list(self, outline: Outline, block: Block, over: bool) -> str | None:
        start, count = block.items[0], 0
        number = self._cut.number if self._cut else block.number
        for item in block.items[1:]:
            count += 1
            if outline.offset(item) - outline.offset(start) < LONG_LIST:
                continue
            self._add(outline.source(start, item), number, "middle" if self._cut else "first")
            start, number, count = item, number and number + count, 0
            self._cut = _Cut(number)
        if not over:
            return outline.text[outline.offset(start) :]
        self._add_last(outline.source(start, block.end))
        return None

    def _take_table(self, outline: Outline, block: Block, over: bool) -> str | None:
        start = block.start + 2
        header = outline.source(block.start, start)
        while block.end - start > LONG_TABLE:
            rows = outline.source(start, start + LONG_TABLE)
            self._add(header + rows, None, "middle" if self._cut else "first")
            start += LONG_TABLE
            self._cut = _Cut(None)
        if not over:
            return header + outline.text[outline.offset(start) :]
        self._add_last(header + outline.source(start, block.end))
        return None

    def _add_last(self, source: str) -> None:
        """Settle the last part of a list or table, or all of it if it was not cut."""
        cut, self._cut = self._cut, None
        self._add(source, cut.number if cut else None, "last" if cut else None)

    def _add(self, source: str, number: int | None = None, part: Part = None) -> None:
        self._settled.append(html_of(source, number=number, part=part))

    def _cut_anywhere(self, window: str) -> None:
        """Settle a block that is longer than any reader's patience, up to some space in it."""
        cut = max(window.rfind("\n"), window.rfind(" ")) + 1 or len(window)
        if window[:cut].strip():
            self._add_last(window[:cut])
        self._rest = self._rest[cut:]

    def _rendered_tail(self) -> str:
        if self._code:
            return self._code.growing(self._rest)
        if self._doubt is not None:
            formula = self._rest[self._doubt :]
            return self._tail_of(self._rest[: self._doubt]) + pending_formula(formula)
        return self._tail_of(repaired(self._rest))

    def _tail_of(self, source: str) -> str:
        if self._cut is None:
            return html_of(source)
        return html_of(source, number=self._cut.number, part="last")
