"""The sources that a message cites, in the shapes that providers put them, as one type.

Reads one message's JSON and never raises; what names no source is passed over.

| provider | where |
|---|---|
| Anthropic | `citations` of a text block |
| OpenAI | `annotations` of a text block, version 1 blocks too |
| Perplexity | lists `citations` and `search_results` beside the content, by place in the list |
| Google | `grounding_metadata`, with places counted in bytes |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from webchat.limits import CITATIONS_KEPT

_QUOTES = ("cited_text", "quote", "snippet")
_TITLES = ("title", "document_title", "filename", "source")


@dataclass(frozen=True, slots=True)
class Source:
    """What a text names as its source.

    Attributes:
        url: As the provider gave it.
        title: Of the source, empty where there is none.
        quote: What the source says, empty where that is not told.
        end: Behind which character of its block the citation stands; None for the block's end.
        in_bytes: Whether `end` counts bytes of UTF-8 instead.
        number: The number that the text itself calls it by; None where it calls it by none.
    """

    url: str | None
    title: str
    quote: str
    end: int | None = None
    in_bytes: bool = False
    number: int | None = None


def read_block_sources(block: Mapping[str, Any]) -> Iterator[Source]:
    """The sources that a text block names.

    Args:
        block: A text block's JSON.
    """
    for key in ("citations", "annotations"):
        for item in _list(block, key):
            source = _source(item)
            if source is not None:
                yield source


def read_message_sources(message: Mapping[str, Any]) -> Iterator[Source]:
    """The sources that a message names beside its content.

    Args:
        message: A message's JSON, or that of a chunk of one.
    """
    for key in ("additional_kwargs", "response_metadata"):
        beside = message.get(key)
        if beside and isinstance(beside, Mapping):
            yield from _listed(beside)
            yield from _grounding(beside.get("grounding_metadata"))


def _listed(beside: Mapping[str, Any]) -> Iterator[Source]:
    """Sources by their place in a list: addresses, with what was found there in another list."""
    found = [source for item in _list(beside, "search_results") if (source := _source(item))]
    known = {source.url: source for source in reversed(found)}
    for number, item in enumerate(_list(beside, "citations") or _list(beside, "search_results"), 1):
        source = _source(item)
        if source is not None:
            yield replace(known.get(source.url, source), number=number)


def _grounding(raw: Any) -> Iterator[Source]:
    """What Google's search found, at the segments of the answer that it supports."""
    if not isinstance(raw, Mapping):
        return
    found = [_found(chunk) for chunk in _list(raw, "grounding_chunks")]
    placed = False
    for support in _list(raw, "grounding_supports"):
        segment = support.get("segment") if isinstance(support, Mapping) else None
        if not isinstance(segment, Mapping):
            continue
        end = segment.get("end_index")
        for index in _list(support, "grounding_chunk_indices"):
            source = found[index] if type(index) is int and 0 <= index < len(found) else None
            if source is not None:
                placed = True
                yield replace(source, end=end if type(end) is int else None, in_bytes=True)
    if not placed:
        yield from filter(None, found)


def _found(chunk: Any) -> Source | None:
    """What one search found: a page, a document, or a place on a map."""
    kinds = ("web", "retrieved_context", "maps")
    inners = (chunk.get(kind) for kind in kinds) if isinstance(chunk, Mapping) else ()
    inner = next((each for each in inners if isinstance(each, Mapping)), None)
    if inner is None:
        return None
    url, title = _first(inner, "uri") or None, _first(inner, "title")
    return Source(url, title, _first(inner, "text")) if url or title else None


def _source(item: Any) -> Source | None:
    """One citation or annotation; None where it names no source."""
    if isinstance(item, str):
        return Source(item, "", "") if item else None
    if not isinstance(item, Mapping):
        return None
    for wrapped in ("url_citation", "value"):  # one level down, as some give it
        inner = item.get(wrapped)
        item = inner if isinstance(inner, Mapping) else item
    title, url = _first(item, *_TITLES), _first(item, "url")
    source = _first(item, "source")
    if not url and source.startswith(("https://", "http://")):
        url = source
    if not (url or title):
        return None
    end = item.get("index" if item.get("type") == "file_citation" else "end_index")
    return Source(url or None, title, _first(item, *_QUOTES), end if type(end) is int else None)


def _list(raw: Mapping[str, Any], key: str) -> list[Any]:
    """As much as is read of a list under a key; empty where there is none."""
    value = raw.get(key)
    return list(islice(value, CITATIONS_KEPT)) if isinstance(value, list) else []


def _first(raw: Mapping[str, Any], *keys: str) -> str:
    """The first of several strings that is not empty."""
    values = (raw.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value), "")
