"""What names other addresses as records: pictures, and the sources of a text.

Nothing foreign is fetched by itself: what lives elsewhere is a link, and only to the web.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from webchat.rendering.text import SENTENCE, shortened, showable
from webchat.screen.part_records import CitationRecord, ImageRecord
from webchat.screen.replica import sendable
from webchat.transcript.parts import Citation, Image

IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
TITLE, QUOTE = 120, 500
"""Characters shown of a source's title, and of what it says."""


def image_record(image: Image) -> ImageRecord:
    """A picture that came with the message; one that lives elsewhere is only linked to."""
    words = shortened(image.alt, SENTENCE) or "Image"
    source = address = ""
    url = image.url or ""
    if image.data and image.mime_type in IMAGES:
        source = sendable(f"data:{image.mime_type};base64,{image.data}")
    elif url.startswith(tuple(f"data:{kind};base64," for kind in IMAGES)):
        source = sendable(url)
    elif host := _host(url):
        address, words = sendable(url), showable(f"Image on {host}")
    return ImageRecord(kind="image", source=source, text=words, detail=address)


def citation_records(citations: tuple[Citation, ...]) -> list[CitationRecord]:
    """The sources that a text names, each once, in the order of their numbers."""
    first: dict[int, Citation] = {}
    for citation in citations:
        first.setdefault(citation.number, citation)
    return [_citation(first[number]) for number in sorted(first)]


def _citation(citation: Citation) -> CitationRecord:
    host = _host(citation.url or "")
    title = " ".join(shortened(citation.title, SENTENCE).split())
    quote = " ".join(shortened(citation.quote, SENTENCE).split())[:QUOTE]
    return CitationRecord(
        number=citation.number,
        text=title[:TITLE] or showable(host) or "Source",
        quote=quote or title,
        detail=sendable(citation.url or "") if host else "",
    )


def _host(url: str) -> str:
    """The host of an address on the web, empty where it leads elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
