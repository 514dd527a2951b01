"""What a feed knows of its thread; the parts of a feed read and change it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol

from webchat import limits
from webchat.agent_server import AgentServerError, UnknownThread
from webchat.agent_server.client import AgentServer
from webchat.agent_server.events import StreamEvent
from webchat.agent_server.types import Run, Thread
from webchat.runs.returned import Returned
from webchat.runs.run_facts import (
    RunFacts,
    input_beside_messages,
    message_ids,
    sent_ids,
    taken_ids,
)
from webchat.runs.signal import Signal
from webchat.runs.wire_log import WireLog
from webchat.transcript import Transcript, Turn


class Owner(Protocol):
    """Who owns the feeds, and does for them what concerns them all."""

    def spawn(self, work: Coroutine[Any, Any, None], /) -> asyncio.Task[None]:
        """Run a coroutine until it ends or the app does, whoever asked for it."""
        ...

    def subscribers_changed(self, more: int) -> None:
        """So many more watch a run that goes on."""
        ...

    def at_rest(self, feed: FeedState) -> None:
        """A feed has neither a run nor subscribers."""
        ...

    def wire_grew(self, wire: WireLog, memory: int) -> None:
        """A wire log takes so many bytes more."""
        ...


class FeedState:
    """One thread as far as this process knows it.

    Attributes:
        thread_id: The thread, in canonical form.
        exists: Whether the server is known to have it.
        transcript: What a reader sees of it.
        input: What the latest run was started with; None where that is not known.
        runs: Its runs, oldest first: those that the server listed and those followed here.
        load_error: Why the thread or its latest run cannot be followed, None if it can.
        thread: The thread's JSON as last read, without its content.
        replayable: Whether the transcript was made of the state, and the server may still replay
            the runs behind it.
        state: The thread's state as last read, None before that.
        read_at: When the thread had last changed as that was read, in the server's words; empty
            where that is not known.
        assistant_id: Who answered last; empty where nobody did.
        logs: The wire of its runs, by run id, oldest first.
        changed: Fires on every change of these.
        phase_changed: Fires when a run starts or ends, and when the first subscriber of `changed`
            comes or the last one goes.
        changing: Held by whoever starts, joins or reads runs.
        stop_due: Whether, when the latest run was found, the one being started was to be stopped.
    """

    def __init__(self, server: AgentServer, thread_id: str, owner: Owner) -> None:
        """Begin with nothing known.

        Args:
            server: The agent server that has the thread.
            thread_id: The thread, in canonical form.
            owner: Who owns the feed.
        """
        self.server = server
        self.owner = owner
        self.thread_id = thread_id
        self.exists = False
        self.transcript = Transcript()
        self.runs: list[RunFacts] = []
        self.load_error: AgentServerError | None = None
        self.replayable = False
        self.thread: Thread | None = None
        self.state: Mapping[str, Any] | None = None
        self.read_at = ""
        self.assistant_id = ""
        self.logs: OrderedDict[str, WireLog] = OrderedDict()
        self.changed = Signal(self._recount)
        self.phase_changed = Signal()
        self.changing = asyncio.Lock()
        self.sending: tuple[Turn, ...] = ()
        self.input: Mapping[str, Any] | None = None
        self.stop_due = False
        self._starting: RunFacts | None = None
        self._taken: set[str] = set()
        self._started: dict[str, str] = {}
        self._returned = Returned()
        self._counted = 0
        self._phase = (False, False)

    @property
    def run(self) -> RunFacts | None:
        """The latest run, one that is being started included; None before the first."""
        return self._starting or (self.runs[-1] if self.runs else None)

    @property
    def live(self) -> bool:
        """Whether a run goes on or is being started."""
        return self.run is not None and self.run.live

    @property
    def version(self) -> object:
        """What tells one state of the thread from another; None where none was read."""
        return None if self.state is None else version_of(self.state)

    def has_read(self, record: Thread) -> bool:
        """Whether a thread's record tells of nothing that was not read here."""
        at_rest = record.get("status") != "busy"
        return at_rest and bool(self.read_at) and record.get("updated_at") == self.read_at

    @property
    def idle(self) -> bool:
        """Whether it has neither a run nor subscribers."""
        return not (self.live or self.changed.subscribers)

    @property
    def lost(self) -> bool:
        """Whether the latest run could not be followed to its end."""
        return self.run is not None and self.run.status == "lost"

    @property
    def deleted(self) -> bool:
        """Whether the thread was there and is not any more."""
        return isinstance(self.load_error, UnknownThread)

    @property
    def follows(self) -> bool:
        """Whether the stream of a run is being read."""
        return bool(self.runs) and self.runs[-1].live

    @property
    def returned(self) -> tuple[Mapping[str, Any], ...]:
        """The messages of runs that ended before the thread took them in, in their order.

        They are sent no more and belong back to a person. Each stays here until
        `take_returned`, or until it is sent again.
        """
        return self._returned.messages

    def take_returned(self, message_id: str) -> None:
        """A page has this returned message by now: it is handed out no more."""
        if self._returned.taken(message_id) is not None:
            self.changed.fire()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What a reader sees: the transcript's turns, and what is being sent."""
        turns = self.transcript.turns
        if not self.sending:
            return turns
        shown = {turn.id for turn in turns}  # a question that is asked again is there already
        return (*turns, *(turn for turn in self.sending if turn.id not in shown))

    def holds(self, message_id: str) -> bool:
        """Whether a message is sent: the thread has it, or a run that may take it in.

        What a failed run left out is not. A graph's input without messages is, whatever became of
        its run: nobody can tell how much of it the thread took in.
        """
        return message_id in self._taken or self.has_message(message_id)

    def has_message(self, message_id: str) -> bool:
        """Whether the thread's state has a message."""
        return message_id in message_ids((self.state or {}).get("values"))

    def started_with(self, message_id: str) -> str | None:
        """The newest run that the server lists as started with a message, however it ended."""
        return self._started.get(message_id)

    def listed(self, runs: list[Run]) -> None:
        """Take over the server's list of runs, newest first."""
        ours = {run.run_id: run for run in self.runs if run.status != "lost"}
        self.runs = [ours.get(run["run_id"]) or RunFacts.listed(run) for run in reversed(runs)]
        self._taken.clear()
        self._started.clear()
        self.took(runs)

    def took(self, runs: list[Run]) -> None:
        """Remember what these runs, newest first, were started with."""
        for run in reversed(runs):
            self._taken.update(taken_ids(run))
            self._started.update(dict.fromkeys(sent_ids(run), run["run_id"]))

    def listed_left_out(self, messages: list[dict[str, Any]]) -> None:
        """The runs that the server lists ended before the thread took these messages in."""
        for message in self.returned:
            if self.has_message(message["id"]):
                self._returned.sent_again(message["id"])
        self._returned.found(messages)

    def starts(self, facts: RunFacts | None) -> None:
        """A run is being started; None: it was not taken."""
        self._starting = facts
        self._run_changed()

    def follow(
        self, facts: RunFacts, run_input: Mapping[str, Any] | None, message_id: str = ""
    ) -> None:
        """The latest run is this one, and its stream is read from now on."""
        facts = replace(facts, input=input_beside_messages(run_input))
        self.runs = [run for run in self.runs if run.run_id != facts.run_id] + [facts]
        self.input, self.load_error = run_input, None
        for id in filter(None, (message_id, *message_ids(run_input))):
            self._taken.add(id)
            self._returned.sent_again(id)
        self.stop_due = self._starting is not None and self._starting.status == "stopping"
        self._starting = None
        self._run_changed()

    def run_is(self, **facts: Any) -> None:
        """Something about the latest run changed."""
        if self._starting is not None:
            self._starting = replace(self._starting, **facts)
        elif self.runs:
            self.runs = [*self.runs[:-1], replace(self.runs[-1], **facts)]
        self._run_changed()

    def delete(self, error: UnknownThread) -> None:
        """Somebody deleted the thread: what is known of it stays, and nothing can be sent."""
        self.load_error = UnknownThread(
            "This conversation was deleted.",
            advice="You can still read it here. Start a new chat to go on.",
            thread_id=self.thread_id,
            detail=error.detail,
        )
        self.changed.fire()

    def give_back(self, messages: list[dict[str, Any]]) -> None:
        """Messages of a run's input, with ids, are not in the thread after all."""
        self._taken.difference_update(message["id"] for message in messages)
        self._returned.add(messages)

    def wire_add(self, wire: WireLog, event: StreamEvent) -> None:
        """Keep an event on the wire of its run."""
        before = wire.memory
        wire.add(event)
        self.owner.wire_grew(wire, wire.memory - before)

    def keep_log(self, wire: WireLog) -> None:
        """Keep the wire of a run, and of the others the newest."""
        if not wire.run_id:
            return
        self.logs[wire.run_id] = wire
        current = self.run.run_id if self.run else ""
        old = [run_id for run_id in self.logs if run_id not in (current, wire.run_id)]
        for run_id in old[: max(0, len(self.logs) - limits.LOGS_KEPT)]:
            del self.logs[run_id]

    def _run_changed(self) -> None:
        self._recount()
        self.changed.fire()

    def _recount(self) -> None:
        """Keep the count of those who watch runs that go on, and tell of a new phase."""
        now = self.changed.subscribers if self.live else 0
        self.owner.subscribers_changed(now - self._counted)
        self._counted = now
        phase = (self.live, self.changed.subscribers > 0)
        if phase != self._phase:
            self._phase = phase
            self.phase_changed.fire()
            if self.idle:
                self.owner.at_rest(self)


def version_of(state: Mapping[str, Any]) -> object:
    """What tells a thread's state from another: its checkpoint, else all of it."""
    checkpoint = state.get("checkpoint")
    id = checkpoint.get("checkpoint_id") if isinstance(checkpoint, Mapping) else None
    return id or state
