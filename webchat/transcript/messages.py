"""Raw message JSON, of whatever shape, read into one typed `Message`.

The tolerant layer: past it nobody checks a type again. It reads one message or one chunk and
knows nothing of those around it, nor how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeGuard

from webchat.limits import TOKENS
from webchat.transcript.citations import Source, read_message_sources
from webchat.transcript.content import ContentChunk, read_content, text_of
from webchat.transcript.parts import Usage

Kind: TypeAlias = Literal["human", "ai", "tool", "system", "remove", "unknown"]

_KINDS: dict[str, Kind] = {
    "human": "human",
    "user": "human",
    "ai": "ai",
    "assistant": "ai",
    "tool": "tool",
    "function": "tool",
    "system": "system",
    "developer": "system",
    "remove": "remove",
}
_CHUNK_SUFFIX = "MessageChunk"


@dataclass(frozen=True, slots=True)
class ToolCallChunk:
    """A tool call, or a chunk of one.

    Attributes:
        id: The call's id; None on all argument chunks but the first.
        name: The tool's name, empty on all argument chunks but the first.
        index: Which call of its message a chunk belongs to.
        text: A chunk of the arguments, or arguments that are not JSON.
        arguments: The parsed arguments of a whole call.
        whole: Whether `arguments` holds them.
        broken: Whether the model wrote arguments that are no JSON.
    """

    id: str | None
    name: str
    index: int | str | None = None
    text: str = ""
    arguments: Any = None
    whole: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or one chunk of one.

    Attributes:
        id: None where the server gave none.
        kind: What it is to us.
        type: What the wire calls it.
        chunk: Whether more of the same id follows and is to be added to it.
        last: Whether it is the last chunk.
        pieces: Its content.
        sources: What its text cites, as it says beside its content.
        calls: The tool calls in it; of a chunk, the argument chunks.
        tool_call_id: The call that a tool message answers.
        name: Of a tool message, the tool's.
        failed: Whether a tool message reports a failure.
        artifact: Of a tool message, any JSON.
        usage: Tokens counted by the model.
        model: The model's name.
        finish_reason: Why the model stopped.
        raw: The JSON as it came.
    """

    id: str | None
    kind: Kind
    type: str
    chunk: bool = False
    last: bool = False
    pieces: tuple[ContentChunk, ...] = ()
    sources: tuple[Source, ...] = ()
    calls: tuple[ToolCallChunk, ...] = ()
    tool_call_id: str | None = None
    name: str = ""
    failed: bool = False
    artifact: Any = None
    usage: Usage | None = None
    model: str | None = None
    finish_reason: str | None = None
    raw: Any = None


def message_id(raw: Any) -> str | None:
    """The id in a message's JSON, None where it has none."""
    return text_of(raw, "id") or None if isinstance(raw, Mapping) else None


def read_message(raw: Any) -> Message:
    """Read one message or chunk.

    Args:
        raw: Any JSON.

    Returns:
        The message; of kind `unknown` where it is none that we know.
    """
    if not isinstance(raw, Mapping):
        return Message(None, "unknown", "unknown", raw=raw)
    type_ = text_of(raw, "type") or text_of(raw, "role") or "unknown"
    chunk = type_.endswith(_CHUNK_SUFFIX)
    kind = _kind(type_.removesuffix(_CHUNK_SUFFIX).lower()) or _kind(text_of(raw, "role"))
    about = raw.get("response_metadata")
    about = about if about and isinstance(about, Mapping) else {}
    return Message(
        id=message_id(raw),
        kind=kind or "unknown",
        type=type_,
        chunk=chunk,
        last=raw.get("chunk_position") == "last",
        pieces=tuple(read_content(raw)),
        sources=tuple(read_message_sources(raw)) if about or raw.get("additional_kwargs") else (),
        calls=tuple(_argument_chunks(raw) if chunk else _whole_calls(raw)),
        tool_call_id=text_of(raw, "tool_call_id") or None,
        name=text_of(raw, "name"),
        failed=raw.get("status") == "error",
        artifact=raw.get("artifact"),
        usage=_usage(raw.get("usage_metadata")),
        model=text_of(about, "model_name") or text_of(about, "model") or None,
        finish_reason=text_of(about, "finish_reason") or text_of(about, "stop_reason") or None,
        raw=raw,
    )


def _kind(name: str) -> Kind | None:
    return _KINDS.get(name) or _KINDS.get(name.removesuffix("message"))


def _mappings(raw: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(raw, list):
        yield from (item for item in raw if isinstance(item, Mapping))


def _argument_chunks(raw: Mapping[str, Any]) -> Iterator[ToolCallChunk]:
    """Only `tool_call_chunks`: the `tool_calls` of a chunk are a parse of the fragment alone."""
    for item in _mappings(raw.get("tool_call_chunks")):
        index = item.get("index")
        yield ToolCallChunk(
            id=text_of(item, "id") or None,
            name=text_of(item, "name"),
            index=index if isinstance(index, int | str) else None,
            text=text_of(item, "args"),
        )


def _whole_calls(raw: Mapping[str, Any]) -> Iterator[ToolCallChunk]:
    for item in _mappings(raw.get("tool_calls")):
        yield ToolCallChunk(
            id=text_of(item, "id") or None,
            name=text_of(item, "name"),
            arguments=item.get("args"),
            whole=True,
        )
    for item in _mappings(raw.get("invalid_tool_calls")):
        yield ToolCallChunk(
            id=text_of(item, "id") or None,
            name=text_of(item, "name"),
            text=text_of(item, "args"),
            broken=True,
        )


def _usage(raw: Any) -> Usage | None:
    if not isinstance(raw, Mapping):
        return None
    counts = (raw.get(key) for key in ("input_tokens", "output_tokens", "total_tokens"))
    return Usage(*(count if _is_count(count) else 0 for count in counts))


def _is_count(value: Any) -> TypeGuard[int]:
    """Whether it is a number of tokens; Python does not even write one of very many digits."""
    return type(value) is int and 0 <= value <= TOKENS
