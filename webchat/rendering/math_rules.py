r"""Where formulas stand in markdown: `\( \)` in a line, `\[ \]` and `$$ $$` in one or on their own.

A single `$` is never mathematics: `$5 and $10` is about money. Finds formulas, does not read them.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from webchat.rendering import limits

DOUBTS = "formulas that may be none"
"""The key of a parser's environment for a list of lines: given one, the rule takes the text for
one that goes on, and notes there where a formula begins that only what follows can confirm."""

_CLOSERS = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}


def math_plugin(md: MarkdownIt) -> None:
    """Teach a parser formulas: tokens `math_inline` and `math_block`, with the LaTeX as content."""
    md.inline.ruler.before("escape", "math_inline", _inline)
    interrupted = ["paragraph", "blockquote", "list"]
    md.block.ruler.before("fence", "math_block", _block, {"alt": interrupted})


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    position = state.bMarks[start] + state.tShift[start]
    opener = state.src[position : position + 2]
    if opener not in ("$$", "\\["):
        return False
    # Where a paragraph of a list might go on lazily, what counts is the formula's own indent.
    indent = min(state.blkIndent, state.sCount[start])
    last = min(end, start + limits.FORMULA_LINES + 1)
    taken = _lines_taken(state, start, last, indent, opener)
    if DOUBTS in state.env and _is_doubtful(state, start, last, taken):
        state.env[DOUBTS].append(start)
        return False
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


def _lines_taken(state: StateBlock, start: int, last: int, indent: int, opener: str) -> int | None:
    """How many lines a formula takes: 0 if it is none, None if it is not closed before `last`."""
    closer = _CLOSERS[opener]
    first = _line(state, start)[len(opener) :]
    if closer in first:
        return 1 if first.rstrip().endswith(closer) and first.count(closer) == 1 else 0
    for number in range(start + 1, last):
        line = _line(state, number)
        if line and state.sCount[number] < indent:  # the end of what it is in
            return 0
        if line.startswith(("```", "~~~", "\\[")):
            return 0
        if closer in line:
            closes = line.rstrip(" \t.,;").endswith(closer) and line.count(closer) == 1
            return number - start + 1 if closes else 0
    return None


def _is_doubtful(state: StateBlock, start: int, last: int, taken: int | None) -> bool:
    """Whether text that is still to come could change what begins on a line."""
    lines = len(state.bMarks) - 1
    if taken is None:
        return last == lines and last - start <= limits.FORMULA_LINES
    return taken > 0 and start + taken == lines and not state.src.endswith("\n")


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _inline(state: StateInline, silent: bool) -> bool:
    opener = state.src[state.pos : state.pos + 2]
    closer = _CLOSERS.get(opener)
    if closer is None:
        return False
    end = state.src.find(closer, state.pos + 2, state.posMax)
    if end < 0:
        return False
    latex = state.src[state.pos + 2 : end].strip()
    if not latex:
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = latex
        token.markup = opener
    state.pos = end + 2
    return True
