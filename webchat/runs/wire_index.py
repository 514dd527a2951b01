"""Which events of a run's wire are about a message, a tool call, or a graph within the graph.

The index grows with each event, so that a filter costs as much as it finds. Ids are compared
exactly. Knows where ids stand in the wire's JSON, not what a message says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from webchat import limits
from webchat.agent_server.events import StreamEvent
from webchat.transcript.parts import Namespace
from webchat.transcript.references import References
from webchat.transcript.subagents import task_call_ids, task_step

_KEY_BYTES, _ENTRY_BYTES = 300, 8
"""What an id costs when it is new, and what each event that names it costs."""

_CALL_BLOCKS = frozenset(("tool_call", "tool_use", "server_tool_use", "function_call"))
_CALL_LISTS = frozenset(("tool_calls", "invalid_tool_calls", "tool_call_chunks"))


class WireIndex:
    """The numbers of a run's events, by the ids that they name.

    Attributes:
        indexed: How many events are indexed: all of them, or the first ones of very many.
    """

    def __init__(self) -> None:
        self.indexed = 0
        self._messages: dict[str, list[int]] = {}
        self._calls: dict[str, list[int]] = {}
        self._namespaces: dict[Namespace, list[int]] = {}
        self._pieces: dict[tuple[str, int | str], list[int]] = {}
        self._run_by: dict[str, set[Namespace]] = {}
        self._writing: dict[tuple[str, object], str] = {}
        self._bytes = 0

    def add(self, number: int, event: StreamEvent) -> None:
        """Index an event.

        Args:
            number: Its number, larger than that of the event before.
            event: The event.
        """
        if self._bytes >= limits.WIRE_INDEX_BYTES:
            return
        self.indexed = number
        namespace = event.namespace[: limits.NAMESPACE_STEPS]
        for end in range(1, len(namespace) + 1):
            self._enter(self._namespaces, namespace[:end], number)
        data = event.data
        if event.mode == "messages" and isinstance(data, list) and data:
            self._add_message(number, data[0], data[1] if len(data) > 1 else None)
            return
        if event.mode == "tasks" and isinstance(data, dict):
            self._note_task(event.namespace, data)
            data = [data.get("input"), data.get("result"), data.get("interrupts")]
        elif event.mode == "messages/metadata" and isinstance(data, dict):
            for message_id in islice(data, limits.WIRE_INDEX_VALUES):
                self._enter(self._messages, message_id, number)
            return
        message_ids, call_ids = _ids_in(data)
        for message_id in message_ids:
            self._enter(self._messages, message_id, number)
        for call_id in call_ids:
            self._enter(self._calls, call_id, number)

    def namespaces_of(self, wanted: References) -> frozenset[Namespace]:
        """The namespaces that are looked for: those named, and those that the calls' agents have.

        More of them become known while a run goes on.
        """
        ran = (self._run_by.get(call_id, ()) for call_id in wanted.call_ids)
        return wanted.namespaces.union(*ran)

    def find(self, wanted: References, after: int = 0) -> list[int]:
        """The numbers of the events that name any of these, in order.

        Args:
            wanted: What to look for.
            after: Only events with a larger number.
        """
        entries = [
            *(self._messages.get(message_id) for message_id in wanted.message_ids),
            *(self._calls.get(call_id) for call_id in wanted.call_ids),
            *(self._pieces.get(place) for place in wanted.indexes),
            *(self._namespaces.get(namespace) for namespace in self.namespaces_of(wanted)),
        ]
        found: set[int] = set()
        for numbers in filter(None, entries):
            found.update(islice(numbers, bisect_right(numbers, after), None))
        return sorted(found)

    def _add_message(self, number: int, message: Any, metadata: Any) -> None:
        """Index a message, or a piece of one: of a call's later pieces only the place is known."""
        if not isinstance(message, dict):
            return
        message_id, call_id = message.get("id"), message.get("tool_call_id")
        if isinstance(message_id, str):
            self._enter(self._messages, message_id, number)
        if isinstance(call_id, str):
            self._enter(self._calls, call_id, number)
            path = metadata.get("langgraph_checkpoint_ns") if isinstance(metadata, dict) else None
            if isinstance(path, str) and path:
                self._run(call_id, tuple(path.split("|")))
        pieces = message.get("tool_call_chunks")
        if pieces and isinstance(pieces, list):
            for piece in islice(pieces, limits.WIRE_INDEX_VALUES):
                self._add_piece(number, message_id, piece)
        elif message.get("tool_calls") or isinstance(message.get("content"), list):
            for one in _ids_in(message)[1]:
                self._enter(self._calls, one, number)

    def _add_piece(self, number: int, message_id: object, piece: Any) -> None:
        if not isinstance(piece, dict) or not isinstance(message_id, str):
            return
        index, call_id = piece.get("index"), piece.get("id")
        if isinstance(index, int | str):
            self._enter(self._pieces, (message_id, index), number)
        place = (message_id, index if isinstance(index, int | str) else None)
        if isinstance(call_id, str) and call_id:
            self._writing[place] = call_id
            self._bytes += _KEY_BYTES
        call_id = self._writing.get(place)
        if call_id is not None:
            self._enter(self._calls, call_id, number)

    def _note_task(self, namespace: Namespace, task: Mapping[str, Any]) -> None:
        """A task that runs one tool call: the graphs that work within it do so for the call."""
        calls = task_call_ids(task)
        if len(calls) == 1:
            self._run(calls[0], (*namespace, task_step(task)))

    def _run(self, call_id: str, namespace: Namespace) -> None:
        self._run_by.setdefault(call_id, set()).add(namespace[: limits.NAMESPACE_STEPS])
        self._bytes += _KEY_BYTES

    def _enter(self, entries: dict[Any, list[int]], key: Any, number: int) -> None:
        numbers = entries.get(key)
        if numbers is None:
            entries[key] = [number]
            self._bytes += _KEY_BYTES + len(key)
        elif numbers[-1] != number:
            numbers.append(number)
            self._bytes += _ENTRY_BYTES


def _ids_in(data: Any) -> tuple[list[str], list[str]]:
    """The ids of the messages and of the tool calls in a JSON value."""
    messages: dict[str, None] = {}
    calls: dict[str, None] = {}
    for value, is_call in _dicts_in(data):
        if isinstance(answered := value.get("tool_call_id"), str):
            calls[answered] = None
        if isinstance(id := value.get("id"), str) and id:
            is_call = is_call or value.get("type") in _CALL_BLOCKS
            (calls if is_call else messages)[id] = None
        if isinstance(call_id := value.get("call_id"), str):  # as OpenAI's blocks call it
            calls[call_id] = None
    return list(messages), list(calls)


def _dicts_in(data: Any) -> Iterator[tuple[dict[str, Any], bool]]:
    """The objects in a JSON value, the outer ones first, each with whether it is a tool call."""
    left = limits.WIRE_INDEX_VALUES
    waiting: deque[tuple[Any, bool]] = deque([(data, False)])
    while waiting and left > 0:
        value, is_call = waiting.popleft()
        children: Iterable[tuple[Any, Any]]
        if isinstance(value, dict):
            yield value, is_call
            children = value.items()
        elif isinstance(value, list):
            children = ((None, child) for child in value)
        else:
            continue
        for key, child in islice(children, left):
            left -= 1
            if isinstance(child, list):
                waiting.append((child, is_call if key is None else key in _CALL_LISTS))
            elif isinstance(child, dict):
                waiting.append((child, is_call and key is None))
