"""About what a text costs to read as markdown, in characters of plain words."""

from __future__ import annotations

import re

_WORDS = re.compile(r"(?:[^\W_]|[ ,])*")
_LINES = ("\n", "- ", "* ", "+ ", ">", ". ", ") ")
MARKS = "**__~~`[[[[[[[[]!<&\\$"
"""What could mean markup; an opening bracket is dear, for every one is tried as a link."""
_ADDRESSES = ("://", "www.", "@")
_LINE, _MARK, _CELL, _ADDRESS = 40, 12, 10, 50
_STEP = 50


def marks_in(text: str) -> int:
    """How many characters of a text could mean markup."""
    return sum(map(text.count, MARKS))


def cost(text: str) -> int:
    """What a text costs."""
    if _WORDS.fullmatch(text):  # as most tokens are
        return len(text)
    lines = _LINE * sum(map(text.count, _LINES))
    addresses = _ADDRESS * sum(map(text.count, _ADDRESSES))
    return len(text) + lines + addresses + _MARK * marks_in(text) + _CELL * text.count("|")


def affordable(text: str, start: int, room: int) -> tuple[int, int]:
    """How much of a text can be read at once, so that texts dear to read come in smaller pieces.

    Args:
        text: The text.
        start: Where to begin.
        room: What reading may cost.

    Returns:
        The offset up to which to read, beyond `start` if there is any room, and what that costs.
    """
    spent, end = 0, start
    while end < len(text) and spent < room:
        step = text[end : end + _STEP]
        spent += cost(step)
        end += len(step)
    return end, spent
