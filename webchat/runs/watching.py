"""Follows what others do to a thread while somebody looks at it and no run of it is read here.

The server tells of it on the thread's stream; a server that has none is asked every few seconds.
Whatever is told, the thread is read anew, and a run that goes on is joined: there is one way for a
run's events to come in, whoever started it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from webchat.agent_server import (
    AgentServerError,
    NotFound,
    StreamNotice,
    TooLarge,
    UnknownThread,
)
from webchat.agent_server.patience import Patience
from webchat.agent_server.thread_stream import RunDone, RunStarted, StateUpdated
from webchat.agent_server.types import Thread
from webchat.runs.feed_state import FeedState
from webchat.runs.replaying import replay
from webchat.supervise import supervise

log = logging.getLogger(__name__)

POLL = 3.0
"""Seconds between two questions to a server that has no thread streams."""

LINGER = 5.0
"""Seconds that the watching goes on after the last subscriber left: a page that is loaded again."""

RECOVERY = Patience(first_wait=2.0, longest_wait=30.0)
"""The pauses between the tries to follow a lost run again."""


class Watcher:
    """Keeps a feed up to date with what others do to its thread.

    Args:
        feed: The thread; the watching lasts as long as it has subscribers.
        load: Reads the thread and joins its run.
    """

    def __init__(self, feed: FeedState, load: Callable[[], Awaitable[None]]) -> None:
        self._feed = feed
        self._load = load
        self._watching = False

    def subscribed(self) -> None:
        """Somebody began or ceased to look."""
        if self._feed.changed.subscribers and not self._watching:
            self._watching = True
            self._feed.owner.spawn(self._watch())

    async def _watch(self) -> None:
        try:
            await supervise(f"watching thread {self._feed.thread_id}", self._until_nobody_looks)
        finally:
            self._watching = False

    async def _until_nobody_looks(self) -> None:
        feed, wake = self._feed, asyncio.Event()
        with feed.phase_changed.watching(wake):
            while feed.changed.subscribers or await _within(wake, LINGER):
                wake.clear()
                if not feed.changed.subscribers:
                    continue
                if feed.live or feed.deleted or not feed.exists:
                    await wake.wait()
                else:
                    await _unless(wake, self._recover if feed.lost else self._listen)

    async def _recover(self) -> None:
        """Follow a lost run again, however long it takes; too much is not read again and again."""
        if isinstance(self._feed.load_error, TooLarge):
            await asyncio.Event().wait()  # until somebody sends, tries again, or leaves
        attempt = 0
        while self._feed.lost:
            attempt += 1
            await asyncio.sleep(RECOVERY.wait(min(attempt, RECOVERY.tries)))
            await self._refresh()

    async def _listen(self) -> None:
        """Read the thread's stream until it ends."""
        feed = self._feed
        try:
            async with feed.server.watch_thread(feed.thread_id, events=False) as changes:
                await self._refresh_unless_read(changes.thread)  # what happened before the stream
                if feed.replayable and not feed.live:
                    await replay(feed)
                async for item in changes:
                    if isinstance(item, StreamNotice) and item.kind == "resumed":
                        await self._refresh_unless_read(changes.thread)
                    if isinstance(item, RunStarted | RunDone | StateUpdated):
                        await self._refresh()
        except UnknownThread as error:
            feed.delete(error)
        except NotFound:
            await self._poll()
        except AgentServerError as error:
            log.info("thread %s is not watched: %s", feed.thread_id, error)
            await asyncio.sleep(POLL)

    async def _poll(self) -> None:
        """Ask how the thread and its latest run stand, again and again."""
        feed, known = self._feed, None
        if feed.replayable:
            await replay(feed)
        while not feed.deleted:
            try:
                thread = await feed.server.thread_record(feed.thread_id)
                runs = await feed.server.runs(feed.thread_id, limit=1)
            except UnknownThread as error:
                feed.delete(error)
            except AgentServerError as error:
                log.info("thread %s could not be asked for: %s", feed.thread_id, error)
            else:
                standing = (
                    (thread.get("updated_at"), thread.get("status")),
                    [(run["run_id"], run.get("status")) for run in runs],
                )
                if known is None:
                    await self._refresh_unless_read(thread)
                elif standing != known:
                    await self._refresh()
                known = standing
            await asyncio.sleep(POLL)

    async def _refresh_unless_read(self, thread: Thread) -> None:
        """Read the thread anew if its record tells of something that was not read."""
        if not self._feed.has_read(thread):
            await self._refresh()

    async def _refresh(self) -> None:
        """Read the thread anew; what can't be read now is told of again."""
        try:
            await self._load()
        except UnknownThread as error:
            self._feed.delete(error)
        except AgentServerError as error:
            log.info("thread %s could not be read: %s", self._feed.thread_id, error)


async def _within(wake: asyncio.Event, seconds: float) -> bool:
    """Whether the event comes within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return wake.is_set()  # both may have come at once
    return True


async def _unless(wake: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Do some work until it is done or the event comes."""
    working = asyncio.ensure_future(work())
    waking = asyncio.ensure_future(wake.wait())
    try:
        await asyncio.wait({working, waking}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        for task in (working, waking):
            task.cancel()
        await asyncio.gather(working, waking, return_exceptions=True)
