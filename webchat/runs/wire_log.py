"""What a run said on the wire, event by event, as it came: the raw view's source."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from webchat.agent_server.events import StreamEvent

KEPT_BYTES = 64_000_000
"""Bodies kept of one run; past it the oldest token events keep their row and lose their body."""


@dataclass(frozen=True, slots=True)
class WireEvent:
    """One event of a run: its row at once, its body when somebody opens it.

    Attributes:
        number: Its place in the run, from 1.
        mode: The event's name on the wire, without the namespace.
        namespace: The subgraphs it comes from, `()` for the root graph.
        node: The node it is about, empty where the event names none.
        at: When it came, in Unix seconds.
        size: Bytes of its `data` field.
        raw: Its `data` field as it came; None when it was let go to bound memory.
    """

    number: int
    mode: str
    namespace: tuple[str, ...]
    node: str
    at: float
    size: int
    raw: str | None

    @property
    def tab(self) -> str:
        """The stream mode under which a reader looks for it."""
        return self.mode.partition("/")[0]


class WireLog:
    """The events of one run, in the order they came.

    Attributes:
        run_id: The run.
        started_at: From when its seconds are counted, Unix seconds.
        events: All of them; number n stands at n - 1.
        by_tab: The same, by stream mode.
        size: Bytes of their `data` fields.
    """

    def __init__(self, run_id: str, started_at: float | None) -> None:
        """Begin a log.

        Args:
            run_id: The run.
            started_at: When it was started, Unix seconds; None to count from its first event.
        """
        self.run_id = run_id
        self.started_at = started_at or 0.0
        self.events: list[WireEvent] = []
        self.by_tab: dict[str, list[WireEvent]] = {}
        self.size = 0
        self._bytes = 0
        self._oldest_body = 0

    def add(self, event: StreamEvent) -> None:
        """Keep an event."""
        self.started_at = self.started_at or event.received_at
        kept = WireEvent(
            number=len(self.events) + 1,
            mode=event.mode,
            namespace=event.namespace,
            node=_node(event),
            at=event.received_at,
            size=event.size,
            raw=event.raw,
        )
        self.events.append(kept)
        self.by_tab.setdefault(kept.tab, []).append(kept)
        self.size += event.size
        self._bytes += event.size
        if self._bytes > KEPT_BYTES:
            self._let_go()

    def get(self, number: int) -> WireEvent | None:
        """The event with that number."""
        return self.events[number - 1] if 0 < number <= len(self.events) else None

    def _let_go(self) -> None:
        """Drop the bodies of the oldest events until the rest fits again."""
        while self._bytes > KEPT_BYTES and self._oldest_body < len(self.events) - 1:
            old = self.events[self._oldest_body]
            bare = WireEvent(old.number, old.mode, old.namespace, old.node, old.at, old.size, None)
            self.events[self._oldest_body] = bare
            rows = self.by_tab[old.tab]
            rows[bisect_left(rows, old.number, key=lambda row: row.number)] = bare
            self._bytes -= old.size
            self._oldest_body += 1


def _node(event: StreamEvent) -> str:
    """The node that an event is about, as far as its data says."""
    data = event.data
    if event.mode == "messages" and isinstance(data, list) and len(data) == 2:
        meta = data[1]
        node = meta.get("langgraph_node") if isinstance(meta, dict) else None
        return node if isinstance(node, str) else ""
    if event.mode == "updates" and isinstance(data, dict):
        return ", ".join(data)
    if event.mode == "tasks" and isinstance(data, dict):
        name = data.get("name")
        return name if isinstance(name, str) else ""
    return ""
