"""One browser tab: what it looks at, what its person expanded, and the deltas that keep it right.

Lives beside the Reflex state, which only carries the deltas: what a tab has already got must
survive nothing, and is worth no serialising.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, contextmanager, suppress

from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.runs import Feed, Feeds, Health, HealthState, Throttle
from webchat.screen.expanded import Expanded
from webchat.screen.head import (
    NO_SUCH_PAGE,
    Trouble,
    composer_record,
    health_record,
    load_error_record,
    page_record,
)
from webchat.screen.raw_view import RawView
from webchat.screen.renderer import Renderers
from webchat.screen.replica import Delta, Replica, sendable
from webchat.transcript.parts import Part, Turn

TURNS = 20
"""Turns shown when a thread opens, and more at each asking."""


class Tab:
    """What one tab shows.

    Args:
        server: The agent server.
        feeds: Its threads.
        health: Whether it answers.
        renderers: What draws a feed's turns, shared by all tabs.

    Attributes:
        feed: The thread it looks at, None on an empty page.
        raw: What its person chose in the raw view.
        last_sent: The id of the last message it sent.
    """

    def __init__(
        self, server: AgentServer, feeds: Feeds, health: Health, renderers: Renderers
    ) -> None:
        self._feeds = feeds
        self._health = health
        self._renderers = renderers
        self.feed: Feed | None = None
        self.raw = RawView(server, self.wake)
        self.last_sent = ""
        self._path = "/"
        self._asked_under: HealthState | None = None
        self._replica = Replica()
        self._wake = asyncio.Event()
        self._seen: dict[str, Turn] = {}
        self._drawn_head: tuple[object, ...] | None = None
        self._expanded = Expanded()
        self._shown = TURNS
        self._trouble: Trouble | None = None
        self._loading = False
        self._note = ""
        self._subscription = ExitStack()
        self._looks = 0
        self._owner = 0

    @property
    def loading(self) -> bool:
        """Whether its thread is still being read."""
        return self._loading

    @property
    def watched(self) -> bool:
        """Whether a page gets its deltas."""
        return self._looks > 0

    @property
    def assistant_id(self) -> str:
        """Who answers in the thread it looks at; empty where nobody did yet."""
        return self.feed.assistant_id if self.feed else ""

    # What the tab looks at.

    async def go(self, path: str) -> None:
        """Look at what an address of the page names: nothing yet, or a thread."""
        self._path = path
        room, _, thread_id = path.strip("/").partition("/")
        if not room:
            self.look_at(None)
        elif room != "thread" or not thread_id or "/" in thread_id:
            self.look_at(None)
            self._trouble = NO_SUCH_PAGE
        elif self.feed is None or self.feed.thread_id != thread_id or not self.feed.live:
            await self._open(thread_id)
        self.wake()

    def look_at(self, feed: Feed | None) -> None:
        """Show this feed, or an empty page."""
        self.feed, self._trouble, self._loading, self._note = feed, None, False, ""
        self._forget_turns()
        self._replica.delete(["clip"])
        self._shown = TURNS
        self._expanded.clear()
        self.raw.leave()
        self._watch()
        self.wake()

    async def _open(self, thread_id: str) -> None:
        if self.feed is None or self.feed.thread_id != thread_id:
            self.look_at(None)
            self._loading = True
        asked, feed, trouble = self._path, None, None
        self._asked_under = self._health.state
        try:
            feed = await self._feeds.open(thread_id)
        except AgentServerError as error:
            trouble = Trouble.of(error)
            self._health.suspect()
        if self._path != asked:
            return  # the tab has gone on meanwhile
        if feed is None or feed is not self.feed:
            self.look_at(feed)
        self._trouble = trouble
        if self.raw.open:
            await self.raw.read(self.feed)

    # What its person does.

    def wake(self) -> None:
        """Something changed: make a delta."""
        self._wake.set()

    def restart(self) -> None:
        """The page lost track: say everything again."""
        self._replica.restart()
        self.wake()

    def earlier(self) -> None:
        """Show older turns."""
        self._shown += TURNS
        self.wake()

    def open_part(self, name: str, pointer: str | None = None) -> None:
        """Open a tree of the page, or show all of one of its nodes."""
        self._expanded.add(name, pointer)
        self._seen.clear()
        self.wake()

    def turn_named(self, name: str) -> Turn | None:
        """The turn under that key in the store."""
        renderer = self._renderers.of(self.feed) if self.feed else None
        return renderer.turns.get(name) if renderer else None

    def part_named(self, name: str) -> Part | None:
        """The part under that key in the store."""
        renderer = self._renderers.of(self.feed) if self.feed else None
        return renderer.parts.get(name) if renderer else None

    def note(self, words: str) -> None:
        """Say by the composer what became of a message."""
        self._note = words
        self.wake()

    def sent(self, message_id: str, *, ok: bool) -> None:
        """Tell the composer what became of its message."""
        self._replica.put("sent", {"id": message_id, "ok": ok})
        self.wake()

    def clip(self, key: str, text: str) -> None:
        """Hand text to the clipboard that asked for it by name."""
        self._replica.delete(["clip"])
        self._replica.put("clip", {"key": key, "text": sendable(text)})
        self.wake()

    async def raw_toggled(self) -> None:
        """The raw view was expanded or shut."""
        if self.raw.open:
            await self.raw.read(self.feed)
        else:
            self._replica.delete([*self._replica.keys_under("w:"), "raw"])
            self.wake()

    async def show_about(self, name: str) -> None:
        """Open the raw view on what names a turn's messages, or a tool call."""
        if self.feed is None:
            return
        kind, _, of = name.partition(":")
        if kind == "turn":
            await self.raw.show_about(self.feed, _messages_of(self.turn_named(of)), "this message")
        else:
            await self.raw.show_about(self.feed, (name,), "this tool call")

    # Deltas.

    async def deltas(self) -> AsyncGenerator[Delta, None]:
        """Deltas as they are due, the first of them a snapshot, until the next watch begins."""
        self._owner += 1
        mine = self._owner
        self._replica.delete(["clip"])
        self._replica.restart()
        self._replica.put("clock", {"now": time.time()})
        self._drawn_head = None
        throttle = Throttle(lambda: self._feeds.subscribers)
        self._wake.set()
        due = 0.0
        with self._health.changed.watching(self._wake), self._looking():
            while True:
                await self._something_to_say()
                if mine != self._owner:
                    return
                early = due - time.perf_counter()
                if early > 0:
                    await asyncio.sleep(early)
                    throttle.woke_late(time.perf_counter() - due)
                self._wake.clear()
                if self._trouble and self._trouble.passing and self._came_back():
                    await self.go(self._path)
                started = time.perf_counter()
                delta = self._frame()
                if delta is not None:
                    yield delta
                throttle.frame_took(time.perf_counter() - started)
                due = started + throttle.interval

    async def _something_to_say(self) -> None:
        """Until something changed, or the wire is to be looked at again."""
        if not self.raw.open or self.raw.late_by is None:
            await self._wake.wait()
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self.raw.late_by)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """Somebody looks, so the feed is watched; a reload looks anew before the old look ends."""
        self._looks += 1
        self._watch()
        try:
            yield
        finally:
            self._looks -= 1
            self._watch()

    def _watch(self) -> None:
        self._subscription.close()
        if self.feed is not None and self._looks:
            self._subscription.enter_context(self.feed.changed.watching(self._wake))

    def _frame(self) -> Delta | None:
        self._put_head()
        if self.feed is not None:
            self._put_turns(self.feed)
        if self.raw.open:
            self.raw.put(self._replica, self.feed)
        return self._replica.take()

    def _put_head(self) -> None:
        """All but the turns and the wire; made anew only when what it is made of has changed."""
        run = self.feed.run if self.feed else None
        health = self._health.state
        head = (self.feed, run, health, self._trouble, self._loading, self._note)
        if head == self._drawn_head:
            return
        self._drawn_head = head
        page = page_record(self.feed, self._trouble, self._path if self._loading else "")
        self._replica.put("page", page)
        self._replica.put("composer", composer_record(run, health, self._note))
        self._replica.put("health", health_record(run, health))
        self._replica.put("lost", load_error_record(self.feed))

    def _put_turns(self, feed: Feed) -> None:
        turns = feed.turns
        shown = turns[max(0, len(turns) - self._shown) :]
        renderer = self._renderers.of(feed)
        renderer.make_room()
        for turn in reversed(shown):  # the newest first, where not all can be drawn at once
            if self._seen.get(turn.id) is turn:
                continue
            if renderer.put_turn(self._replica, turn, self._expanded):
                self._seen[turn.id] = turn
            else:
                self.wake()
        ids = [renderer.name_of(turn) for turn in shown]
        self._replica.put("turns", {"ids": ids, "earlier": len(turns) - len(shown)})

    def _came_back(self) -> bool:
        """Whether the agent server was not there when the thread was read, and is now."""
        now = self._health.state
        return now is not self._asked_under and now.word == "connected"

    def _forget_turns(self) -> None:
        self._seen.clear()
        for prefix in ("t:", "p:", "b:", "turns"):
            self._replica.delete(self._replica.keys_under(prefix))


def _messages_of(turn: Turn | None) -> tuple[str, ...]:
    """The ids of a turn's messages; a part's id starts with its message's."""
    ids = (part.id.rpartition("/")[0] for part in (turn.parts if turn else ()))
    return tuple(dict.fromkeys(ids))
