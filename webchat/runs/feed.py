"""What one thread is doing: its run's stream read once, kept, folded, and told to all who watch.

A feed outlives every tab. The agent server stays the source of truth: when a run has ended, its
status and the thread's state have the last word.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from webchat.agent_server import AgentServerError, Busy, Rejected, StreamEvent, StreamNotice
from webchat.agent_server.client import AgentServer
from webchat.agent_server.streams import RunStream
from webchat.runs.deduplicator import Deduplicator
from webchat.runs.signal import Signal
from webchat.runs.timestamps import at_server_time, parse_timestamp
from webchat.runs.wire_log import WireLog
from webchat.transcript import Transcript, Turn

log = logging.getLogger(__name__)

CATCHING_UP = 0.25
"""Seconds that a joined run's replay may take before it is shown: until then it only repeats."""

LOGS_KEPT = 8
"""Wire logs kept of one thread's runs, the newest ones."""

UNDER_WAY = ("pending", "running")

OUR_FAULT = ("webchat could not follow this answer.", "Its log says why; the run may still go on.")
"""What a person reads, and what to do, when reading a stream failed on our side."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How the thread's latest run stands.

    Attributes:
        run_id: Its id; empty until the server has named it.
        status: `starting`, `running`, `stopping`, then the server's final word
            (`success`, `error`, `interrupted`, `timeout`, `gone`), or `lost` when its stream
            could not be joined again.
        stream: How its stream is: `open`, `reconnecting`, `resumed`, or `closed`.
        why: What cut the stream, while it is reconnecting or lost.
        started_at: Unix seconds.
        ended_at: Unix seconds, None while it goes on.
    """

    run_id: str
    status: str
    stream: Literal["open", "reconnecting", "resumed", "closed"]
    started_at: float
    why: str = ""
    ended_at: float | None = None

    @property
    def live(self) -> bool:
        """Whether it still goes on, as far as we know."""
        return self.stream != "closed"


class Spawn(Protocol):
    """Starts work that belongs to the app, not to whoever asked for it."""

    def __call__(self, work: Any, /) -> None:
        """Run a coroutine until it ends or the app does."""
        ...


