"""Where a text may be cut for good: borders between its blocks that no later text can move.

A line decides how the block before it ends, so a border holds once that line is decided: once it
is complete, or has a character that no block mark is made of. One construct looks further ahead: a
formula on lines of its own is one only if it is closed, so an outline says where one is in doubt.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from webchat.rendering.dialect import blocks_of

_UNDECIDED = re.compile(r"[\s\d>*+\-_=#~|:`$\\.)]*")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")
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
        items: For a list, the first line of each of its items.
        number: For an ordered list, the number of its first item.
        ends_itself: Whether its last line, once complete, ends it whatever follows.
    """

    kind: Kind
    start: int
    end: int
    items: tuple[int, ...] = ()
    number: int | None = None
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

    def lines(self, start: int, end: int) -> list[str]:
        """Some lines, each with its line end."""
        return [self.source(line, line + 1) for line in range(start, end)]

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

    def long_text_cut(self, block: Block, limit: int, over: bool) -> int | None:
        """Where to cut a paragraph that is too long, None if it is not, or not surely.

        Its last line may yet turn out to be the header of a table, so the line at which it is
        too long has to be followed by another, unless the paragraph is over.
        """
        start = self.offset(block.start)
        if self.offset(block.end) - start <= limit:
            return None
        line = bisect_right(self._starts, start + limit) - 1
        sure = over or line + 1 < self.line_count
        if not sure or "(data:image/" in self.source(block.start, line + 1):
            return None
        part = self.text[start : start + limit]
        cut = part.rfind("\n", limit // 4) + 1 or part.rfind(" ") + 1 or limit
        return start + cut


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
                items=_item_lines(tokens, index) if kind == "list" else (),
                number=_number(token),
                ends_itself=token.type in ("heading_open", "hr", "math_block"),
            )
        )
    return found


def _item_lines(tokens: list[Token], index: int) -> tuple[int, ...]:
    lines: list[int] = []
    for token in tokens[index + 1 :]:
        if token.level == 0:
            break
        if token.level == 1 and token.type == "list_item_open" and token.map:
            lines.append(token.map[0])
    return tuple(lines)


def _number(token: Token) -> int | None:
    return int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
