"""Where a list or quote that grows long may be cut for good, at any depth, and what goes on.

The cut is the first place behind a limit at which something new begins, or a place within a
paragraph, table or block of code that is too long itself. What follows gets the marks of the
containers that it is within, so that it can be read without what came before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from webchat.rendering import limits
from webchat.rendering.block_boundaries import Block, Outline
from webchat.rendering.continuation import Level, Path, first_openers, is_loose, opener_indices
from webchat.rendering.dialect import blocks_of
from webchat.rendering.fences import lines_of_part
from webchat.rendering.tables import rows_of_piece

_QUOTE = re.compile(r" {0,3}> ?")
_MARKER = re.compile(r"( {0,3}(?:[-+*]|\d{1,9}[.)]))( *)")
_LEAD = re.compile(r"[ \t>]*")
_BLANK = " \t>\n"
_LISTS = ("bullet_list_open", "ordered_list_open")


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut of a text.

    Attributes:
        end: The offset at which the settled piece ends.
        after: What is open there.
        line: The line on which what follows begins, where it is an item of the outermost list.
        lead: What stands before the rest so that it can be read by itself.
        resume: The offset from which on the text follows that.
    """

    end: int
    after: Path
    line: int | None
    lead: str
    resume: int


@dataclass(slots=True)
class _Item:
    """A list's item: the line it begins on, its marker, as wide as what is within is indented."""

    line: int
    marker: str


@dataclass(slots=True)
class _Container:
    """A list or quote that is open at some line.

    Attributes:
        level: What it was at the last cut, its number that of its first item.
        items: How many items have begun.
        item: The item that is open, None between items or where its marker can't be told.
        inside: Whether an item is open.
    """

    level: Level
    items: int = 0
    item: _Item | None = None
    inside: bool = False


@dataclass(slots=True)
class _Search:
    """One search for a cut: the containers that are open where it is."""

    outline: Outline
    start: int
    over: bool
    stack: list[_Container] = field(default_factory=list)

    def is_far(self, line: int) -> bool:
        """Whether a line is behind the limit."""
        size = self.outline.offset(line) - self.outline.offset(self.start)
        return size >= limits.CONTAINER or line - self.start >= limits.CONTAINER_LINES

    def within(self, line: int, stack: list[_Container]) -> str | None:
        """What stands on a line within containers, None where it isn't within them all."""
        rest = self.outline.source(line, line + 1)
        for one in stack:
            if one.level.kind == "quote":
                match = _QUOTE.match(rest)
                if match is None:
                    return None
                rest = rest[match.end() :]
                continue
            if one.item is None:
                return None
            width = len(one.item.marker)
            if one.item.line != line and rest[:width].strip(" "):
                return None
            rest = rest[width:]
        return rest

    def begin_item(self, line: int) -> None:
        """An item of the innermost list begins on a line."""
        one = self.stack[-1]
        one.items += 1
        one.inside = True
        one.item = None
        rest = self.within(line, self.stack[:-1])
        match = _MARKER.match(rest) if rest else None
        if rest is None or match is None or "\t" in rest[: match.end() + 1]:
            return
        only_one = not 1 <= len(match[2]) <= 4 or not rest[match.end() :].strip()
        one.item = _Item(line, rest[: match.end(1)] + " " * (1 if only_one else len(match[2])))

    def path(self, end: int) -> Path:
        """What is open at a cut."""
        piece = self.outline.text[self.outline.offset(self.start) : end]
        tokens = blocks_of(piece)
        openers = opener_indices(tokens)
        last_line = piece[:-1].rpartition("\n")[2]
        apart = piece.endswith("\n") and not last_line.strip(_BLANK)
        levels: list[Level] = []
        for depth, one in enumerate(self.stack):
            level = one.level
            if level.kind == "list":
                loose = level.loose or (depth == len(self.stack) - 1 and apart)
                if not loose and depth < len(openers):
                    loose = is_loose(tokens, openers[depth])
                number = level.number
                if number is not None:
                    number += one.items - one.inside
                level = replace(level, number=number, within_item=one.inside, loose=loose)
            levels.append(level)
        return tuple(levels)

    def leads(self) -> tuple[str, str]:
        """What stands before a line within the containers: before the first one, and others."""
        first = following = ""
        for one in self.stack:
            mark = "> " if one.level.kind == "quote" else one.item.marker if one.item else ""
            first += mark
            following += mark if one.level.kind == "quote" else " " * len(mark)
        return first, following

    def before(self, line: int) -> Cut | None:
        """The cut before a line on which something new begins."""
        rest = self.outline.source(line, line + 1)
        lead = ""
        for one in self.stack:
            if one.level.kind == "quote":
                match = _QUOTE.match(rest)
                if match is None:
                    return None
                lead, rest = lead + match[0], rest[match.end() :]
            elif one.inside:
                if one.item is None or rest[: len(one.item.marker)].strip(" "):
                    return None
                lead, rest = lead + one.item.marker, rest[len(one.item.marker) :]
        if rest.startswith(("    ", "\t")):
            return None
        end = self.outline.offset(line)
        is_item = len(self.stack) == 1 and not self.stack[0].inside
        resume = self.outline.offset(line + 1) - len(rest)
        return Cut(end, self.path(end), line if is_item else None, lead, resume)

    def in_paragraph(self, token: Token) -> Cut | None:
        """The cut within a paragraph that is too long."""
        assert token.map
        content = self.within(token.map[0], self.stack)
        if content is None:
            return None
        begin = self.outline.offset(token.map[0] + 1) - len(content)
        cut = self.outline.text_cut(begin, *token.map, over=self.over)
        if cut is None:
            return None
        resume = cut
        if self.outline.text[cut - 1] == "\n":
            match = _LEAD.match(self.outline.text, cut)
            resume = match.end() if match else cut
        return Cut(cut, self.path(cut), None, self.leads()[0], resume)

    def in_lines(self, token: Token, header: int, most: int) -> Cut | None:
        """The cut within a table or block of code; what goes on repeats its first lines.

        Args:
            token: Its opening token.
            header: How many lines those are.
            most: After how many lines it is cut.
        """
        assert token.map
        start, end = token.map
        line = start + most
        if end - 1 <= line or line + 1 >= self.outline.line_count:
            return None
        first, following = self.leads()
        lead = ""
        for number in range(start, start + header):
            content = self.within(number, self.stack)
            if content is None:
                return None
            lead += (following if lead else first) + content
        cut = self.outline.offset(line)
        return Cut(cut, self.path(cut), None, lead, cut)


