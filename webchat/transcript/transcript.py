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

from collections.abc import Mapping, Sequence
from typing import Any

from webchat.agent_server.events import StreamEvent
from webchat.transcript.content import text_of
from webchat.transcript.parts import Turn
from webchat.transcript.run_events import RunEvents
from webchat.transcript.scope import Scope
from webchat.transcript.standing import Standing
from webchat.transcript.thread_state import Outcome, read_state
from webchat.transcript.turn_builder import TurnBuilder
from webchat.transcript.turns import TurnFacts


class Transcript:
    """A thread's conversation, followed live."""

    def __init__(self) -> None:
        self._root = Scope()
        self._standing = Standing()
        self._builder = TurnBuilder(self._root)
        self._events = RunEvents(self._root, self._standing, self._builder)

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
    def live(self) -> bool:
        """Whether a run goes on, as far as is known here."""
        return self._standing.live

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation. Turns and parts that did not change are the same objects as before."""
        phase = self._standing.phase(told_failures=self._root.calls.told_failures)
        return self._builder.turns(phase, self._standing.parts(), self.live)

    @property
    def values(self) -> Mapping[str, Any] | None:
        """The state of a thread that has no messages, as last told; None where it has some.

        The same object until it changes.
        """
        return self._events.values

    def start_run(self, messages: Sequence[Mapping[str, Any]], at: float) -> None:
        """A run begins: show what was sent, and let go of what an earlier run left behind.

        Args:
            messages: The messages of the run's input as sent, with the ids that the client
                gave them; empty to resume, to regenerate or to join a run that goes on.
            at: When, Unix seconds.
        """
        if messages or not self._standing.interrupts:
            self._builder.file_run()
            self._builder.run = TurnFacts(started_at=at)
        self._builder.facts_of_run().ended_at = None
        self._root.list.pending.clear()
        self._root.begin()
        self._root.send(messages)
        for draft in self._root.list.pending:
            self._builder.facts[draft.key] = TurnFacts(started_at=at)
        self._standing.begin()
        self._events.reset()

    def apply(self, event: StreamEvent) -> None:
        """Take in one event of the run's stream.

        Args:
            event: Any event, in the order of its arrival, without the repeats of a replay.
        """
        self._events.apply(event)

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
        run = self._builder.facts_of_run()
        run.ended_at = at
        gone = status in (None, "gone")
        self._root.rest(at)
        self._standing.end(status)
        if state is None:
            run.stopped |= status == "interrupted" and not self._standing.interrupts
        else:
            outcome = read_state(state, thread, status)
            cut = not gone and status != "success"
            removed = self._root.confirm(
                outcome.messages or [],
                at,
                keep_streaming=cut,
                keep_pending=cut or outcome.messages is None,
            )
            if self._events.confirmed and not gone:
                run.removed += removed
            self._take(outcome)
        if gone:
            self._builder.run = None
        self._events.reset()

    def update(
        self,
        state: Mapping[str, Any],
        thread: Mapping[str, Any] | None = None,
        run: Mapping[str, Any] | None = None,
    ) -> None:
        """Somebody else changed the thread between two runs: take over how it stands now.

        What only a stream knew of the messages that are still there stays; those that are not
        leave a line that says so.

        Args:
            state: The JSON of `GET /threads/{id}/state`.
            thread: The JSON of `GET /threads/{id}`; None where it is not known.
            run: The JSON of the thread's latest run; None where there is none.
        """
        status = text_of(run, "status") if isinstance(run, Mapping) else ""
        outcome = read_state(state, thread, status or None)
        self._builder.file_run()
        if removed := self._root.confirm(outcome.messages or [], None):
            self._builder.facts_of_run().removed += removed
        self._standing.error = None
        self._take(outcome)

    def partial_answer(self) -> tuple[str, str] | None:
        """The streamed answer that the thread's state does not have yet.

        Returns:
            The message's id and its text so far; None if there is none with text in it.
        """
        for draft in reversed(self._root.list.streaming.values()):
            if draft.kind == "ai" and draft.message.id is not None and draft.text().strip():
                return draft.message.id, draft.text()
        return None

    def last_question(self) -> Mapping[str, Any] | None:
        """The JSON of the last human message, to be asked again; None if there is none."""
        for draft in reversed(self._root.list):
            if draft.kind == "human" and isinstance(draft.raw, Mapping):
                return draft.raw
        return None

    def _take(self, outcome: Outcome) -> None:
        """Take over how a thread stands, beside its messages."""
        self._root.stop_in(outcome.tasks)
        facts = self._builder.facts_of_run()
        facts.stopped |= outcome.stopped
        self._standing.take(outcome, stopped=facts.stopped)
        self._events.values = None if outcome.messages is not None else outcome.values or None
