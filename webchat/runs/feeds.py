"""The feeds of this process: one per thread, opened once, shared by every tab, let go when idle."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

from webchat.agent_server import AgentServerError, UnknownThread
from webchat.agent_server.client import AgentServer
from webchat.agent_server.paths import checked_id
from webchat.agent_server.patience import Patience
from webchat.runs.feed import Feed
from webchat.runs.feed_state import LOGS_KEPT
from webchat.runs.patiently import patiently

KEPT = 64
"""Feeds that nobody watches and that have no run are kept up to this many, newest use first."""

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
        self._feeds: OrderedDict[str, Feed] = OrderedDict()
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
            if feed is None or not (feed.live or feed.changed.subscribers):
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

    def _make(self, thread_id: str) -> Feed:
        return Feed(self._server, thread_id, self._spawn, self._count)

    def _count(self, more: int) -> None:
        self.subscribers += more

    def _keep(self, feed: Feed) -> Feed:
        self._feeds[feed.thread_id] = feed
        self._feeds.move_to_end(feed.thread_id)
        idle = [f for f in self._feeds.values() if not (f.live or f.changed.subscribers)]
        for old in idle[:-KEPT]:
            del self._feeds[old.thread_id]
        for old in idle[:-LOGS_KEPT]:
            old.logs.clear()  # the server can replay them
        return feed

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work in a context of its own: it is nobody's child and dies with nobody's tab."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: whoever waits for the task gets it
