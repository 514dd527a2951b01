"""What a person wrote as a record: their characters, no markdown; a long text in pieces."""

from __future__ import annotations

from collections.abc import Collection

from webchat.rendering.text import human_size, showable
from webchat.screen.part_records import PlainRecord

LONG = 20_000
"""Characters of a person's message shown at first."""

PIECE = 200_000
"""Characters that one asking for more shows."""


def plain_record(text: str, asked: Collection[str]) -> PlainRecord:
    """A person's text, or the beginning of a long one.

    Args:
        text: All of it.
        asked: The pieces that were asked for.
    """
    text = showable(text)
    end = _end(asked)
    if end >= len(text):
        return PlainRecord(kind="plain", text=text, action="", piece="")
    words = "Show all" if end + PIECE >= len(text) else "Show more"
    return PlainRecord(
        kind="plain",
        text=text[:end] + "…",
        action=f"{words} · {human_size(len(text.encode()))}",
        piece=str(len(asked)),
    )


def offers_piece(text: str, piece: str, asked: Collection[str]) -> bool:
    """Whether a text's record, made with `asked`, offers this piece."""
    return piece == str(len(asked)) and _end(asked) < len(showable(text))


def _end(asked: Collection[str]) -> int:
    return LONG + PIECE * len(asked)
