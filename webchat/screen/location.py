"""Where a tab is: the address of its page, and the thread that the address names."""

from __future__ import annotations

from collections.abc import Callable

from webchat.agent_server import AgentServerError
from webchat.runs import Feed, Feeds, Health, HealthState
from webchat.screen.head import NO_SUCH_PAGE, Trouble


class Location:
    """A tab's address, and what is there.

    Args:
        feeds: The threads.
        health: Whether the agent server answers.
        moved: Called when the tab is to show another feed, or none.

    Attributes:
        path: The address.
        feed: The thread there, None on a new chat and while a thread is read.
        trouble: Why the address shows no conversation.
        loading: Whether the thread is still being read.
    """

    def __init__(self, feeds: Feeds, health: Health, moved: Callable[[], None]) -> None:
        self._feeds = feeds
        self._health = health
        self._moved = moved
        self._asked_under: HealthState | None = None
        self.path = "/"
        self.feed: Feed | None = None
        self.trouble: Trouble | None = None
        self.loading = False

    @property
    def reading(self) -> str:
        """The address of the thread that is being read; empty when none is."""
        return self.path if self.loading else ""

    @property
    def worth_another_try(self) -> bool:
        """Whether the thread could not be read because the server was away, and it is back."""
        now = self._health.state
        passing = self.trouble is not None and self.trouble.passing
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
            self.trouble = NO_SUCH_PAGE
        elif self.feed is None or self.feed.thread_id != thread_id or not self.feed.live:
            return await self._read(thread_id)
        return False

    def show(self, feed: Feed | None) -> None:
        """Show this feed, or none."""
        self.feed, self.trouble, self.loading = feed, None, False
        self._moved()

    async def _read(self, thread_id: str) -> bool:
        if self.feed is None or self.feed.thread_id != thread_id:
            self.show(None)
            self.loading = True
        asked, feed, trouble = self.path, None, None
        self._asked_under = self._health.state
        try:
            feed = await self._feeds.open(thread_id)
        except AgentServerError as error:
            trouble = Trouble.of(error)
            self._health.suspect()
        if self.path != asked:
            return False  # the tab has gone on meanwhile
        if feed is None or feed is not self.feed:
            self.show(feed)
        self.trouble = trouble
        return True
