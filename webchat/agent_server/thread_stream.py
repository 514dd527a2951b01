"""What happens on a thread, whoever does it: runs that start and end, and writes to its state.

Knows the thread stream's events and traps; not what any of them means to a reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Self

from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About, thread_stream_lost
from webchat.agent_server.errors import NotFound, Rejected, ServerFault, Unreachable
from webchat.agent_server.event_stream import EventStream
from webchat.agent_server.events import StreamEvent, StreamNotice
from webchat.agent_server.patience import Patience
from webchat.agent_server.thread_record import read_record
from webchat.agent_server.types import Thread

DELETION_CHECK = 5.0
"""Seconds of silence after which the server is asked whether the thread still exists."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began, or began again after the server's restart."""

    run_id: str


@dataclass(frozen=True, slots=True)
class RunDone:
    """A run ended, in whichever way: its status says how, or that it is gone."""

    run_id: str


@dataclass(frozen=True, slots=True)
class StateUpdated:
    """Somebody wrote to the thread's state outside any run.

    Attributes:
        state: The thread's state, as `AgentServer.state` gives it.
    """

    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunEvent:
    """An event of a run, in the stream modes that whoever started the run asked for.

    Attributes:
        run_id: The run; empty for a run that was at work before we connected, until one of its
            events names it.
        event: The event; its `id` is set even when the run is not resumable.
    """

    run_id: str
    event: StreamEvent


ThreadItem = RunStarted | RunDone | StateUpdated | RunEvent | StreamNotice


class ThreadStream:
    """What happens on a thread from now on, over one connection that is made again when cut.

    An asynchronous context manager and iterator. What happens while it is not connected is not
    told: after entering, and after each `StreamNotice` of kind `resumed`, `thread` tells whether
    the thread has changed meanwhile. It never ends by itself. The server says nothing of a run
    that is cancelled while it is pending, of changed metadata, and of a deletion, about which
    this asks during silence.

        async with server.watch_thread(thread_id) as changes:
            async for item in changes:
                ...

    Attributes:
        thread_id: The thread.
        thread: Its record, without its content, as read just after the stream was opened.

    Raises:
        UnknownThread: On entering or while iterating: the thread is not there (any more).
        NotFound: On entering: the server has no thread streams; poll instead.
        StreamLost: While iterating: every try to connect again failed.
        AgentServerError: On entering, in whichever way the request failed.
    """

    def __init__(
        self, connection: Connection, thread_id: str, *, events: bool, patience: Patience
    ) -> None:
        self.thread_id = thread_id
        self._connection = connection
        self.thread: Thread = {"thread_id": thread_id}
        self._modes = "run_modes,lifecycle,state_update" if events else "lifecycle,state_update"
        self._patience = patience
        self._run_id = ""
        self._stream: EventStream | None = None
        self._items = self._until_left()

    async def __aenter__(self) -> Self:
        self._stream = await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._items.aclose()
        if self._stream is not None:
            await self._stream.aclose()

    def __aiter__(self) -> AsyncIterator[ThreadItem]:
        return self._items

    async def _open(self) -> EventStream:
        path = f"/threads/{self.thread_id}/stream"
        try:
            return await self._connection.stream(
                "GET", path, About(), params={"stream_modes": self._modes}
            )
        except (NotFound, Rejected) as error:
            raise NotFound(
                "The agent server does not tell what happens in a conversation.",
                advice="It is asked every few seconds instead.",
                thread_id=self.thread_id,
                detail=error.detail,
            ) from error

    async def _connect(self) -> EventStream:
        """Open the stream, then ask how the thread stands: what happens later is told."""
        stream = await self._open()
        try:
            await self._ask()  # an unknown thread's stream is a silent 200
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def _ask(self) -> None:
        self.thread = await read_record(self._connection, self.thread_id)

    async def _until_left(self) -> AsyncGenerator[ThreadItem, None]:
        tries = 0
        while True:
            assert self._stream is not None, "enter the stream before reading it"
            why = "the stream ended"
            try:
                async with aclosing(_or_silence(self._stream.events())) as events:
                    async for event in events:
                        tries = 0
                        for item in await self._items_of(event):
                            yield item
            except Unreachable as error:
                why = str(error)
            await self._stream.aclose()
            async with aclosing(self._connect_again(why, tries)) as notices:
                async for notice in notices:
                    tries = notice.attempt
                    yield notice

    async def _connect_again(self, why: str, tries: int) -> AsyncGenerator[StreamNotice, None]:
        """Open the stream again.

        Args:
            why: What cut it.
            tries: How often it was opened again since its last event.
        """
        while tries < self._patience.tries:
            tries += 1
            yield StreamNotice("reconnecting", tries, why)
            await asyncio.sleep(self._patience.wait(tries))
            try:
                self._stream = await self._connect()
            except (Unreachable, ServerFault) as error:
                why = str(error)
            else:
                self._run_id = ""
                yield StreamNotice("resumed", tries)
                return
        raise thread_stream_lost(About(self.thread_id), why, tries)

    async def _items_of(self, event: StreamEvent | None) -> list[ThreadItem]:
        """What an event stands for; None is silence, in which a deletion is looked for."""
        if event is not None:
            return self._read(event)
        with suppress(Unreachable, ServerFault):
            await self._ask()
        return []

    def _read(self, event: StreamEvent) -> list[ThreadItem]:
        """The items that one event of the stream stands for."""
        data = event.data if isinstance(event.data, dict) else {}
        named = data.get("run_id")
        if event.mode == "metadata" and isinstance(named, str):
            if data.get("status") == "run_done":
                self._run_id = ""
                return [RunDone(named)]
            self._run_id = named
            return [RunStarted(named), RunEvent(named, event)]
        if event.mode == "state_update":
            state = data.get("state")
            return [StateUpdated(state)] if isinstance(state, dict) else []
        self._run_id = self._run_id or _run_id_of_message(event)
        return [RunEvent(self._run_id, event)]


def _run_id_of_message(event: StreamEvent) -> str:
    """The run that a message's metadata names, empty if the event has none."""
    if event.mode != "messages" or not isinstance(event.data, list) or len(event.data) != 2:
        return ""
    metadata = event.data[1]
    run_id = metadata.get("run_id") if isinstance(metadata, dict) else None
    return run_id if isinstance(run_id, str) else ""


async def _or_silence(
    events: AsyncGenerator[StreamEvent, None],
) -> AsyncGenerator[StreamEvent | None, None]:
    """The events, and None whenever there was none for `DELETION_CHECK` seconds."""
    waiting: asyncio.Future[StreamEvent] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(events))
            await asyncio.wait({waiting}, timeout=DELETION_CHECK)
            if not waiting.done():
                yield None
                continue
            arrived, waiting = waiting, None
            try:
                event = arrived.result()
            except StopAsyncIteration:
                return
            yield event
    finally:
        if waiting is not None:
            waiting.cancel()
            with suppress(asyncio.CancelledError, Unreachable, StopAsyncIteration):
                await waiting
        await events.aclose()
