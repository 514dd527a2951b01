"""The feeds of this process: one per thread, opened once, shared by every tab, let go when idle."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any
from uuid import uuid4
from weakref import WeakSet, WeakValueDictionary

from webchat import limits
from webchat.agent_server import AgentServerError, UnknownThread
from webchat.agent_server.client import AgentServer
from webchat.agent_server.paths import checked_id
from webchat.agent_server.patience import Patience
from webchat.runs.feed import Feed
from webchat.runs.feed_state import FeedState
from webchat.runs.patiently import patiently
from webchat.runs.wire_log import WireLog

OPENING = Patience(tries=4)
"""How long reading a thread is tried again: about two seconds."""


class Feeds:
    """All feeds, by thread id.

    Args:
        server: The agent server that the threads live on.

    Attributes:
        subscribers: How many watch a run that goes on.
    """

    def __init__(self, server: AgentServer) -> None:
        self._server = server
        self._feeds: WeakValueDictionary[str, Feed] = WeakValueDictionary()
        self._kept: OrderedDict[str, Feed] = OrderedDict()
        self._idle: dict[str, asyncio.TimerHandle] = {}
        self._wires: WeakSet[WireLog] = WeakSet()
        self._wire_grew = 0
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        self.subscribers = 0

    def new(self) -> Feed:
        """A feed for a thread that does not exist yet."""
        return self._keep(self._make(str(uuid4())))

    async def open(self, thread_id: str, *, create: bool = False) -> Feed:
        """The thread's feed, read from the server if it is not here.

        Args:
            thread_id: A UUID in any spelling.
            create: Whether a thread that the server does not have gets an empty feed; the
                server makes it when the first message is sent.

        Raises:
            MalformedId: It is no UUID.
            UnknownThread: There is no such thread, and none is to be made.
            AgentServerError: The thread can't be read, though it was tried again.
        """
        thread_id = checked_id("thread", thread_id)
        async with self._opening.setdefault(thread_id, asyncio.Lock()):
            feed = self._feeds.get(thread_id)
            if feed is None or feed.idle:
                feed = feed or self._make(thread_id)
                await self._read(feed, create)
            return self._keep(feed)

    async def heal(self) -> None:
        """The server is back: follow again what was lost while it was away."""
        for feed in list(self._feeds.values()):
            if feed.run is not None and feed.run.status == "lost":
                with suppress(AgentServerError):
                    await feed.load()

    async def aclose(self) -> None:
        """Stop reading; the runs themselves go on."""
        for timer in self._idle.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self, feed: Feed, create: bool) -> None:
        """Read a thread: somebody else may have gone on with it since we last looked."""
        try:
            await patiently(feed.load, OPENING)
        except UnknownThread:
            if not create or feed.exists:
                raise

    # What concerns all feeds: see `Owner`.

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work in a context of its own: it is nobody's child and dies with nobody's tab."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def subscribers_changed(self, more: int) -> None:
        """So many more watch a run that goes on."""
        self.subscribers += more

    def at_rest(self, feed: FeedState) -> None:
        """A feed has neither a run nor subscribers: it is let go, unless that changes soon."""
        if timer := self._idle.pop(feed.thread_id, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._idle[feed.thread_id] = loop.call_later(limits.FEED_IDLE, self._let_go, feed.thread_id)

    def wire_grew(self, wire: WireLog, memory: int) -> None:
        """A wire log takes so many bytes more; now and then all of them are bounded."""
        self._wires.add(wire)
        self._wire_grew += memory
        if self._wire_grew > limits.WIRE_BYTES_IN_ALL / 16:
            self._wire_grew = 0
            self._bound_wires()

    def _bound_wires(self) -> None:
        """Let go of the oldest runs' bodies where all wire logs together take too much."""
        logs = list(self._wires)  # those that only a page still shows among them
        over = sum(log.memory for log in logs) - limits.WIRE_BYTES_IN_ALL
        for log in sorted(logs, key=lambda log: log.started_at):
            if over <= 0:
                return
            before = log.memory
            log.let_go(over)
            over -= before - log.memory

    def _let_go(self, thread_id: str) -> None:
        """Forget an idle thread and its wire; a tab that comes back finds the same feed."""
        self._idle.pop(thread_id, None)
        feed = self._feeds.get(thread_id)
        if feed is not None and feed.idle:
            feed.logs.clear()
            if not feed.returned:  # the server may have no such message
                self._kept.pop(thread_id, None)

    def _make(self, thread_id: str) -> Feed:
        return Feed(self._server, thread_id, self)

    def _keep(self, feed: Feed) -> Feed:
        self._feeds[feed.thread_id] = self._kept[feed.thread_id] = feed
        self._kept.move_to_end(feed.thread_id)
        idle = [each for each in self._kept.values() if each.idle]
        for old in idle[: -limits.FEEDS_KEPT]:
            del self._kept[old.thread_id]
        for old in idle[: -limits.LOGS_KEPT]:
            old.logs.clear()  # the server can replay them
        if feed.idle:
            self.at_rest(feed)
        return feed

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: whoever waits for the task gets it