class Feed:
    """One thread, live.

    Attributes:
        thread_id: The thread.
        transcript: What a reader sees of it.
        run: Its latest run that this process saw, None before the first.
        trouble: Why the latest run could not be followed to its end, None if it could.
        state: The thread's state as last read, None before the first run.
        logs: The wire of its runs, by run id, oldest first.
        changed: Fires on every change of these.
    """

    def __init__(self, server: AgentServer, thread_id: str, spawn: Spawn) -> None:
        self._server = server
        self._spawn = spawn
        self.thread_id = thread_id
        self.transcript = Transcript()
        self.run: RunFacts | None = None
        self.trouble: AgentServerError | None = None
        self.state: Mapping[str, Any] | None = None
        self.assistant_id = ""
        self._hold_until = 0.0
        self._sending: tuple[Turn, ...] = ()
        self._loading = asyncio.Lock()
        self.logs: OrderedDict[str, WireLog] = OrderedDict()
        self.changed = Signal()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What a reader sees: the transcript's turns, and what is being sent."""
        turns = self.transcript.turns
        return (*turns, *self._sending) if self._sending else turns

    @property
    def live(self) -> bool:
        """Whether a run goes on."""
        return self.run is not None and self.run.live

    async def load(self) -> None:
        """Read the thread, and join its run if one goes on.

        Raises:
            AgentServerError: The thread can't be read.
        """
        async with self._loading:
            if not self.live:
                await self._load()

    async def _load(self) -> None:
        await self._server.thread(self.thread_id)
        runs = await self._server.runs(self.thread_id, limit=1)
        await self._read_state()
        self.assistant_id = runs[0].get("assistant_id", "") if runs else ""
        if runs and runs[0].get("status") in UNDER_WAY:
            await self._join(runs[0])
        else:
            self.transcript = Transcript.from_state(self.state or {})
            self.run = self.trouble = None
        self.changed.fire()

    async def send(self, assistant_id: str, message: Mapping[str, Any]) -> None:
        """Start a run with a person's message; returns once the server has taken it.

        Args:
            assistant_id: Who is to answer.
            message: `{"type": "human", "id": ..., "content": ...}`; a message whose id the
                thread has already replaces that one.

        Raises:
            Busy: A run goes on.
            AgentServerError: The server did not take it. Nothing of it is shown then.
        """
        await self._start(assistant_id, {"messages": [dict(message)]})

    async def retry(self) -> None:
        """Go on from where the last run failed; ask the last question again if nothing is due.

        Raises:
            AgentServerError: The server did not take it.
        """
        if self.run is not None and self.run.status == "lost":
            await self.load()
            return
        await self._read_state()
        due = self.state is not None and bool(self.state.get("next"))
        question = None if due else self.transcript.last_question()
        await self._start(self.assistant_id, question and {"messages": [question]})

    async def stop(self) -> None:
        """Cancel the run on the server; what it wrote so far stays.

        Raises:
            AgentServerError: The server could not be told.
        """
        run = self.run
        if run is None or not run.live or run.status == "stopping":
            return
        self._run_is(status="stopping")
        if not run.run_id:
            return
        try:
            await self._server.cancel(self.thread_id, run.run_id)
        except AgentServerError:
            if self.live:
                self._run_is(status="running")
            raise

    async def wire_of(self, run_id: str) -> WireLog:
        """The wire log of one of the thread's runs: ours, else what the server can replay.

        Raises:
            AgentServerError: The server can't be asked, or does not know the run.
        """
        if run_id in self.logs:
            return self.logs[run_id]
        kept, seen = WireLog(run_id, None), Deduplicator(joined=True)
        async with self._server.join_run(self.thread_id, run_id) as stream:
            async for item in stream:
                if isinstance(item, StreamEvent) and not seen.repeats(item):
                    kept.add(at_server_time(item))
        self._keep_log(kept)
        return kept

    async def _start(self, assistant_id: str, run_input: Mapping[str, Any] | None) -> None:
        if self.live:
            raise Busy(
                "The agent is still answering.",
                advice="Wait for it to finish, or stop it.",
                thread_id=self.thread_id,
            )
        before, now = (self.run, self.trouble), time.time()
        messages = (run_input or {}).get("messages", [])
        self._sending = _as_turns(messages)
        self.run, self.trouble = RunFacts("", "starting", "open", started_at=now), None
        self.changed.fire()
        try:
            held = AsyncExitStack()
            if self.state is None:
                await self._server.create_thread(self.thread_id)
            stream = await held.enter_async_context(
                self._server.stream_run(self.thread_id, assistant_id, run_input)
            )
        except BaseException:
            self.run, self.trouble = before
            raise
        else:
            self.transcript.start_run(messages, now)
        finally:
            self._sending = ()
            self.changed.fire()
        self.assistant_id = assistant_id
        self._follow(held, stream, now)

    async def _join(self, run: Mapping[str, Any]) -> None:
        """Follow a run that goes on already, from its first event."""
        held = AsyncExitStack()
        stream = await held.enter_async_context(
            self._server.join_run(self.thread_id, run["run_id"])
        )
        began = parse_timestamp(run.get("created_at")) or time.time()
        self.transcript = Transcript.from_state(self.state or {})
        self.transcript.start_run([], began)
        self.run, self.trouble = RunFacts(run["run_id"], "running", "open", started_at=began), None
        self._hold_until = time.time() + CATCHING_UP
        asyncio.get_running_loop().call_later(CATCHING_UP, self.changed.fire)
        self._follow(held, stream, began, joined=True)

    def _follow(
        self, held: AsyncExitStack, stream: RunStream, started_at: float, *, joined: bool = False
    ) -> None:
        wire = WireLog("", started_at)
        if stream.run_id:
            self._name_run(wire, stream.run_id)
        self._spawn(self._read(held, stream, wire, joined=joined))

    async def _stop_after_all(self) -> None:
        with suppress(AgentServerError):
            await self.stop()

    async def _read(
        self, held: AsyncExitStack, stream: RunStream, wire: WireLog, *, joined: bool
    ) -> None:
        """Read a run's stream to its end, then settle with the server's own account."""
        seen = Deduplicator(joined=joined)
        try:
            async with held:
                async for item in stream:
                    if isinstance(item, StreamNotice):
                        if item.replayed_from_start:
                            seen.rejoined()
                        self._run_is(stream=item.kind, why=item.why)
                    elif not seen.repeats(item):
                        if not wire.run_id and stream.run_id:
                            self._name_run(wire, stream.run_id)
                        event = at_server_time(item) if joined else item
                        wire.add(event)
                        self.transcript.apply(event)
                        if not joined or item.received_at >= self._hold_until:
                            self.changed.fire()
            await self._settle(stream.status or "gone")
        except AgentServerError as error:
            log.warning("run %s of thread %s: %s", stream.run_id, self.thread_id, error)
            self._lose(error)
        except Exception:  # a run that nobody reads must not look as if it went on
            log.exception("run %s of thread %s", stream.run_id, self.thread_id)
            self._lose(AgentServerError(OUR_FAULT[0], advice=OUR_FAULT[1]))

    def _lose(self, error: AgentServerError) -> None:
        self.trouble = error
        self.transcript.settle(None, "lost", time.time())
        self._run_is(status="lost", stream="closed", why=str(error), ended_at=time.time())

    def _name_run(self, wire: WireLog, run_id: str) -> None:
        """The run has a name at last: some servers tell it in the first event only."""
        wire.run_id = run_id
        stop = self.run is not None and self.run.status == "stopping"
        self._run_is(run_id=run_id, status="running")
        self._keep_log(wire)
        if stop:
            self._spawn(self._stop_after_all())

    async def _settle(self, status: str) -> None:
        stopped_by_us = self.run is not None and self.run.status == "stopping"
        await self._read_state()
        if stopped_by_us and status == "interrupted":
            await self._write_back_partial()
        self.transcript.settle(self.state, status, time.time())
        self._run_is(status=status, stream="closed", why="", ended_at=time.time())

    async def _write_back_partial(self) -> None:
        """Keep what a stopped answer had said: the server itself forgets it."""
        partial = self.transcript.partial_answer()
        due = (self.state or {}).get("next") or []
        if partial is None or not due:
            return
        message_id, text = partial
        message = {
            "type": "ai",
            "id": message_id,
            "content": text,
            "response_metadata": {"finish_reason": "cancelled"},
        }
        try:
            await self._server.update_state(self.thread_id, {"messages": [message]}, due[0])
            await self._read_state()
        except AgentServerError as error:
            log.warning("partial answer of thread %s not kept: %s", self.thread_id, error)

    async def _read_state(self) -> None:
        try:
            self.state = await self._server.state(self.thread_id)
        except Rejected:
            # input that the graph could not take leaves a state that the server can't read back
            thread = await self._server.thread(self.thread_id)
            self.state = {"values": thread.get("values") or {}, "next": [], "tasks": []}

    def _run_is(self, **facts: Any) -> None:
        if self.run is not None:
            self.run = replace(self.run, **facts)
        self.changed.fire()

    def _keep_log(self, wire: WireLog) -> None:
        if not wire.run_id:
            return
        self.logs[wire.run_id] = wire
        current = self.run.run_id if self.run else ""
        old = [run_id for run_id in self.logs if run_id not in (current, wire.run_id)]
        for run_id in old[: max(0, len(self.logs) - LOGS_KEPT)]:
            del self.logs[run_id]


def _as_turns(messages: list[dict[str, Any]]) -> tuple[Turn, ...]:
    """Messages that are being sent, as turns."""
    sending = Transcript()
    sending.start_run(messages, time.time())
    return tuple(turn for turn in sending.turns if turn.role == "human")
