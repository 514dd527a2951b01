"""The quick way for a growing text that only got plain words: their place in its HTML is known.

Most of what a model writes is words without any markup. Where the last rendering left off within
a text, they are put there, and nothing is parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webchat.rendering.incomplete_markdown import repaired

WORDS = re.compile(r"(?:[^\W_]|[ ,’…—])*")
"""Characters that mean nothing in markdown, nor in HTML, wherever they follow a letter or digit.

A full stop is none of them: it makes an address of `www`.
"""
_ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
_MARKER = "\ue000"


@dataclass(frozen=True, slots=True)
class WordSlot:
    """The place in a rendered piece at which more plain words belong.

    Attributes:
        source: How much of the piece's source was rendered, without the spaces at its end.
        before: The HTML before the place.
        after: The HTML after it.
    """

    source: int
    before: str
    after: str

    def filled(self, source: str) -> str:
        """The HTML of the piece, whose source got nothing but plain words."""
        return self.before + source[self.source :].rstrip(" ") + self.after


def with_marker(source: str) -> str | None:
    """A growing piece with its loose end tied and a marker where it goes on.

    Returns:
        Markdown whose HTML has the marker once, if plain words can go on there; None where it
        is plain from the source that they can't.
    """
    text = source.rstrip(" ")
    if not text or not text[-1].isalnum() or _MARKER in text:
        return None
    if _ADDRESS.search(text, max(map(text.rfind, " \n")) + 1):
        return None  # what follows would be part of it
    marked = repaired(text + _MARKER)
    return marked if marked.startswith(text + _MARKER) else None


def slot_of(html: str, source: str) -> WordSlot | None:
    """The place for more words in the HTML of what `with_marker` gave for a source."""
    before, marker, after = html.partition(_MARKER)
    if not marker or _MARKER in after:
        return None
    return WordSlot(len(source.rstrip(" ")), before, after)
