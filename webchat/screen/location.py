"""Where a tab is: the address of its page, and the thread that the address names."""

from __future__ import annotations

import logging
from collections.abc import Callable

from webchat.agent_server import AgentServerError
from webchat.runs import Feed, Feeds, Health, HealthState
from webchat.screen.head import NO_SUCH_PAGE, NO_SUCH_THREAD, LoadError
from webchat.screen.ids import is_uuid

log = logging.getLogger(__name__)


class Location:
    """A tab's address, and what is there.

    Args:
        feeds: The threads.
        health: Whether the agent server answers.
        moved: Called when the tab is to show another feed, or none.

    Attributes:
        path: The address.
        feed: The thread there, None on a new chat and while a thread is read.
        load_error: Why the address shows no conversation.
        loading: Whether the thread is still being read.
    """

    def __init__(self, feeds: Feeds, health: Health, moved: Callable[[], None]) -> None:
        self._feeds = feeds
        self._health = health
        self._moved = moved
        self._asked_under: HealthState | None = None
        self.path = "/"
        self.feed: Feed | None = None
        self.load_error: LoadError | None = None
        self.loading = False

    @property
    def reading(self) -> str:
        """The address of the thread that is being read; empty when none is."""
        return self.path if self.loading else ""

    @property
    def worth_another_try(self) -> bool:
        """Whether the thread could not be read because the server was away, and it is back."""
        now = self._health.state
        passing = self.load_error is not None and self.load_error.passing
        return passing and now is not self._asked_under and now.word == "connected"

    async def go(self, path: str) -> bool:
        """Go to an address: a new chat, or a thread, which is read first.

        Returns:
            Whether a thread was read, and the tab is still there.
        """
        self.path = path
        room, _, thread_id = path.strip("/").partition("/")
        thread_id = thread_id.lower()  # as the server writes a UUID
        if not room:
            self.show(None)
        elif room != "thread" or not thread_id or "/" in thread_id:
            self.show(None)
            self.load_error = NO_SUCH_PAGE
        elif not is_uuid(thread_id):  # in another spelling the page would not know it as its own
            self.show(None)
            self.load_error = NO_SUCH_THREAD
        elif not self._has(thread_id):
            return await self._read(thread_id)
        return False

    async def reach(self, thread_id: str, *, create: bool) -> Feed:
        """The feed of a thread; the tab goes there from a new chat, and nowhere from elsewhere.

        Args:
            thread_id: The thread's UUID, as the server writes it.
            create: Whether a thread that the server does not have is a new one.

        Raises:
            AgentServerError: The thread can't be read.
        """
        if self.feed is not None and self.feed.thread_id == thread_id:
            return self.feed
        feed = await self._feeds.open(thread_id, create=create)
        room, _, of = self.path.strip("/").partition("/")
        if not room or (room == "thread" and of.lower() == thread_id):
            self.path = f"/thread/{thread_id}"
            self.show(feed)
        return feed

    def _has(self, thread_id: str) -> bool:
        """Whether it shows the thread already, and that needs no reading."""
        feed = self.feed
        return feed is not None and feed.thread_id == thread_id and (feed.live or not feed.exists)

    def show(self, feed: Feed | None) -> None:
        """Show this feed, or none."""
        self.feed, self.load_error, self.loading = feed, None, False
        log.debug("tab shows %s", f"thread {feed.thread_id}" if feed else "no thread")
        self._moved()

    async def _read(self, thread_id: str) -> bool:
        if self.feed is None or self.feed.thread_id != thread_id:
            self.show(None)
            self.loading = True
        asked, feed, load_error = self.path, None, None
        self._asked_under = self._health.state
        try:
            feed = await self._feeds.open(thread_id)
        except AgentServerError as error:
            load_error = LoadError.of(error)
            self._health.suspect()
        if self.path != asked or self._has(thread_id):
            return False  # the tab has gone on meanwhile
        if feed is None or feed is not self.feed:
            self.show(feed)
        self.load_error = load_error
        return True