def cut_of(outline: Outline, block: Block, start: int, before: Path, over: bool) -> Cut | None:
    """The first place to cut a list or quote, None where it is not too long, or not surely.

    Args:
        outline: The text it is in.
        block: It.
        start: The line of it on which what is not settled yet begins: its first, or an item's.
        before: What was open at the cut before that line.
        over: Whether the block is complete.
    """
    search = _Search(outline, start, over)
    tokens, openers = block.tokens, first_openers(block.tokens, before)
    if start > block.start:
        item = next(i for i, one in enumerate(tokens) if one.level == 1 and _line(one) == start)
        tokens, openers = [tokens[0], *tokens[item:]], [(tokens[0], before[0])]
    going_on = {id(token): level for token, level in openers}
    seen = start
    for token in tokens:
        if token.nesting < 0:
            if token.type == "list_item_close":
                search.stack[-1].inside = False
            elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
                search.stack.pop()
            continue
        if not token.map or token.type == "inline":
            continue
        line = token.map[0]
        if line > seen and token.type not in ("thead_open", "tbody_open", "tr_open"):
            seen = line
            if search.is_far(line) and (cut := search.before(line)):
                return cut
        cut = None
        if token.type in _LISTS or token.type == "blockquote_open":
            search.stack.append(_Container(going_on.get(id(token)) or _level_of(token)))
        elif token.type == "list_item_open":
            search.begin_item(line)
        elif token.type == "paragraph_open":
            cut = search.in_paragraph(token)
        elif token.type == "fence":
            cut = search.in_lines(
                token, 1, 1 + lines_of_part(outline.lines(line + 1, token.map[1]))
            )
        elif token.type == "table_open":
            rows = rows_of_piece(outline.lines(line + 2, token.map[1]))
            cut = search.in_lines(token, 2, 2 + rows)
        if cut:
            return cut
    return None


def _line(token: Token) -> int | None:
    return token.map[0] if token.map else None


def _level_of(token: Token) -> Level:
    if token.type == "blockquote_open":
        return Level("quote")
    ordered = token.type == "ordered_list_open"
    return Level("list", number=int(token.attrs.get("start", 1)) if ordered else None)
