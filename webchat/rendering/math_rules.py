r"""Where formulas stand in markdown: `\( \)` in a line, `\[ \]` and `$$ $$` in one or on their own.

A single `$` is never mathematics: `$5 and $10` is about money. Finds formulas, does not read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MAX_LINES = 50
"""Lines after its opening one within which a formula on lines of its own has to end."""

_CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_OPENS_BLOCK = re.compile(r" {0,3}(\$\$|\\\[)")
_OPENS_FENCE = re.compile(r"\s*(?:```|~~~)")


def math_plugin(md: MarkdownIt) -> None:
    """Teach a parser formulas: tokens `math_inline` and `math_block`, with the LaTeX as content."""
    md.inline.ruler.before("escape", "math_inline", _inline)
    interrupted = ["paragraph", "blockquote", "list"]
    md.block.ruler.before("fence", "math_block", _block, {"alt": interrupted})


def block_opener(line: str) -> str | None:
    r"""The mark `$$` or `\[` that a line begins with, None if there is none."""
    match = _OPENS_BLOCK.match(line)
    return match[1] if match else None


def block_end(lines: Iterator[str], opener: str) -> int | None:
    """How many lines a formula on lines of its own takes.

    Args:
        lines: From the opening line on, without their container's indent and their line ends.
        opener: The mark it begins with.

    Returns:
        Their number, at least 1; 0 if this is no such formula, whatever follows; None if that
        depends on lines that are not there yet.
    """
    closer = _CLOSERS[opener]
    first = next(lines, "").lstrip()[len(opener) :]
    if closer in first:
        return 1 if first.rstrip().endswith(closer) and first.count(closer) == 1 else 0
    for number, line in enumerate(lines, start=2):
        if closer in line:
            return number if line.rstrip(" \t.,;").endswith(closer) else 0
        if number > MAX_LINES or line.lstrip().startswith(opener) or _OPENS_FENCE.match(line):
            return 0
    return None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    position = state.bMarks[start] + state.tShift[start]
    opener = state.src[position : position + 2]
    if opener not in ("$$", "\\["):
        return False
    taken = block_end(_lines(state, start, end), opener)
    if not taken:
        return False
    if silent:
        return True
    latex = state.getLines(start, start + taken, state.blkIndent, False).strip()[2:]
    token = state.push("math_block", "", 0)
    token.block = True
    token.content = latex[: latex.rindex(_CLOSERS[opener])]
    token.markup = opener
    token.map = [start, start + taken]
    state.line = start + taken
    return True


def _lines(state: StateBlock, start: int, end: int) -> Iterator[str]:
    """The lines from one on, up to the end of what they are in."""
    for line in range(start, end):
        if line > start and state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return
        yield state.getLines(line, line + 1, state.blkIndent, False)


def _inline(state: StateInline, silent: bool) -> bool:
    opener = state.src[state.pos : state.pos + 2]
    closer = _CLOSERS.get(opener)
    if closer is None:
        return False
    end = state.src.find(closer, state.pos + 2, state.posMax)
    latex = state.src[state.pos + 2 : end].strip()
    if end < 0 or not latex:
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = latex
        token.markup = opener
    state.pos = end + 2
    return True
