"""What to show of markdown that is still being written, so that nothing flickers.

A bold word is bold before its closing marks come, a half-typed link shows its text, a table is a
table from the first dash under its header; marks that could become anything wait for the next
character. Works on the source, and only for display: what is kept is the source as it came.
"""

from __future__ import annotations

import re

from webchat.rendering import limits

_STARTS_BLOCK = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)]|>|#{1,6})\s")
_CONTAINERS = re.compile(r"\s*(?:(?:[-+*]|\d{1,9}[.)]|>|#{1,6})\s+)*(?:\[[ xX]\]\s)?")
_MARKS_AND_SPACES = re.compile(r"[\s>*+\-_=#~|:`$\\]+")
_ONLY_NUMBER = re.compile(r"\s*\d{1,9}[.)]?\s*")
_DELIMITERS = re.compile(r"[\s:|-]+")
_BACKTICKS = re.compile(r"`+")
_FENCE = re.compile(r"\s*(?:(?:[-+*]|\d{1,9}[.)]|>)\s+)*(`{3,}|~{3,})")
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_MATH = {"\\(": "\\)", "\\[": "\\]", "$$": "$$"}
_MAX_BRACKET = 300  # characters behind an open bracket that may still be the text of a link


def repaired(source: str) -> str:
    """A growing piece of markdown with its loose end tied for display.

    Args:
        source: The piece, from a block's beginning to as far as it is written.

    Returns:
        Markdown that shows what is there, without marks whose meaning is still open.
    """
    head, newline, line = source.rpartition("\n")
    above = head.rpartition("\n")[2]
    only_marks = _MARKS_AND_SPACES.fullmatch(line) is not None and not line.isspace()
    if _inside_fence(head):
        return head + newline if only_marks else source
    if "|" in above and "-" in line and _DELIMITERS.fullmatch(line):
        return head + newline + _delimiter_row(above, line)
    continues = bool(above.strip()) or _STARTS_BLOCK.match(source) is not None
    waits = only_marks or (continues and _ONLY_NUMBER.fullmatch(line)) or _FENCE.match(line)
    shown = head if waits else source
    start = _inline_start(shown)
    return shown[:start] + _tied(shown[start:])


def _inside_fence(text: str) -> bool:
    """Whether a text ends within a fenced block of code (of a list, say)."""
    if "```" not in text and "~~~" not in text:
        return False
    open_mark = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match and not open_mark:
            open_mark = match[1]
        elif match and match[1].startswith(open_mark) and not line[match.end() :].strip():
            open_mark = ""
    return bool(open_mark)


def _delimiter_row(header: str, row: str) -> str:
    """The row under a table's header as it will be, however much of it is there; may be empty."""
    columns = len(_cells(header))
    if columns > limits.TABLE_COLUMNS:
        return ""
    cells = _cells(row)
    complete = len(cells) == columns and all(re.fullmatch(r"\s*:?-+:?\s*", cell) for cell in cells)
    return row if complete else "|" + "---|" * columns


def _cells(row: str) -> list[str]:
    return _UNESCAPED_BAR.split(row.strip().removeprefix("|").removesuffix("|"))


def _inline_start(source: str) -> int:
    """Where the inline text that is being written begins: behind the last block's own marks."""
    start = source.rfind("\n\n") + 1
    end = len(source)
    while (line_start := source.rfind("\n", start, end) + 1) > start:
        if _STARTS_BLOCK.match(source, line_start):
            break
        end = line_start - 1
    start = max(line_start, start)
    last_line = source.rfind("\n") + 1
    if source.startswith("|", last_line):
        return last_line + max(bar.end() for bar in _UNESCAPED_BAR.finditer(source[last_line:]))
    match = _CONTAINERS.match(source, start)
    return match.end() if match else start


def _tied(text: str) -> str:
    """Inline markdown with every open mark closed, or left out while it is only half typed."""
    marks: list[str] = []
    brackets: list[int] = []
    at = 0
    while at < len(text):
        pair, mark = text[at : at + 2], text[at]
        if pair in _MATH:
            end = text.find(_MATH[pair], at + 2)
            if end < 0:
                return _closed(text[:at] + _as_code(text[at + 2 :]), marks)
            at = end + 2
        elif mark == "\\":
            if len(pair) < 2:
                return _closed(text[:at], marks)
            at += 2
        elif mark == "`":
            run = _run(text, at)
            end = _closing_backticks(text, at + len(run), run)
            if end is None:
                return _closed(text[:at] + _as_code(text[at + len(run) :]), marks)
            at = end
        elif mark in "*_~":
            run = _run(text, at)
            if _take_run(text, at, run, marks):
                return _closed(text[:at], marks)
            at += len(run)
        elif mark == "[":
            brackets.append(at)
            at += 1
        elif mark == "]" and brackets:
            opened = brackets.pop()
            end = _link_end(text, at + 1)
            if end is None:
                return _closed(_without(text, opened, at), marks)
            at = end
        else:
            at += 1
    if brackets and len(text) - brackets[-1] <= _MAX_BRACKET:
        text = _without(text, brackets[-1], len(text))
    return _closed(text, marks)


def _closed(text: str, marks: list[str]) -> str:
    """The text with its open marks closed; an opening mark with nothing behind it is left out."""
    text = text.rstrip()
    while marks and text.endswith(marks[-1]):
        text = text.removesuffix(marks.pop()).rstrip()
    return text + "".join(reversed(marks))


def _run(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end] == text[at]:
        end += 1
    return text[at:end]


def _take_run(text: str, at: int, run: str, marks: list[str]) -> bool:
    """Read a run of `*`, `_` or `~`: open or close emphasis.

    Returns:
        Whether the text ends here with a run that closes nothing yet: it is not to be shown.
    """
    before, after = text[at - 1 : at], text[at + len(run) : at + len(run) + 1]
    if not after:
        if marks and marks[-1] == run:
            marks.pop()
            return False
        return True
    inside_word = before.isalnum() and after.isalnum()
    if run[0] == "_" and inside_word:
        return False
    if before and not before.isspace() and run in marks:
        del marks[marks.index(run) :]
    elif len(marks) < limits.NESTING and _opens(run, before, after):
        marks.append(run)
    return False


def _opens(run: str, before: str, after: str) -> bool:
    if after.isspace() or len(run) > 3 or (run[0] == "~" and len(run) != 2):
        return False
    # One mark right behind a letter or digit is more often a product than an emphasis.
    return len(run) > 1 or not before.isalnum()


def _closing_backticks(text: str, start: int, run: str) -> int | None:
    """Where a code span ends that was opened by this run of backticks, None if it is open."""
    at = text.find(run, start)
    while at >= 0:
        found = _run(text, at)
        if found == run:
            return at + len(run)
        at = text.find(run, at + len(found))
    return None


def _as_code(content: str) -> str:
    """What is being written within a code span or a formula, as code; nothing if it is nothing."""
    content = content.rstrip("`$\\").strip()
    if not content:
        return ""
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(content)), default=0))
    return f"{fence} {content} {fence}"


def _link_end(text: str, at: int) -> int | None:
    """Where a link ends whose text ended before `at`, None while that is not known."""
    if at >= len(text):
        return None
    if text[at] != "(":
        return at
    depth = 0
    for position in range(at, len(text)):
        if text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
            if depth == 0:
                return position + 1
        elif text[position] == "\n":
            return position
    return None


def _without(text: str, opened: int, closed: int) -> str:
    """The text up to `closed`, without the bracket at `opened` (and an image's `!` before it)."""
    mark = opened - 1 if opened and text[opened - 1] == "!" else opened
    return text[:mark] + text[opened + 1 : closed]
