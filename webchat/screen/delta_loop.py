"""When a tab's deltas are made, and for whom: as they are due, for the latest watch only."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from webchat import limits
from webchat.runs import Feed, Health, Throttle
from webchat.screen.allowance import Allowance

log = logging.getLogger(__name__)


class Watch:
    """A page that gets a tab's deltas, until another one takes its place."""

    def __init__(self) -> None:
        self._ended = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether another watch has begun."""
        return self._ended.is_set()

    def end(self) -> None:
        """Another watch has begun."""
        self._ended.set()

    async def wait_to_end(self, seconds: float) -> None:
        """Wait until it has ended, or for so long."""
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)


class DeltaLoop:
    """Makes deltas when something has changed, no faster than the throttle lets.

    Args:
        health: Whether the agent server answers; a change is a reason for a delta.
        subscribers: How many tabs of this process watch a run that goes on.
    """

    def __init__(self, health: Health, subscribers: Callable[[], int]) -> None:
        self._health = health
        self._subscribers = subscribers
        self._wake = asyncio.Event()
        self._latest = Watch()
        self._watches = 0
        self._feed: Feed | None = None
        self._subscription = ExitStack()
        self._snapshots = Allowance(limits.SNAPSHOTS_AT_ONCE, limits.SNAPSHOTS_A_SECOND)

    @property
    def watched(self) -> bool:
        """Whether a page gets the deltas."""
        return self._watches > 0

    def wake(self) -> None:
        """Something changed."""
        self._wake.set()

    def subscribe(self, feed: Feed | None) -> None:
        """Make deltas of this feed's changes, while somebody watches."""
        self._feed = feed
        self._subscription.close()
        if feed is not None and self._watches:
            self._subscription.enter_context(feed.changed.watching(self._wake))

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Watch while inside; the watch before ends."""
        self._latest.end()
        self._latest = watch = Watch()
        self._watches += 1
        log.debug("page watches its tab")
        self.subscribe(self._feed)
        self.wake()
        try:
            yield watch
        finally:
            watch.end()
            self._watches -= 1
            log.debug("page left its tab")
            self.subscribe(self._feed)

    async def due(
        self,
        watch: Watch,
        snapshot_due: Callable[[], bool],
        next_look: Callable[[], float | None],
    ) -> AsyncGenerator[None, None]:
        """Yield whenever a delta is to be made and handed over, until the watch ends.

        Args:
            watch: For whom.
            snapshot_due: Whether it would be a snapshot, of which only so many are made.
            next_look: In how many seconds to make one though nothing changed; None for never.
        """
        throttle = Throttle(self._subscribers)
        due = 0.0
        self.wake()
        with self._health.changed.watching(self._wake):
            while True:
                await self._something_to_say(next_look())
                if not watch.ended and (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                    throttle.woke_late(time.perf_counter() - due)
                if snapshot_due():
                    await watch.wait_to_end(self._snapshots.wait())
                if watch.ended:
                    return
                if snapshot_due():
                    self._snapshots.use()
                self._wake.clear()
                started = time.perf_counter()
                yield
                throttle.frame_took(time.perf_counter() - started)
                due = started + throttle.interval

    async def _something_to_say(self, next_look: float | None) -> None:
        """Until something changed, or it is time to look."""
        if next_look is None:
            await self._wake.wait()
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), next_look)
