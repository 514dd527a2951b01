"""The content of a message, in any shape that providers give it, as a list of content chunks.

Reads one message's JSON and never raises; what it does not know becomes an `other` chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from webchat.transcript.citations import Source, read_block_sources

ContentKind: TypeAlias = Literal["text", "reasoning", "image", "call", "arguments", "other"]

_TEXT_TYPES = {"text": "text", "output_text": "text", "input_text": "text", "refusal": "refusal"}
_IMAGE_TYPES = frozenset({"image", "image_url", "input_image", "image_generation_call"})
_CALL_TYPES = frozenset({"tool_use", "tool_call", "function_call"})


@dataclass(frozen=True, slots=True)
class ContentChunk:
    """A content block, or a chunk of one.

    Attributes:
        kind: `call` marks the place of a tool call, `arguments` a chunk of its arguments that
            came as content; `other` is a block of a type that we do not know.
        text: Of text, reasoning, arguments.
        index: Which block of the message a chunk belongs to; None where it is not said.
        section: Which paragraph of a reasoning block.
        data: The block's JSON, of images, calls and others.
        sources: What a text cites.
    """

    kind: ContentKind
    text: str = ""
    index: int | str | None = None
    section: int | str | None = None
    data: Any = None
    sources: tuple[Source, ...] = ()


def text_of(raw: Mapping[str, Any], key: str) -> str:
    """The string under a key, empty where there is none or something else."""
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def read_content(message: Mapping[str, Any]) -> Iterator[ContentChunk]:
    """The pieces of a message's content, in order.

    Args:
        message: A message's JSON.

    Yields:
        Reasoning that a provider put beside the content comes first.
    """
    beside = message.get("additional_kwargs")
    if beside and isinstance(beside, Mapping):  # most chunks have an empty one
        reasoning = text_of(beside, "reasoning_content")
        if reasoning:
            yield ContentChunk("reasoning", reasoning, index="beside")
    content = message.get("content")
    if isinstance(content, str):
        if content:
            yield ContentChunk("text", content)
    elif isinstance(content, list):
        for block in content:
            yield from _read_block(block)
    elif content is not None:
        yield ContentChunk("other", data=content)


def _read_block(block: Any) -> Iterator[ContentChunk]:
    if isinstance(block, str):
        yield ContentChunk("text", block)
        return
    if not isinstance(block, Mapping):
        yield ContentChunk("other", data=block)
        return
    index = _index(block)
    inner = block.get("value")
    if text_of(block, "type") == "non_standard" and isinstance(inner, Mapping):
        block = inner  # a provider's own block, wrapped
    type_ = text_of(block, "type")
    if type_ in _TEXT_TYPES:
        text = text_of(block, _TEXT_TYPES[type_])
        yield ContentChunk("text", text, index, sources=tuple(read_block_sources(block)))
    elif type_ in ("reasoning", "thinking"):
        yield from _read_reasoning(block, index)
    elif type_ in _IMAGE_TYPES:
        yield ContentChunk("image", index=index, data=block)
    elif type_ in _CALL_TYPES:
        yield ContentChunk("call", index=index, data=block)
    elif type_ in ("input_json_delta", "tool_call_chunk"):
        yield ContentChunk("arguments", text_of(block, "partial_json"), index)
    else:
        yield ContentChunk("other", index=index, data=block)


def _read_reasoning(block: Mapping[str, Any], index: int | str | None) -> Iterator[ContentChunk]:
    """`thinking`, v1's `reasoning`, or paragraphs under `summary` or `content`."""
    text = text_of(block, "thinking") or text_of(block, "reasoning")
    if text:
        yield ContentChunk("reasoning", text, index)
    for paragraphs in (block.get("summary"), block.get("content")):
        if not isinstance(paragraphs, list):
            continue
        for place, paragraph in enumerate(paragraphs):
            if isinstance(paragraph, Mapping) and text_of(paragraph, "text"):
                section = _index(paragraph)
                section = place if section is None else section
                yield ContentChunk("reasoning", text_of(paragraph, "text"), index, section)


def _first(block: Mapping[str, Any], *keys: str) -> str:
    """The first of several strings that is not empty."""
    return next(filter(None, (text_of(block, key) for key in keys)), "")


def _index(block: Mapping[str, Any]) -> int | str | None:
    index = block.get("index")
    return index if isinstance(index, int | str) else None


@dataclass(frozen=True, slots=True)
class ImageSource:
    """Where an image block has its image: base64 `data` of a `mime_type`, or a `url`."""

    url: str | None
    data: str | None
    mime_type: str | None
    alt: str


def read_image(block: Mapping[str, Any]) -> ImageSource:
    """Read an image block of any provider.

    Args:
        block: `{"type": "image", "base64"|"data"|"url"|"source"}`, `{"type": "image_url"}`, or
            `{"type": "image_generation_call", "result"}`.

    Returns:
        The picture; all None where the block has none.
    """
    source = block.get("source")
    inner = source if isinstance(source, Mapping) else block
    url = inner.get("image_url", inner.get("url"))
    url = url.get("url") if isinstance(url, Mapping) else url
    data = _first(inner, "base64", "data")
    mime_type = _first(inner, "mime_type", "mimeType", "media_type") or None
    if text_of(block, "type") == "image_generation_call":
        data = text_of(block, "result")
        mime_type = f"image/{text_of(block, 'output_format') or 'png'}"
    about = block.get("metadata")
    about = about if isinstance(about, Mapping) else {}
    alt = _first(about, "alt", "name", "filename")
    if data:
        return ImageSource(None, data, mime_type, alt)
    if not isinstance(url, str):
        return ImageSource(None, None, mime_type, alt)
    head, comma, body = url.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        return ImageSource(None, body, head[len("data:") : -len(";base64")] or mime_type, alt)
    return ImageSource(url, None, mime_type, alt)
