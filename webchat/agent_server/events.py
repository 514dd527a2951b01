"""What a run's stream yields: the agent server's events as it sent them, and news of the stream.

Knows the names on the wire, not what any of them means to a reader.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from webchat import limits


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One server-sent event of a run.

    Attributes:
        mode: The event's base name on the wire: `values`, `updates`, `messages`, `custom`,
            `tasks`, `metadata`, `error`, or one that we have never seen.
        namespace: Where it comes from: `()` for the root graph, else one `node:task_id` for
            each subgraph entered.
        data: The decoded JSON; the text itself where it is not JSON; None where it is empty.
        id: The event's id, opaque; None when the run is not resumable.
        received_at: When it reached us, in Unix seconds.
        size: The length of its `data` field, in bytes of UTF-8.
        raw: The `data` field as it came.
    """

    mode: str
    namespace: tuple[str, ...]
    data: Any
    id: str | None
    received_at: float
    size: int
    raw: str = field(default="", repr=False, compare=False)

    @property
    def is_root(self) -> bool:
        """Whether the root graph sent it."""
        return not self.namespace

    @classmethod
    def decode(cls, name: str, data: str, id: str | None, received_at: float) -> StreamEvent:
        """Read one server-sent event.

        Args:
            name: The `event` field: a mode, then `|`-separated namespace steps.
            data: The `data` field.
            id: The `id` field, None or empty where there is none.
            received_at: Unix seconds.

        Returns:
            The event; it never raises, whatever the server sent.
        """
        return cls.decoded(name, data, _json_or_text(data), id, received_at)

    @classmethod
    def decoded(
        cls, name: str, raw: str, data: Any, id: str | None, received_at: float
    ) -> StreamEvent:
        """An event whose `data` field was read already; otherwise as `decode`."""
        mode, *namespace = name[: limits.EVENT_NAME].split("|")
        return cls(
            mode=mode,
            namespace=tuple(namespace),
            data=data,
            id=id or None,
            received_at=received_at,
            size=len(raw.encode("utf-8", "surrogatepass")),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class StreamNotice:
    """News of the stream itself, between its events.

    Attributes:
        kind: `reconnecting`, once for each try, or `resumed`, once joined again.
        attempt: The number of tries since the last progress, from 1.
        why: What cut the stream, in words; empty when resumed.
        replayed_from_start: Whether the events of the run now come again from its first one, so
            that what was built from them starts afresh.
    """

    kind: Literal["reconnecting", "resumed"]
    attempt: int
    why: str = ""
    replayed_from_start: bool = False


def _json_or_text(data: str) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data
