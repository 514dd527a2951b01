"""A fenced code block that grows line by line, rendered in parts of bounded size.

Decides which line closes the block and where it is cut into parts. A part is settled only when the
line after it has arrived, so that a whole block and a growing one are cut at the same lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from webchat.rendering import limits, sanitize
from webchat.rendering.code import Part, frame, language_of
from webchat.rendering.code_tokens import Colouring, Run

_OPENER = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")


def lines_of_part(lines: Iterable[str]) -> int:
    """Count the lines of a code block's first part.

    Args:
        lines: The lines of code below the opening fence.
    """
    size = count = 0
    for line in lines:
        if count == limits.CODE_LINES or size >= limits.CODE:
            break
        size += len(line)
        count += 1
    return count


class CodeBlock:
    """One fenced code block, from its opening line to its closing one."""

    __slots__ = (
        *("_ahead", "_closer", "_colouring", "_cut", "_indent"),
        *("_language", "_lines", "_number"),
    )

    def __init__(self, opener: str, number: int) -> None:
        """Start a block.

        Args:
            opener: Its opening line, with the fence and the info string.
            number: The block's number within its text, from 1.
        """
        match = _OPENER.match(opener)
        assert match, "not the opening line of a fence"
        indent, marks, info = match.groups()
        self._indent = len(indent)
        self._closer = re.compile(rf" {{0,3}}{re.escape(marks)}{re.escape(marks[0])}*[ \t]*\n?")
        self._language = language_of(info)
        self._number = number
        self._colouring = Colouring(self._language)
        self._lines: list[str] = []
        self._cut = False
        # The coloured runs of this part's finished lines, and the state to colour the next line
        # from: new text costs the colouring of one line, not of the whole part.
        self._ahead: tuple[list[Run], Colouring] | None = None

    def closes(self, line: str) -> bool:
        """Whether a line is this block's closing fence."""
        return self._closer.fullmatch(line) is not None

    def add(self, line: str) -> str | None:
        """Add a finished line of code.

        Returns:
            The HTML of the part before the line if that part is now settled, else None.
        """
        settled = self._settled_part() if self._is_full() else None
        self._lines.append(self._dedented(line))
        self._ahead = None
        return settled

    def end(self) -> str:
        """The HTML of the last part, once the block is closed."""
        return self._framed(self._colouring.take("".join(self._lines)))

    def growing(self, line: str) -> str:
        """The HTML of the part that still grows.

        Args:
            line: The unfinished line; left out while it could become the closing fence.
        """
        if line and not line.strip(" \t`~"):
            line = ""
        if len(line) > limits.CODE_GROWING_LINE:
            line = line[: limits.CODE_GROWING_LINE] + "…"
        if self._ahead is None:
            colouring = self._colouring.fork()
            self._ahead = (colouring.take("".join(self._lines)), colouring)
        runs, colouring = self._ahead
        return self._framed(runs + colouring.fork().take(self._dedented(line)))

    def _is_full(self) -> bool:
        return len(self._lines) >= limits.CODE_LINES or sum(map(len, self._lines)) >= limits.CODE

    def _settled_part(self) -> str:
        count = len(self._lines)
        ends = range(count, limits.CODE_LINES_LEAST, -1)
        count = next((end for end in ends if not self._lines[end - 1].strip()), count)
        runs = self._colouring.take("".join(self._lines[:count]))
        part: Part = "middle" if self._cut else "first"
        self._cut = True
        del self._lines[:count]
        return sanitize.prose(frame(runs, self._language, self._number, part))

    def _framed(self, runs: list[Run]) -> str:
        part: Part = "last" if self._cut else None
        return sanitize.prose(frame(runs, self._language, self._number, part))

    def _dedented(self, line: str) -> str:
        lead = len(line) - len(line.lstrip(" "))
        return line[min(lead, self._indent) :]
