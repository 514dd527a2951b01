"""One browser tab: where it is, what it shows of that, and the deltas that keep its page right.

Lives beside the Reflex state, which only carries the deltas: what a tab has already got must
survive nothing, and is worth no serialising.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from webchat.agent_server.client import AgentServer
from webchat.runs import Feed, Feeds, Health
from webchat.screen.conversation import Conversation
from webchat.screen.delta_loop import DeltaLoop, Watch
from webchat.screen.head import (
    composer_record,
    health_record,
    load_error_record,
    page_record,
    returned_record,
)
from webchat.screen.inputs import Inputs, InputShape
from webchat.screen.location import Location
from webchat.screen.raw_view import RawView
from webchat.screen.renderer import Renderers
from webchat.screen.replica import Delta, Replica, sendable
from webchat.transcript.parts import Part, ToolCall, Turn
from webchat.transcript.references import References, references_of

TOO_MUCH_OPEN = "Too much is open on this page to open more. Reload it to start with all shut."


class Tab:
    """What one tab shows.

    Args:
        server: The agent server.
        feeds: Its threads.
        health: Whether it answers.
        renderers: What draws a feed's turns, shared by all tabs.
        inputs: What its assistants take, shared by all tabs.

    Attributes:
        raw: What its person chose in the raw view.
    """

    def __init__(
        self,
        server: AgentServer,
        feeds: Feeds,
        health: Health,
        renderers: Renderers,
        inputs: Inputs,
    ) -> None:
        self._inputs = inputs
        self._talks_to = ""
        self._learning: asyncio.Task[InputShape] | None = None
        self._health = health
        self._replica = Replica()
        self._loop = DeltaLoop(health, lambda: feeds.subscribers)
        self._location = Location(feeds, health, self._moved)
        self._conversation = Conversation(renderers, self.wake)
        self._note = ""
        self.raw = RawView(server, self.wake)
        self._in_hand: set[str] = set()

    # Where it is.

    @property
    def feed(self) -> Feed | None:
        """The thread it looks at, None on an empty page."""
        return self._location.feed

    def assistant_at(self, path: str) -> str:
        """Who answers in the thread at an address; empty where nobody did, or it is elsewhere."""
        feed = self.feed
        shown = feed is not None and path.strip("/").lower() == f"thread/{feed.thread_id}"
        return feed.assistant_id if feed and shown else ""

    def talk_to(self, assistant_id: str) -> None:
        """What the page sends goes to this assistant from now on."""
        self._talks_to = assistant_id
        self._learning = asyncio.create_task(self.input_shape(assistant_id))

    async def input_shape(self, assistant_id: str) -> InputShape:
        """What an assistant takes."""
        await self._inputs.of(assistant_id)
        self.wake()
        return self._shape_of(assistant_id)

    def _shape_of(self, assistant_id: str) -> InputShape:
        """What is known of that; where the server does not tell, the thread's state may."""
        shape = self._inputs.known(assistant_id)
        values = self.feed.transcript.values if self.feed else None
        return shape if shape.known or values is None else InputShape.with_fields(values)

    async def go(self, path: str) -> None:
        """Look at what an address of the page names: nothing yet, or a thread."""
        was_read = await self._location.go(path)
        if was_read and self.raw.open:
            self.raw.read(self.feed)
        self.wake()

    async def reach(self, thread_id: str, *, create: bool) -> Feed:
        """The feed of a thread that a message goes to; see `Location.reach`."""
        return await self._location.reach(thread_id, create=create)

    def look_at(self, feed: Feed | None) -> None:
        """Show this feed, or an empty page."""
        self._location.show(feed)

    def _moved(self) -> None:
        self._note = ""
        self._replica.delete(["clip"])
        self._conversation.leave(self._replica)
        self.raw.leave()
        self._loop.subscribe(self.feed)
        self.wake()

    # What its person does.

    def wake(self) -> None:
        """Something changed: make a delta."""
        self._loop.wake()

    def restart(self) -> None:
        """The page lost track: say everything again."""
        self._replica.restart()
        self.wake()

    def earlier(self) -> None:
        """Show older turns."""
        if self.feed is not None:
            self._conversation.earlier(self.feed)
            self.wake()

    def open_part(self, name: str) -> None:
        """Open a part of the page, if the page has it."""
        if self.feed is not None:
            self._opened(self._conversation.expand(self.feed, self._replica, name))

    def open_place(self, tree: str, pointer: str) -> None:
        """Show what a JSON tree of the page has left out, if it offers that."""
        if self.feed is not None:
            room = self._conversation.expand_tree(self.feed, self._replica, tree, pointer)
            self._opened(room)

    def _opened(self, there_was_room: bool) -> None:
        if not there_was_room:
            self._note = TOO_MUCH_OPEN
        self.wake()

    def turn_named(self, name: str) -> Turn | None:
        """The turn under that key in the store."""
        return self._conversation.turn_named(self.feed, name) if self.feed else None

    def part_named(self, name: str) -> Part | None:
        """The part under that key in the store."""
        return self._conversation.part_named(self.feed, name) if self.feed else None

    def note(self, words: str) -> None:
        """Say by the composer why something failed."""
        self._note = words
        self.wake()

    def suspect(self) -> None:
        """Something failed: ask the agent server at once whether it is there."""
        self._health.suspect()

    def take_in_hand(self, message_id: str) -> bool:
        """Begin to send a message; whether it is not in hand already."""
        if message_id in self._in_hand:
            return False
        self._in_hand.add(message_id)
        self._tell_sent(message_id, "sending", "")
        return True

    def sent(self, message_id: str, outcome: str, reason: str) -> None:
        """Tell the page what became of a message that was in hand."""
        self._in_hand.discard(message_id)
        self._tell_sent(message_id, outcome, reason)

    def _tell_sent(self, message_id: str, outcome: str, reason: str) -> None:
        self._replica.put("sent", {"id": message_id, "outcome": outcome, "reason": reason})
        self.wake()

    def has_returned(self, message_id: str) -> None:
        """The page has a message that the thread did not take in."""
        if self.feed is not None:
            self.feed.take_returned(message_id)

    def clip(self, key: str, text: str) -> None:
        """Hand text to the clipboard that asked for it by name."""
        self._replica.delete(["clip"])
        self._replica.put("clip", {"key": key, "text": sendable(text)})
        self.wake()

    def toggle_raw(self) -> None:
        """Open the raw view, or close it."""
        self.raw.toggle(self.feed)

    def show_wire_of(self, name: str) -> None:
        """Open the raw view on the events about a turn, `turn:<key>`, or a part, `part:<key>`."""
        kind, _, key = name.partition(":")
        if self.feed is None:
            return
        if kind == "turn" and (turn := self.turn_named(key)) is not None:
            self.raw.show_wire_of(
                self.feed, lambda: references_of(self.turn_named(key) or turn), "this message"
            )
        elif kind == "part" and (part := self.part_named(key)) is not None:
            self.raw.show_wire_of(
                self.feed,
                lambda: _references_of_part(self.part_named(key) or part),
                "this tool call",
            )

    # Deltas.

    @property
    def watched(self) -> bool:
        """Whether a page gets its deltas."""
        return self._loop.watched

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """A page watches while inside; the watch before ends."""
        with self._loop.watching() as watch:
            yield watch

    async def deltas(self, watch: Watch) -> AsyncGenerator[Delta, None]:
        """Deltas as they are due, the first of them a snapshot, until the watch ends."""
        if watch.ended:
            return
        self._replica.delete(["clip"])
        self._replica.restart()
        self._replica.put("clock", {"now": time.time()})
        due = self._loop.due(watch, lambda: self._replica.snapshot_due, lambda: self.raw.late_by)
        async with aclosing(due):
            async for _ in due:
                if self._location.worth_another_try:
                    await self.go(self._location.path)
                if (delta := self.draw()) is not None:
                    yield delta

    def draw(self) -> Delta | None:
        """What has changed since the last delta; None when nothing has."""
        self._put_head()
        if self.feed is not None:
            messages = self._shape_of(self.feed.assistant_id or self._talks_to).messages
            if not self._conversation.put(self._replica, self.feed, takes_messages=messages):
                self.wake()
        self.raw.put(self._replica, self.feed)
        delta = self._replica.take()
        if self._replica.has_more:
            self.wake()
        return delta

    def _put_head(self) -> None:
        """All but the turns and the wire."""
        at, health = self._location, self._health.state
        run = self.feed.run if self.feed else None
        self._replica.put("page", page_record(self.feed, at.load_error, at.reading))
        shape = self._shape_of(self._talks_to)
        self._replica.put("composer", composer_record(self.feed, health, self._note, shape))
        self._replica.put("health", health_record(run, health))
        self._replica.put("returned", returned_record(self.feed))
        self._replica.put("load_error", load_error_record(self.feed))


def _references_of_part(part: Part) -> References:
    """What names a part on the wire; a tool call that nothing names is found by its message."""
    found = references_of(part)
    if isinstance(part, ToolCall) and not part.call_id and part.message_id is not None:
        return found | References(message_ids=frozenset({part.message_id}))
    return found
