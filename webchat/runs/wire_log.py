"""What a run said on the wire, event by event, as it came: the raw view's source."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from sys import getsizeof

from webchat import limits
from webchat.agent_server.events import StreamEvent
from webchat.runs.wire_index import WireIndex

ROW_BYTES = 200
"""Memory of a row without its body."""

_LEAST_SHARED, _MOST_SHARED = 100, 100_000
"""Characters of an end that is worth sharing, and of a body in which one is looked for."""

_SOURCES = 50
"""Nodes that stream at once, of which the end of the last body is remembered."""

_NODES, _LONGEST_NODE = 20, 100
"""Nodes of an event that its row names, and characters of their names."""


@dataclass(slots=True)
class WireEvent:
    """One event of a run: its row at once, its body when somebody opens it.

    Attributes:
        number: Its place in the run, from 1.
        mode: The event's name on the wire, without the namespace.
        namespace: The subgraphs it comes from, `()` for the root graph.
        node: The node it is about, empty where the event names none.
        at: When it came, in Unix seconds.
        size: Bytes of its `data` field.
        body: Its `data` field as it came, in two pieces, the second shared with its neighbours;
            None when it was let go to bound memory.
    """

    number: int
    mode: str
    namespace: tuple[str, ...]
    node: str
    at: float
    size: int
    body: tuple[str, str] | None = field(repr=False)

    @property
    def raw(self) -> str | None:
        """Its `data` field as it came; None when it was let go to bound memory."""
        return None if self.body is None else "".join(self.body)

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
        index: Which of them name a message, a tool call, a namespace.
        size: Bytes of their `data` fields.
        memory: Bytes that the rows and the bodies kept take here.
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
        self.index = WireIndex()
        self.size = 0
        self.memory = 0
        self._bodies = 0
        self._oldest_body = 0
        self._ends: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {}

    def add(self, event: StreamEvent) -> None:
        """Keep an event."""
        self.started_at = self.started_at or event.received_at
        node = _node(event)[:_LONGEST_NODE]
        body = self._in_pieces(event, node)
        kept = WireEvent(
            number=len(self.events) + 1,
            mode=event.mode,
            namespace=event.namespace,
            node=node,
            at=event.received_at,
            size=event.size,
            body=body,
        )
        self.events.append(kept)
        self.by_tab.setdefault(kept.tab, []).append(kept)
        self.index.add(kept.number, event)
        self.size += event.size
        self.memory += ROW_BYTES
        self._count(getsizeof(body[0]))
        if self._bodies > limits.WIRE_BYTES:
            self.let_go(self._bodies - limits.WIRE_BYTES)

    def get(self, number: int) -> WireEvent | None:
        """The event with that number."""
        return self.events[number - 1] if 0 < number <= len(self.events) else None

    def let_go(self, memory: int) -> None:
        """Drop the bodies of the oldest events, all but the newest one's if need be.

        Args:
            memory: Bytes that are to become free.
        """
        enough = self._bodies - memory
        while self._bodies > enough and self._oldest_body < len(self.events) - 1:
            old = self.events[self._oldest_body]
            if old.body is not None:
                self._count(-getsizeof(old.body[0]))
                old.body = None
            self._oldest_body += 1

    def _count(self, bodies: int) -> None:
        self._bodies += bodies
        self.memory += bodies

    def _in_pieces(self, event: StreamEvent, node: str) -> tuple[str, str]:
        """A body as what is its own, and what it ends with as those before it did.

        A token's event says some twenty characters of its own, and a kilobyte about its message.
        """
        raw = event.raw
        if event.mode != "messages" or len(raw) > _MOST_SHARED:
            return raw, ""
        source = (event.namespace, node)
        before, shared = self._ends.get(source, ("", ""))
        if not (shared and raw.endswith(shared)):
            length = common_end(raw, before)
            shared = raw[-length:] if length >= _LEAST_SHARED else ""
            self._count(getsizeof(shared) if shared else 0)
            if len(self._ends) >= _SOURCES:
                self._ends.clear()
            self._ends[source] = (raw, shared)
        return raw[: len(raw) - len(shared)], shared


def common_end(one: str, other: str) -> int:
    """How many characters two strings share at their end."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _node(event: StreamEvent) -> str:
    """The node that an event is about, as far as its data says."""
    data = event.data
    if event.mode == "messages" and isinstance(data, list) and len(data) == 2:
        meta = data[1]
        node = meta.get("langgraph_node") if isinstance(meta, dict) else None
        return node if isinstance(node, str) else ""
    if event.mode == "updates" and isinstance(data, dict):
        return ", ".join(islice(data, _NODES))
    if event.mode == "tasks" and isinstance(data, dict):
        name = data.get("name")
        return name if isinstance(name, str) else ""
    return ""
