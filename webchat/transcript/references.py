"""Which events of a run belong to a turn or a part: what a filter of the raw view looks for.

Tells ids and namespaces as the wire has them; how events are searched is not its business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webchat.transcript.parts import (
    Image,
    Namespace,
    Notice,
    Part,
    Reasoning,
    Subagent,
    Text,
    ToolCall,
    Turn,
)


@dataclass(frozen=True, slots=True)
class References:
    """What names a turn or a part in an event. An event belongs to it that has any of these.

    Attributes:
        message_ids: Messages that belong to it as a whole.
        call_ids: Tool calls, by the model's own ids; to be compared as a whole.
        namespaces: Graphs that worked for it; all events of such a namespace belong to it, and
            those of namespaces that begin with it.
        indexes: Tool calls by message id and index: the first argument chunk alone has a
            call's id, the others these two.
    """

    message_ids: frozenset[str] = frozenset()
    call_ids: frozenset[str] = frozenset()
    namespaces: frozenset[Namespace] = frozenset()
    indexes: frozenset[tuple[str, int | str]] = frozenset()

    def __or__(self, other: References) -> References:
        return References(
            self.message_ids | other.message_ids,
            self.call_ids | other.call_ids,
            self.namespaces | other.namespaces,
            self.indexes | other.indexes,
        )

    def __bool__(self) -> bool:
        return bool(self.message_ids or self.call_ids or self.namespaces or self.indexes)


def references_of(shown: Turn | Part) -> References:
    """What names a turn or a part on the wire.

    Args:
        shown: A turn of a transcript, or a part of one at any depth.

    Returns:
        Its references, those of all that is within it included; empty for what no message and
        no graph made, such as a run's error.
    """
    match shown:
        case Turn():
            own = References(message_ids=frozenset(shown.message_ids))
            return own | _all(shown.parts)
        case ToolCall():
            return _of_call(shown) | _all(shown.children)
        case Subagent():
            return References(namespaces=frozenset({shown.namespace})) | _all(shown.parts)
        case Text() | Reasoning() | Image() | Notice():
            return References(message_ids=_ids(shown.message_id))
        case _:
            return References()


def _of_call(call: ToolCall) -> References:
    placed = call.message_id is not None and call.index is not None
    return References(
        message_ids=_ids(call.result.message_id if call.result is not None else None),
        call_ids=_ids(call.call_id),
        namespaces=frozenset(call.namespaces),
        indexes=frozenset({(call.message_id or "", call.index or 0)} if placed else ()),
    )


def _all(parts: Iterable[Part]) -> References:
    found = References()
    for part in parts:
        found |= references_of(part)
    return found


def _ids(id: str | None) -> frozenset[str]:
    return frozenset() if id is None else frozenset({id})
