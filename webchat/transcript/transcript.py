"""The reducer: wire events in, the conversation as turns and parts out.

Pure: no network, no clock but an event's `received_at`. The rules, shortly:

- Root `values` decide which messages there are and in which order. What streams by `messages` and
  `updates` lies over them, keyed by message id, and goes when `values` confirm it; or when they
  come without it, for then its node has finished and kept nothing of it. (`values` that tell of an
  interrupt may come while other nodes still write; they let the streaming messages stand.)
- Events of inner graphs make parts of the tool call that started the graph, or a part of their
  own that keeps what the outer graph's messages do not have (`subagents`).
- Interrupts add up by id while a run goes on.
- Each event comes once (`runs/deduplicator.py` sees to that), so a second `metadata` is a new
  attempt at the run: the drafts are dropped and built again from what follows.
- Applying an event only marks what changed; `turns` makes the parts anew, of those messages alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from webchat.agent_server.events import StreamEvent
from webchat.transcript.content import text_of
from webchat.transcript.parts import Interrupt, Part, Paused, RunError, Turn
from webchat.transcript.scope import Scope
from webchat.transcript.subagents import agent_name, steps_of
from webchat.transcript.thread_state import (
    ERROR_ID,
    FAILURES,
    Outcome,
    is_cancel,
    read_error,
    read_interrupts,
    read_messages,
    read_state,
)
from webchat.transcript.tool_calls import SETTLED, RunPhase
from webchat.transcript.turn_builder import TurnBuilder
from webchat.transcript.turns import TurnFacts

_DEEPEST_NAMESPACE = 12  # what is nested deeper is shown there
_SILENT_MODES = frozenset(
    {"checkpoints", "data", "debug", "end", "events", "feedback", "messages/metadata"}
)


class Transcript:
    """A thread's conversation, followed live.

    Attributes:
        live: Whether a run goes on, as far as is known here.
    """

    def __init__(self) -> None:
        self.live = False
        self._begun = False
        self._confirmed = False
        self._values: Mapping[str, Any] | None = None
        self._due: tuple[str, ...] = ()
        self._interrupts: dict[str, Interrupt] = {}
        self._error: RunError | None = None
        self._root = Scope()
        self._builder = TurnBuilder(self._root)
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

    @classmethod
    def from_state(
        cls,
        state: Mapping[str, Any],
        thread: Mapping[str, Any] | None = None,
        run: Mapping[str, Any] | None = None,
    ) -> Transcript:
        """The conversation as a thread's state has it.

        Args:
            state: The JSON of `GET /threads/{id}/state`.
            thread: The JSON of `GET /threads/{id}`, which tells of errors outside of a node;
                None where it is not known.
            run: The JSON of the thread's latest run; None where it is not known, or has none.

        Returns:
            A transcript at rest; any JSON gives one.
        """
        transcript = cls()
        status = text_of(run, "status") if isinstance(run, Mapping) else ""
        outcome = read_state(state, thread, status or None)
        transcript._root.confirm(outcome.messages or [], None)
        transcript._take(outcome)
        return transcript

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation. Turns and parts that did not change are the same objects as before."""
        return self._builder.turns(self._phase(), self._trailer(), self.live)

    @property
    def values(self) -> Mapping[str, Any] | None:
        """The state of a thread that has no messages, as last told; None where it has some.

        The same object until it changes.
        """
        return self._values

    def start_run(self, messages: Sequence[Mapping[str, Any]], at: float) -> None:
        """A run begins: show what was sent, and let go of what an earlier run left behind.

        Args:
            messages: The messages of the run's input as sent, with the ids that the client
                gave them; empty to resume, to regenerate or to join a run that goes on.
            at: When, Unix seconds.
        """
        resumed = self._builder.run if self._interrupts and not messages else None
        run = resumed or TurnFacts(started_at=at)
        run.ended_at = None
        self._builder.begin_run(run)
        self._root.pending.clear()
        self._root.begin()
        self._root.send(messages)
        for draft in self._root.pending:
            self._builder.facts[draft.key] = TurnFacts(started_at=at)
        self._interrupts.clear()
        self._error = None
        self._due = ()
        self._rest(live=True)

    def apply(self, event: StreamEvent) -> None:
        """Take in one event of the run's stream.

        Args:
            event: Any event, in the order of its arrival, without the repeats of a replay.
        """
        handler = self._handlers.get(event.mode)
        if handler is not None:
            self._begin(event.received_at)
            handler(event)
            self._begun = True
        elif event.mode not in _SILENT_MODES:
            self._keep_unattributed(event.mode, event)

    def settle(
        self,
        state: Mapping[str, Any] | None,
        status: str | None,
        at: float,
        thread: Mapping[str, Any] | None = None,
    ) -> None:
        """The run is over: take over what the server says for good.

        What only the stream knew stays: times, progress, children of tool calls, and the partial
        text of a run that failed or was stopped, until the next run or a reload.

        Args:
            state: The JSON of `GET /threads/{id}/state`; None where it cannot be had.
            status: The run's status (`success`, `error`, `interrupted`, `timeout`, ...); `gone`
                or None if the server has it no more, as after a rollback: then nothing stays.
            at: When, Unix seconds.
            thread: The JSON of `GET /threads/{id}`, which tells of errors outside of a node;
                None where it is not known.
        """
        run = self._builder.run = self._builder.run or TurnFacts()
        run.ended_at = at
        gone = status in (None, "gone")
        self._root.rest(at)
        if status not in FAILURES:
            self._error = None
        elif self._error is None:
            self._error = RunError(ERROR_ID, status or "", "")
        if state is None:
            run.stopped = run.stopped or (status == "interrupted" and not self._interrupts)
        else:
            outcome = read_state(state, thread, status)
            cut = not gone and status != "success"
            gone_from = self._root.confirm(
                outcome.messages or [],
                at,
                keep_streaming=cut,
                keep_pending=cut or outcome.messages is None,
            )
            self._note_removed(0 if gone or not self._confirmed else gone_from)
            self._take(outcome)
        if gone:
            self._builder.run = None
        self._rest(live=False)

    def update(
        self,
        state: Mapping[str, Any],
        thread: Mapping[str, Any] | None = None,
        run: Mapping[str, Any] | None = None,
    ) -> None:
        """Somebody else changed the thread between two runs: take over how it stands now.

        What only a stream knew of the messages that are still there stays.

        Args:
            state: The JSON of `GET /threads/{id}/state`.
            thread: The JSON of `GET /threads/{id}`; None where it is not known.
            run: The JSON of the thread's latest run; None where there is none.
        """
        status = text_of(run, "status") if isinstance(run, Mapping) else ""
        outcome = read_state(state, thread, status or None)
        self._root.confirm(outcome.messages or [], None)
        self._error = None
        self._take(outcome)

    def partial_answer(self) -> tuple[str, str] | None:
        """The streamed answer that the thread's state does not have yet.

        Returns:
            The message's id and its text so far; None if there is none with text in it.
        """
        for draft in reversed(self._root.streaming.values()):
            if draft.kind == "ai" and draft.message.id is not None and draft.text().strip():
                return draft.message.id, draft.text()
        return None

    def last_question(self) -> Mapping[str, Any] | None:
        """The JSON of the last human message, to be asked again; None if there is none."""
        for draft in reversed(list(self._root.messages())):
            if draft.kind == "human" and isinstance(draft.raw, Mapping):
                return draft.raw
        return None

    def _phase(self) -> RunPhase:
        """What becomes of the last turn's calls that have no result."""
        if self._interrupts:
            return RunPhase(self.live, "waiting")
        if self.live:
            return RunPhase(live=True, unresolved="running")
        if self._error is not None and not self._root.told_failures:
            return RunPhase(live=False, unresolved="failed")
        if self._paused:
            return RunPhase(live=False, unresolved="waiting")
        return SETTLED

    @property
    def _paused(self) -> bool:
        """Whether the run stands at a breakpoint: nodes are due, and nothing says why."""
        stopped = self._builder.run is not None and self._builder.run.stopped
        at_rest = not (self.live or self._interrupts or self._error or stopped)
        return at_rest and bool(self._due)

    def _trailer(self) -> tuple[Part, ...]:
        """The parts that end the last turn."""
        parts: list[Part] = [*self._interrupts.values()]
        if self._paused:
            parts.append(Paused("paused", self._due))
        if self._error is not None:
            parts.append(self._error)
        return tuple(parts)

    def _take(self, outcome: Outcome) -> None:
        """Take over how a thread stands, beside its messages."""
        self._root.stop_in(outcome.tasks)
        self._interrupts = {found.id: found for found in outcome.interrupts}
        if self._error is None or (outcome.error is not None and outcome.error.message):
            self._error = outcome.error
        self._due = outcome.due
        self._values = None if outcome.messages is not None else outcome.values or None
        if outcome.stopped:
            self._builder.run = self._builder.run or TurnFacts()
            self._builder.run.stopped = True
        self._builder.touched = True

    def _rest(self, live: bool) -> None:
        """Between two runs: what was seen of the one says nothing about the next."""
        self.live = live
        self._begun = False
        self._confirmed = False
        self._builder.touched = True

    def _begin(self, at: float) -> None:
        if self.live:
            return
        self.live = True
        self._builder.touched = True
        self._builder.run = self._builder.run or TurnFacts()
        if self._builder.run.started_at is None:
            self._builder.run.started_at = at

    def _keep_unattributed(self, kind: str, event: StreamEvent) -> None:
        at = event.received_at
        run = self._builder.run = self._builder.run or TurnFacts(started_at=at)
        run.note(kind, event.data, at, event.size)
        self._builder.touched = True

    def _scope(self, event: StreamEvent) -> Scope:
        scope = self._root
        for step in steps_of(event.namespace[:_DEEPEST_NAMESPACE]):
            scope = scope.enter(step)
        return scope

    def _interrupt(self, raw: Any) -> None:
        for found in read_interrupts(raw):
            self._interrupts.setdefault(found.id, found)
            self._builder.touched = True

    def _on_metadata(self, event: StreamEvent) -> None:
        """The run begins; if it had begun before, it begins again at its last checkpoint."""
        if not isinstance(event.data, Mapping) or "status" in event.data or not self._begun:
            return
        self._root.restart()
        self._confirmed = False
        self._interrupts.clear()
        self._error = None
        if self._builder.run is not None:
            self._builder.run.restart()
        self._builder.touched = True

    def _on_values(self, event: StreamEvent) -> None:
        if not isinstance(event.data, Mapping):
            return
        messages = read_messages(event.data)
        if event.is_root:
            self._values = event.data if messages is None else None
        if messages is not None:
            interrupted = "__interrupt__" in event.data
            scope = self._scope(event)
            gone = scope.confirm(messages, event.received_at, keep_streaming=interrupted)
            if scope is self._root:
                self._note_removed(gone if self._confirmed else 0)
                self._confirmed = True
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
        for raw in messages:
            if self._scope(event).message(raw, None, event.received_at, partial) is not None:
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
        run = self._builder.run = self._builder.run or TurnFacts()
        run.ended_at = event.received_at
        run.stopped = is_cancel(error)
        self._error = None if run.stopped else error
        self.live = False
        self._root.rest(event.received_at)
        self._builder.touched = True

    def _note_removed(self, count: int) -> None:
        """Messages vanished from the thread while its run was followed."""
        if count:
            run = self._builder.run = self._builder.run or TurnFacts()
            run.removed += count
            self._builder.touched = True

    def _first_token(self, at: float) -> None:
        run = self._builder.run
        if run is not None and run.first_token_at is None:
            run.first_token_at = at
            self._builder.touched = True


def _updated_messages(update: Any) -> Iterator[Any]:
    """The messages in a node's update: a dict, a list of dicts, or nothing."""
    for part in update if isinstance(update, list) else [update]:
        messages = part.get("messages") if isinstance(part, Mapping) else None
        yield from messages if isinstance(messages, list) else [messages] if messages else []
