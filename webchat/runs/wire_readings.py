"""Reads the wires of runs that the server can replay: each once, however many tabs look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from webchat.agent_server import StreamEvent
from webchat.runs.deduplicator import Deduplicator
from webchat.runs.feed_state import FeedState
from webchat.runs.timestamps import at_server_time
from webchat.runs.wire_log import WireLog

Show = Callable[[WireLog], None]


class WireReadings:
    """The replays of one thread's runs that are being read.

    Args:
        feed: The thread.
    """

    def __init__(self, feed: FeedState) -> None:
        self._feed = feed
        self._readings: dict[str, _Reading] = {}

    async def read(self, run_id: str, show: Show) -> WireLog:
        """See `Feed.wire_of`."""
        reading = self._readings.get(run_id)
        if reading is None or reading.task.done():
            reading = self._readings[run_id] = _Reading(self._feed, run_id)
        reading.readers += 1
        reading.show_to(show)
        try:
            # shared: one reader that leaves does not end it for the others
            await asyncio.shield(reading.task)
        finally:
            reading.readers -= 1
            reading.show_no_more_to(show)
            if not reading.readers:
                reading.task.cancel()
                if self._readings.get(run_id) is reading:
                    del self._readings[run_id]
        return reading.log


class _Reading:
    """One run's replay, from its beginning to the end of the run.

    Attributes:
        log: What has come so far.
        readers: How many wait for it.
        task: Reads it.
    """

    def __init__(self, feed: FeedState, run_id: str) -> None:
        self._feed = feed
        self._opened = False
        self._shows: list[Show] = []
        self.log = WireLog(run_id, None)
        self.readers = 0
        self.task = feed.owner.spawn(self._read())

    def show_to(self, show: Show) -> None:
        """Tell the log as soon as the server has answered."""
        if self._opened:
            show(self.log)
        else:
            self._shows.append(show)

    def show_no_more_to(self, show: Show) -> None:
        """Whoever asked has gone on to something else."""
        if show in self._shows:
            self._shows.remove(show)

    async def _read(self) -> None:
        feed, seen = self._feed, Deduplicator(joined=True)
        async with feed.server.join_run(feed.thread_id, self.log.run_id) as stream:
            self._opened = True
            for show in self._shows:
                show(self.log)
            async for item in stream:
                if isinstance(item, StreamEvent) and not seen.repeats(item):
                    feed.wire_add(self.log, at_server_time(item))
                    feed.changed.fire()
        feed.keep_log(self.log)
