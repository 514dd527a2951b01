"""What a run's stream yields: one typed event, as the agent server sent it.

Knows the names on the wire, not what any of them means to a reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
