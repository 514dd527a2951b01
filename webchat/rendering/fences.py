"""A fenced block of code while it is written: line by line, in parts of bounded size.

Knows which line closes it and where it may be cut. A part is finished only when the line after it
is there, so that a whole block and a growing one are cut alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from webchat.rendering import limits, sanitize
from webchat.rendering.code import Part, frame, language_of
from webchat.rendering.code_tokens import Colouring, Run

_OPENER = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")


def lines_of_part(lines: Iterable[str]) -> int:
    """How many lines of a block of code, given those under its fence, make one part of it."""
    size = count = 0
    for line in lines:
        if count == limits.CODE_LINES or size >= limits.CODE:
            break
        size += len(line)
        count += 1
    return count


class CodeBlock:
    """One fenced block, from its opening line on."""

    __slots__ = (
        *("_ahead", "_closer", "_colouring", "_cut", "_indent"),
        *("_language", "_lines", "_number"),
    )

    def __init__(self, opener: str, number: int) -> None:
        """Begin a block.

        Args:
            opener: Its opening line.
            number: Which block of its text it is, from 1.
        """
        match = _OPENER.match(opener)
        assert match, "markdown-it found a fence here"
        indent, marks, info = match.groups()
        self._indent = len(indent)
        self._closer = re.compile(rf" {{0,3}}{re.escape(marks)}{re.escape(marks[0])}*[ \t]*\n?")
        self._language = language_of(info)
        self._number = number
        self._colouring = Colouring(self._language)
        self._lines: list[str] = []
        self._cut = False
        # The finished lines of this part, coloured, and where the line after them goes on:
        # a token costs one line, not the part.
        self._ahead: tuple[list[Run], Colouring] | None = None

    def closes(self, line: str) -> bool:
        """Whether this line is the closing fence."""
        return self._closer.fullmatch(line) is not None

    def add(self, line: str) -> str | None:
        """Take a finished line of code; give the HTML of the part that it finished, if any."""
        settled = self._settled_part() if self._is_full() else None
        self._lines.append(self._dedented(line))
        self._ahead = None
        return settled

    def end(self) -> str:
        """The HTML of what is left, the block being over."""
        return self._framed(self._colouring.take("".join(self._lines)))

    def growing(self, line: str) -> str:
        """The HTML of the part that still grows.

        Args:
            line: The line that is being written; nothing of it is shown while it may become the
                closing fence.
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
