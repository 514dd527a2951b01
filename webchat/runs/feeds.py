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

from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.runs.feed import LOGS_KEPT, Feed

KEPT = 64
"""Feeds that nobody watches and that have no run are kept up to this many, newest use first."""


class Feeds:
    """All feeds, by thread id.

    Args:
        server: The agent server that the threads live on.
    """

    def __init__(self, server: AgentServer) -> None:
        self._server = server
        self._feeds: OrderedDict[str, Feed] = OrderedDict()
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def subscribers(self) -> int:
        """How many tabs watch a run that goes on."""
        return sum(feed.changed.subscribers for feed in self._feeds.values() if feed.live)

    def new(self) -> Feed:
        """A feed for a thread that does not exist yet."""
        return self._keep(Feed(self._server, str(uuid4()), self._spawn))

    async def open(self, thread_id: str) -> Feed:
        """The thread's feed, read from the server if it is not here.

        Raises:
            AgentServerError: The thread can't be read.
        """
        async with self._opening.setdefault(thread_id, asyncio.Lock()):
            feed = self._feeds.get(thread_id)
            if feed is None or not (feed.live or feed.changed.subscribers):
                feed = await self._read_anew(thread_id, feed)
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

    async def _read_anew(self, thread_id: str, known: Feed | None) -> Feed:
        """Somebody else may have gone on with the thread since we last looked."""
        feed = Feed(self._server, thread_id, self._spawn)
        await feed.load()
        if known is None or feed.live or known.state is None:
            return feed
        if _version(feed) == _version(known):
            return known  # it also knows what no state tells: times, the wire
        feed.logs = known.logs
        return feed

    def _keep(self, feed: Feed) -> Feed:
        self._feeds[feed.thread_id] = feed
        self._feeds.move_to_end(feed.thread_id)
        idle = [f for f in self._feeds.values() if not (f.live or f.changed.subscribers)]
        for old in idle[:-KEPT]:
            del self._feeds[old.thread_id]
        for old in idle[:-LOGS_KEPT]:
            old.logs.clear()  # the server can replay them
        return feed

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work in a context of its own: it is nobody's child and dies with nobody's tab."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _version(feed: Feed) -> object:
    """What tells one state of a thread from another: its checkpoint, else all of it."""
    state = feed.state or {}
    return (state.get("checkpoint") or {}).get("checkpoint_id") or state
