"""What each event of a run does to the conversation: one method for each stream mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from webchat.agent_server.events import StreamEvent
from webchat.transcript.scope import Scope
from webchat.transcript.standing import Standing
from webchat.transcript.subagents import agent_name, steps_of
from webchat.transcript.thread_state import is_cancel, read_error, read_messages
from webchat.transcript.turn_builder import TurnBuilder
from webchat.transcript.turns import TurnFacts

_DEEPEST_NAMESPACE = 12  # what is nested deeper is shown there
_SILENT_MODES = frozenset(
    {"checkpoints", "data", "debug", "end", "events", "feedback", "messages/metadata"}
)


class RunEvents:
    """Takes in the events of a thread's runs, one run after the other.

    Attributes:
        values: The state of a thread that has no messages, as last told; None where it has some.
        confirmed: Whether `values` of this run have told the thread's messages.
    """

    def __init__(self, root: Scope, standing: Standing, builder: TurnBuilder) -> None:
        """Start before the first run.

        Args:
            root: The main graph's messages.
            standing: How the latest run stands.
            builder: Keeps what is known of it beside these.
        """
        self.values: Mapping[str, Any] | None = None
        self.confirmed = False
        self._root = root
        self._standing = standing
        self._builder = builder
        self._begun = False
        self._handlers: dict[str, Callable[[StreamEvent], None]] = {
            "metadata": self._on_metadata,
            "values": self._on_values,
            "messages": self._on_messages,
            "messages/partial": self._on_partial,
            "messages/complete": self._on_complete,
            "updates": self._on_updates,
            "tasks": self._on_tasks,
            "custom": self._on_custom,
            "error": self._on_error,
        }

    def apply(self, event: StreamEvent) -> None:
        """Take in the next event."""
        handler = self._handlers.get(event.mode)
        if handler is not None:
            self._begin(event.received_at)
            handler(event)
            self._begun = True
        elif event.mode not in _SILENT_MODES:
            self._keep_unattributed(event.mode, event)

    def reset(self) -> None:
        """A run begins or ends: what was seen of one says nothing about the next."""
        self._begun = self.confirmed = False
        self._root.changes.note()

    def _begin(self, at: float) -> None:
        if self._standing.live:
            return
        self._standing.live = True
        facts = self._builder.facts_of_run()
        if facts.started_at is None:
            facts.started_at = at

    def _keep_unattributed(self, kind: str, event: StreamEvent) -> None:
        at = event.received_at
        self._builder.run = self._builder.run or TurnFacts(started_at=at)
        self._builder.facts_of_run().note(kind, event.data, at, event.size)

    def _scope(self, event: StreamEvent) -> Scope:
        scope = self._root
        for step in steps_of(event.namespace[:_DEEPEST_NAMESPACE]):
            scope = scope.enter(step)
        return scope

    def _interrupt(self, raw: Any) -> None:
        if self._standing.ask(raw):
            self._root.changes.note()

    def _on_metadata(self, event: StreamEvent) -> None:
        """The run begins; if it had begun before, it begins again at its last checkpoint."""
        if not isinstance(event.data, Mapping) or "status" in event.data or not self._begun:
            return
        self._root.restart()
        self.confirmed = False
        self._standing.restart()
        if self._builder.run is not None:
            self._builder.run.restart()

    def _on_values(self, event: StreamEvent) -> None:
        if not isinstance(event.data, Mapping):
            return
        messages = read_messages(event.data)
        if event.is_root:
            self.values = event.data if messages is None else None
        if messages is not None:
            interrupted = "__interrupt__" in event.data
            scope = self._scope(event)
            gone = scope.confirm(messages, event.received_at, keep_streaming=interrupted)
            if scope is self._root:
                self._note_removed(gone if self.confirmed else 0)
                self.confirmed = True
        self._interrupt(event.data.get("__interrupt__"))

    def _on_messages(self, event: StreamEvent) -> None:
        if not isinstance(event.data, list) or not event.data:
            return  # another protocol's shape; what it says comes with the values, too
        metadata = event.data[1] if len(event.data) > 1 else None
        scope = self._scope(event)
        scope.is_called(agent_name(metadata))
        draft = scope.message(event.data[0], metadata, event.received_at)
        if draft is not None and scope is self._root and (draft.blocks or draft.calls):
            self._first_token(event.received_at)

    def _on_partial(self, event: StreamEvent) -> None:
        self._whole_messages(event, partial=True)

    def _on_complete(self, event: StreamEvent) -> None:
        self._whole_messages(event, partial=False)

    def _whole_messages(self, event: StreamEvent, partial: bool) -> None:
        messages = event.data if isinstance(event.data, list) else []
        if messages and self._scope(event).whole_messages(messages, event.received_at, partial):
            self._first_token(event.received_at)

    def _on_updates(self, event: StreamEvent) -> None:
        if not isinstance(event.data, Mapping):
            return
        scope = self._scope(event)
        for node, update in event.data.items():
            if node == "__interrupt__":
                self._interrupt(update)
            elif node != "__metadata__":
                scope.update(node, _updated_messages(update), event.received_at)

    def _on_tasks(self, event: StreamEvent) -> None:
        if isinstance(event.data, Mapping):
            scope = self._scope(event)
            scope.is_called(agent_name(event.data.get("metadata")))
            scope.task(event.data, event.received_at)
            self._interrupt(event.data.get("interrupts"))

    def _on_custom(self, event: StreamEvent) -> None:
        if not self._scope(event).report(event.data, event.received_at, event.size):
            self._keep_unattributed("custom", event)

    def _on_error(self, event: StreamEvent) -> None:
        error = read_error(event.data)
        facts = self._builder.facts_of_run()
        facts.ended_at = event.received_at
        facts.stopped = is_cancel(error)
        self._standing.live = False
        self._standing.error = None if facts.stopped else error
        self._root.rest(event.received_at)

    def _note_removed(self, count: int) -> None:
        """Messages vanished from the thread while its run was followed."""
        if count:
            self._builder.facts_of_run().removed += count

    def _first_token(self, at: float) -> None:
        run = self._builder.run
        if run is not None and run.first_token_at is None:
            self._builder.facts_of_run().first_token_at = at


def _updated_messages(update: Any) -> Iterator[Any]:
    """The messages in a node's update: a dict, a list of dicts, or nothing."""
    for part in update if isinstance(update, list) else [update]:
        messages = part.get("messages") if isinstance(part, Mapping) else None
        yield from messages if isinstance(messages, list) else [messages] if messages else []
