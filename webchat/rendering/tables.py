"""Tables as GitHub has them: a block rule for markdown-it, and where a long table may be cut.

A row may have fewer cells than the header: one cell across the columns then stands for all that it
lacks, so that a row costs what is written in it, however many columns there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from webchat.rendering import limits
from webchat.rendering.costs import cost

_ENDED_BY_TABLE = ["paragraph", "reference"]
_DELIMITERS = re.compile(r"(?:[|:]|-(?![ \t]))[-:|\s]+")
_DELIMITER = re.compile(r":?-+:?")
_BAR = re.compile(r"(?<!\\)\|")
_BLANKS = " \t"


def table_plugin(md: MarkdownIt) -> None:
    """Teach a parser tables: the tokens of markdown-it's own rule, `colspan` at a short row's end.

    What begins another block is no header of a table: a line is one thing at once, not in view of
    the next. As the library has it, tables come first.
    """
    md.block.ruler.before("lheading", "late_table", _table, {"alt": _ENDED_BY_TABLE})


def rows_of_piece(rows: Iterable[str]) -> int:
    """How many of a table's rows make one piece of it, given the rows under its header."""
    spent = count = 0
    for row in rows:
        spent += cost(row)
        if count == limits.TABLE_ROWS or (count and spent > limits.TABLE):
            break
        count += 1
    return count


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: a table, unless it is so wide that reading it would take long."""
    if start + 2 > end or state.sCount[start + 1] < state.blkIndent:
        return False
    if state.is_code_block(start) or state.is_code_block(start + 1):
        return False
    aligns = _aligns(_line(state, start + 1))
    header = _line(state, start)
    if aligns is None or cost(header) > limits.TABLE_HEADER or "|" not in header:
        return False
    names = _cells(header)
    if not names or len(names) != len(aligns):
        return False
    if not silent:
        _push_table(state, start, end, names, aligns)
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _aligns(row: str) -> list[str] | None:
    """How the columns are aligned, by the row under the header; None if it is none."""
    if len(row) > limits.TABLE_HEADER or row.count("|") > limits.TABLE_COLUMNS:
        return None
    if not _DELIMITERS.fullmatch(row):
        return None
    cells = [cell.strip() for cell in row.split("|")]
    cells = cells[not cells[0] : len(cells) - (len(cells) > 1 and not cells[-1])]
    if not all(map(_DELIMITER.fullmatch, cells)):
        return None
    return [_align(cell) for cell in cells]


def _align(delimiter: str) -> str:
    left, right = delimiter.startswith(":"), delimiter.endswith(":")
    return "center" if left and right else "right" if right else "left" if left else ""


def _cells(row: str) -> list[str]:
    """What is in a row's cells, a bar within one without its backslash."""
    cells = [cell.replace("\\|", "|") for cell in _BAR.split(row.strip())]
    if cells[0] == "":
        del cells[0]
    if cells and cells[-1] == "":
        del cells[-1]
    return [cell.strip() for cell in cells]


def _push_table(
    state: StateBlock, start: int, end: int, names: list[str], aligns: list[str]
) -> None:
    outer, state.parentType = state.parentType, "table"
    table = state.push("table_open", "table", 1)
    head = state.push("thead_open", "thead", 1)
    head.map = [start, start + 1]
    _push_row(state, start, "th", names, aligns)
    state.push("thead_close", "thead", -1)
    # What ends a quote ends a table.
    enders = state.md.block.ruler.getRules("blockquote")
    line, body = start + 2, None
    while line < end and _goes_on(state, line):
        if any(rule(state, line, end, True) for rule in enders):
            break
        if body is None:
            body = state.push("tbody_open", "tbody", 1)
        _push_row(state, line, "td", _cells(_line(state, line))[: len(aligns)], aligns)
        line += 1
    if body is not None:
        body.map = [start + 2, line]
        state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    table.map = [start, line]
    state.parentType = outer
    state.line = line


def _goes_on(state: StateBlock, line: int) -> bool:
    """Whether a line can be a row: it is not empty, and within what the table is in."""
    if state.sCount[line] < state.blkIndent or state.is_code_block(line):
        return False
    return bool(_line(state, line).strip())


def _push_row(state: StateBlock, line: int, tag: str, cells: list[str], aligns: list[str]) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for content, align in zip(cells, aligns, strict=False):
        opener = state.push(f"{tag}_open", tag, 1)
        if align:
            opener.attrSet("data-align", align)
        inline = state.push("inline", "", 0)
        inline.map = [line, line + 1]
        inline.content = content
        inline.children = []
        state.push(f"{tag}_close", tag, -1)
    if lacking := len(aligns) - len(cells):
        rest = state.push(f"{tag}_open", tag, 1)
        if lacking > 1:
            rest.attrSet("colspan", str(lacking))
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)
