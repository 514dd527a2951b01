"""A run's stream that survives a cut, and that never takes its end for success.

Knows how the server ends, cuts and replays streams; not what any event means to a reader.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Self, get_args

from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About, stream_lost
from webchat.agent_server.errors import NotFound, ServerFault, Unreachable
from webchat.agent_server.event_stream import EventStream
from webchat.agent_server.events import StreamEvent, StreamNotice
from webchat.agent_server.patience import PATIENT, Patience
from webchat.agent_server.types import FinalStatus

# Event ids are not unique on this server, so that resuming after one may lose its twins: every
# join replays from the start.
FROM_THE_START = {"Last-Event-ID": "0"}
_FINAL: dict[str, FinalStatus] = {status: status for status in get_args(FinalStatus)}
STEADY = 15.0  # seconds: a connection that lived for three heartbeats was a good one


class RunStream:
    """The events of one run, joined again by itself when cut, until the run has ended.

    An asynchronous context manager: entering it sends the request, so that `run_id` is known
    before the first event. Iterating yields `StreamEvent`s as the server sends them, whatever
    their mode, and `StreamNotice`s. When the iteration ends, `status` says how the run did; the
    thread's state is then the last word on its content. Leaving early does not stop the run.

        async with server.stream_run(thread_id, "agent", {"messages": [...]}) as stream:
            async for item in stream:
                ...
        print(stream.run_id, stream.status)

    Attributes:
        thread_id: The run's thread.
        run_id: The run; None only before entering, or until the `metadata` event on a server
            that does not tell it earlier.
        status: How the run ended; None until the iteration is over.
        updated_at: When it last changed, in the server's words, as last asked; empty where the
            server does not say.

    Raises:
        AgentServerError: On entering, in whichever way the request failed. While iterating,
            `StreamLost` when every try to join again failed, and `Unauthorized` when the server
            no longer accepts our key.
    """

    def __init__(
        self,
        connection: Connection,
        thread_id: str,
        *,
        run_id: str | None = None,
        body: Mapping[str, Any] | None = None,
        patience: Patience = PATIENT,
    ) -> None:
        """Prepare to start a run with `body`, or to join run `run_id`."""
        self.thread_id = thread_id
        self.run_id = run_id
        self.status: FinalStatus | None = None
        self.updated_at = ""
        self._connection = connection
        self._body = body
        self._patience = patience
        self._tries = 0
        self._furthest = 0  # events in the longest connection so far
        self._stream: EventStream | None = None
        self._items = self._until_the_run_ends()

    async def __aenter__(self) -> Self:
        if self._body is None:
            await self._standing()  # joining an unknown run would be a 200 with an error inside
            await self._join()
        else:
            about = About(self.thread_id, assistant_id=str(self._body["assistant_id"]))
            self._stream = await self._connection.stream(
                "POST", f"/threads/{self.thread_id}/runs/stream", about, body=self._body
            )
            self.run_id = _run_id(self._stream.location)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._items.aclose()
        if self._stream is not None:
            await self._stream.aclose()

    def __aiter__(self) -> AsyncIterator[StreamEvent | StreamNotice]:
        return self._items

    async def _until_the_run_ends(self) -> AsyncGenerator[StreamEvent | StreamNotice, None]:
        while self.status is None:
            began, count, why = time.monotonic(), 0, "the stream ended before the run did"
            try:
                async with aclosing(self._events()) as events:
                    async for event in events:
                        count += 1
                        yield event
            except Unreachable as error:
                why = str(error)
            if count > self._furthest or time.monotonic() - began > STEADY:
                self._tries = 0
            self._furthest = max(self._furthest, count)
            async with aclosing(self._find_back(why)) as notices:
                async for notice in notices:
                    yield notice

    async def _events(self) -> AsyncGenerator[StreamEvent, None]:
        assert self._stream is not None, "enter the stream before reading it"
        async with aclosing(self._stream.events()) as events:
            async for event in events:
                if self.run_id is None and event.mode == "metadata":
                    self.run_id = _run_id_in(event.data)
                yield event

    async def _find_back(self, why: str) -> AsyncGenerator[StreamNotice, None]:
        """Learn how the run ended, or join it again: sets `status`, or opens the next response.

        Args:
            why: What cut the stream.
        """
        with suppress(Unreachable, ServerFault):
            if await self._has_ended():
                return
        while self.run_id is not None and self._tries < self._patience.tries:
            self._tries += 1
            yield StreamNotice("reconnecting", self._tries, why)
            await asyncio.sleep(self._patience.wait(self._tries))
            try:
                if not await self._has_ended():
                    await self._join()
                    yield StreamNotice("resumed", self._tries, replayed_from_start=True)
            except (Unreachable, ServerFault) as error:
                why = str(error)
            else:
                return
        raise stream_lost(About(self.thread_id, self.run_id), why, self._tries)

    async def _has_ended(self) -> bool:
        if self.run_id is None:
            return False
        try:
            standing = await self._standing()
        except NotFound:
            standing = "gone"
        self.status = _FINAL.get(standing)
        return self.status is not None

    async def _standing(self) -> str:
        """The run's status, in the server's words."""
        about = About(self.thread_id, self.run_id)
        run = await self._connection.get(f"/threads/{self.thread_id}/runs/{self.run_id}", about)
        run = run if isinstance(run, dict) else {}
        self.updated_at = str(run.get("updated_at") or "")
        return str(run.get("status"))

    async def _join(self) -> None:
        if self._stream is not None:
            await self._stream.aclose()
        about = About(self.thread_id, self.run_id)
        path = f"/threads/{self.thread_id}/runs/{self.run_id}/stream"
        self._stream = await self._connection.stream("GET", path, about, headers=FROM_THE_START)


def _run_id(location: str) -> str | None:
    found = re.search(r"/runs/([0-9a-fA-F-]{36})(?:/|$)", location)
    return found[1] if found else None


def _run_id_in(metadata: Any) -> str | None:
    run_id = metadata.get("run_id") if isinstance(metadata, dict) else None
    return run_id if isinstance(run_id, str) and re.fullmatch(r"[0-9a-fA-F-]{36}", run_id) else None
