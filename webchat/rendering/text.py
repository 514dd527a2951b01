"""Small words about text for people: sizes, durations, and characters that are safe to show.

Knows no markup: what it returns still has to be escaped.
"""

from __future__ import annotations

import re

_NOT_SHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Embeddings, overrides and isolates reorder what stands around them (and make code lie);
# direction is found for each block by the stylesheet instead.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def showable(text: str) -> str:
    r"""The text without characters that no page should get.

    Line ends become `\n`; surrogate pairs that came as two halves are joined; control
    characters and lone halves become U+FFFD; direction overrides are left out.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    text = _joined(text)
    return _REORDERING.sub("", _NOT_SHOWABLE.sub("\ufffd", text))


NAME, SENTENCE, DETAIL = 200, 2_000, 20_000
"""Characters that are shown of a name, of what is said in a line or two, and of an error's detail:
making a text showable takes 80 ns a character, and what an agent sends has no bound."""


def shortened(text: str, most: int) -> str:
    """The beginning of a text, showable, with an ellipsis where it was cut.

    Args:
        text: Any text.
        most: How many characters of it.
    """
    return showable(text) if len(text) <= most else showable(text[:most]) + "…"


def _joined(text: str) -> str:
    """Surrogate halves that stand side by side as the character they mean."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def human_size(size: int) -> str:
    """A number of bytes as one reads it: `812 B`, `48 kB`, `5.1 MB`."""
    if size < 1000:
        return f"{size} B"
    for unit in ("kB", "MB"):
        size_in_unit = size / (1000 if unit == "kB" else 1_000_000)
        if size_in_unit < 999.5 or unit == "MB":
            digits = 1 if size_in_unit < 9.95 else 0
            return f"{size_in_unit:.{digits}f} {unit}"
    raise AssertionError("unreachable")


def human_duration(seconds: float) -> str:
    """A time span as one reads it: `0.32 s`, `4.1 s`, `48 s`, `1 min 12 s`, `2 h 5 min`."""
    if seconds < 0.995:
        return f"{max(seconds, 0):.2f} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
