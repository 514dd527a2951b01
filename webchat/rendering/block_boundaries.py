"""Where a text may be cut for good: boundaries between its blocks that no later text can move.

A line decides how the block before it ends, so a boundary holds once that line is decided: once it
is complete, or has a character that no block mark is made of. One construct looks further ahead: a
formula on lines of its own is one only if it is closed, so an outline says where one is in doubt.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from webchat.rendering import limits
from webchat.rendering.costs import affordable, cost
from webchat.rendering.dialect import blocks_of

_UNDECIDED = re.compile(r"[\s\d>*+\-_=#~|:`$\\.)]*")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")
_MARKS_OF_CONTAINERS = re.compile(r"[ \t>]*")
_COULD_BEGIN_A_BLOCK = "-+*>#=|~`$\\0123456789 \t\n"
IMAGE = "(data:image/"
"""How the address of a picture begins that stands in the text itself."""
_FENCE_OPENER = re.compile(r" {0,3}(?:```|~~~)")

Kind = Literal["fence", "list", "table", "text", "quote", "other"]
_KINDS: dict[str, Kind] = {
    "fence": "fence",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "paragraph_open": "text",
    "blockquote_open": "quote",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of a text.

    Attributes:
        kind: What it is, as far as that matters to cutting.
        start: Its first line's number.
        end: The number of the line after its last.
        tokens: Its tokens.
        ends_itself: Whether its last line, once complete, ends it whatever follows.
    """

    kind: Kind
    start: int
    end: int
    tokens: list[Token]
    ends_itself: bool = False


class Outline:
    """The top-level blocks of a text, and the lines they stand on."""

    __slots__ = ("_starts", "blocks", "doubt", "text")

    def __init__(self, text: str, *, goes_on: bool) -> None:
        """Read a text.

        Args:
            text: The text.
            goes_on: Whether more may follow it: if so, `doubt` is the offset from which on what
                follows could change how it is read, None where nothing could.
        """
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        doubts: list[int] = []
        self.blocks = _blocks(blocks_of(text, doubts if goes_on else None))
        self.doubt = self.offset(min(doubts)) if doubts else None

    @property
    def line_count(self) -> int:
        """Lines with anything on them or after them."""
        return len(self._starts) - (self._starts[-1] == len(self.text))

    def offset(self, line: int) -> int:
        """Where a line starts; the text's length for a line after the last."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def source(self, start: int, end: int) -> str:
        """The text of some lines."""
        return self.text[self.offset(start) : self.offset(end)]

    def lines(self, start: int, end: int) -> Iterator[str]:
        """Some lines, each with its line end."""
        return (self.source(line, line + 1) for line in range(start, end))

    def begins_at(self, offset: int) -> bool:
        """Whether a block begins there."""
        return any(self.offset(block.start) == offset for block in self.blocks)

    def is_closed(self, block: Block) -> bool:
        """Whether the last block is over, whatever may follow the text."""
        if self.offset(block.end) == len(self.text) and not self.text.endswith("\n"):
            return False
        if block.ends_itself:
            return True
        blank = block.end < self.line_count and not self.source(block.end, block.end + 1).strip()
        return blank and block.kind in ("text", "table", "quote")

    def text_cut(self, start: int, first: int, last: int, *, over: bool) -> int | None:
        """Where to cut a paragraph that is too long, None if it is not, or not surely.

        Its last line may yet turn out to be the header of a table, so the line at which it is
        too long has to be followed by another, or be too long for a header, unless the paragraph
        is over.

        Args:
            start: The offset at which its own text begins.
            first: Its first line.
            last: The line after its last.
            over: Whether it is complete.

        Returns:
            An offset.
        """
        end = self.offset(last)
        limit, _ = affordable(self.text, start, limits.TEXT)
        limit = min(limit, self.offset(first + limits.TEXT_LINES))
        if end <= limit:
            return None
        line = bisect_right(self._starts, limit) - 1
        sure = (
            over
            or line + 1 < self.line_count
            or cost(self.source(line, last)) > limits.TABLE_HEADER
        )
        if not sure or IMAGE in self.text[start:limit]:
            return None
        part = self.text[start:limit]
        for cut in (*_places(part, "\n", len(part) // 4), *_places(part, " ", 0)):
            begins = start + cut
            if part[cut - 1] == "\n" and (match := _MARKS_OF_CONTAINERS.match(self.text, begins)):
                begins = match.end()
            if self.text[begins : begins + 1] not in _COULD_BEGIN_A_BLOCK:
                return start + cut
        return limit


def _places(part: str, after: str, least: int) -> Iterator[int]:
    """The places behind some character, the last ones first."""
    at = part.rfind(after, least)
    for _ in range(limits.TEXT_LINES):
        if at < 0:
            return
        yield at + 1
        at = part.rfind(after, least, at)


def blank_lines(text: str) -> int:
    """The length of the empty lines that a text begins with."""
    match = _BLANK_LINES.match(text)
    return match.end() if match else 0


def decided(text: str) -> int:
    """How much of a growing text is sure to be read as it would be read now.

    Returns:
        The length of a prefix, whole lines but for a last line that is decided.
    """
    start = text.rfind("\n") + 1
    line = text[start:]
    end = len(text)
    if _UNDECIDED.fullmatch(line) or _FENCE_OPENER.match(line):
        end = start
    return end


def _blocks(tokens: list[Token]) -> list[Block]:
    found: list[Block] = []
    for index, token in enumerate(tokens):
        if token.level or token.nesting < 0 or not token.map:
            continue
        start, end = token.map
        kind = _KINDS.get(token.type, "other")
        setext = token.type == "heading_open" and token.markup in ("=", "-")
        found.append(
            Block(
                kind="text" if setext else kind,
                start=start,
                end=end,
                tokens=tokens[index : _end(tokens, index)],
                ends_itself=token.type in ("heading_open", "hr", "math_block"),
            )
        )
    return found


def _end(tokens: list[Token], index: int) -> int:
    """The index behind the last token of the block that begins at one."""
    end = index + 1
    while end < len(tokens) and (tokens[end].level > 0 or tokens[end].nesting < 0):
        end += 1
    return end
