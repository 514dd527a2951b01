"""One browser tab: what it looks at, what its person opened, and the frames that keep it right.

Lives beside the Reflex state, which only carries the frames: what a tab has already got must
survive nothing, and is worth no serialising.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from webchat.agent_server import (
    AgentServerError,
    MalformedId,
    NotFound,
    ServerFault,
    Unreachable,
)
from webchat.runs import Feed, LinkState, Pace, RunFacts, WireEvent, WireLog
from webchat.state.mirror import Frame, Mirror, Node
from webchat.state.present import Presenter
from webchat.state.raw_nodes import RawChoices, names, put_log
from webchat.state.services import services
from webchat.transcript.parts import Part, Turn

TURNS = 20
"""Turns shown when a thread opens, and more at each asking."""

RAW_EVERY = 0.25
"""Seconds between two looks at the wire while the raw view is open."""

RUNS_LISTED = 20

BLOCKED = {
    "connecting": "Connecting to the agent server…",
    "away": "The agent server is away. Your draft is kept.",
}
"""Why nothing can be sent, by the state of the link."""

_presenters: WeakKeyDictionary[Feed, Presenter] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in the conversation's place."""

    title: str
    advice: str
    detail: str = ""
    passing: bool = False
    """Whether it is over once the server answers."""

    @classmethod
    def of(cls, error: AgentServerError) -> Trouble:
        """What went wrong while a thread was opened."""
        if isinstance(error, NotFound | MalformedId):
            return cls(
                "There is no such conversation",
                "It may have been deleted, or its address was cut short.",
                str(error),
            )
        passing = isinstance(error, Unreachable | ServerFault)
        return cls(str(error), error.advice, error.detail or "", passing)


class Tab:
    """What one tab shows.

    Attributes:
        feed: The thread it looks at, None on an empty page.
        raw: What its person chose in the raw view.
        last_sent: The id of the last message it sent.
    """

    def __init__(self) -> None:
        self.feed: Feed | None = None
        self.raw = RawChoices()
        self.last_sent = ""
        self._path = "/"
        self._mirror = Mirror()
        self._wake = asyncio.Event()
        self._seen: dict[str, Turn] = {}
        self._drawn_head: tuple[object, ...] | None = None
        self._opened: dict[str, set[str]] = {}
        self._shown = TURNS
        self._trouble: Trouble | None = None
        self._loading = False
        self._note = ""
        self._watching = ExitStack()
        self._raw_due = 0.0
        self._raw_late = False
        self._log: WireLog | None = None
        self._runs: list[dict[str, str]] = []
        self._raw_empty = ""

    # What the tab looks at.

    async def go(self, path: str) -> None:
        """Look at what an address of the page names: nothing yet, or a thread."""
        self._path = path
        room, _, thread_id = path.strip("/").partition("/")
        if not room:
            self.look_at(None)
        elif room != "thread" or not thread_id or "/" in thread_id:
            self.look_at(None)
            self._trouble = Trouble("There is no such page", "Its address may have been cut short.")
        elif self.feed is None or self.feed.thread_id != thread_id or not self.feed.live:
            await self._open(thread_id)
        self.wake()

    def look_at(self, feed: Feed | None) -> None:
        """Show this feed, or an empty page."""
        self.feed, self._trouble, self._loading, self._note = feed, None, False, ""
        self._forget_turns()
        self._shown = TURNS
        self._opened.clear()
        self._log, self._runs = None, []
        self.raw.look_at("")
        self._watch()
        self.wake()

    async def _open(self, thread_id: str) -> None:
        if self.feed is None or self.feed.thread_id != thread_id:
            self.look_at(None)
            self._loading = True
        try:
            feed = await services().feeds.open(thread_id)
        except AgentServerError as error:
            self.look_at(None)
            self._trouble = Trouble.of(error)
            services().link.suspect()
        else:
            if feed is not self.feed:
                self.look_at(feed)
        if self.raw.open:
            await self.read_wire()

    # What its person does.

    def wake(self) -> None:
        """Something changed: make a frame."""
        self._wake.set()

    def restart(self) -> None:
        """The page lost track: say everything again."""
        self._mirror.restart()
        self.wake()

    def earlier(self) -> None:
        """Show older turns."""
        self._shown += TURNS
        self.wake()

    def open_part(self, name: str, pointer: str | None = None) -> None:
        """Open a tree of the page, or show all of one of its nodes."""
        pointers = self._opened.setdefault(name, set())
        if pointer is not None:
            pointers.add(pointer)
        self._seen.clear()
        self.wake()

    def turn_named(self, name: str) -> Turn | None:
        """The turn of that name in the tree."""
        presenter = _presenters.get(self.feed) if self.feed else None
        return presenter.turns.get(name) if presenter else None

    def part_named(self, name: str) -> Part | None:
        """The part of that name in the tree."""
        presenter = _presenters.get(self.feed) if self.feed else None
        return presenter.parts.get(name) if presenter else None

    def note(self, words: str) -> None:
        """Say by the composer what became of a message."""
        self._note = words
        self.wake()

    def sent(self, message_id: str, *, ok: bool) -> None:
        """Tell the composer what became of its message."""
        self._mirror.put("sent", {"id": message_id, "ok": ok})
        self.wake()

    def clip(self, key: str, text: str) -> None:
        """Hand text to the clipboard that asked for it by name."""
        self._mirror.drop(["clip"])
        self._mirror.put("clip", {"key": key, "text": text})
        self.wake()

    async def raw_toggled(self) -> None:
        """The raw view was opened or shut."""
        if self.raw.open:
            await self.read_wire()
        else:
            self._mirror.drop([*self._mirror.keys_under("w:"), "raw"])
            self.wake()

    def refresh_raw(self) -> None:
        """The person chose something in the raw view: show it at once."""
        self._raw_due = 0.0
        self.wake()

    def event(self, number: int) -> WireEvent | None:
        """An event of the run that the raw view shows."""
        return self._log.get(number) if self._log else None

    def toggle_row(self, number: int) -> None:
        """Open an event, or shut it."""
        if self.raw.opened.pop(number, None) is None and self.event(number):
            self.raw.opened[number] = set()
        self.refresh_raw()

    def show_final(self) -> None:
        """Open the last `values`."""
        values = self._log.by_tab.get("values") if self._log else None
        if values:
            self.raw.tab, self.raw.about = "values", ()
            self.raw.opened[values[-1].number] = set()
            self.refresh_raw()

    async def show_about(self, name: str) -> None:
        """Open the raw view on what names a turn's messages, or a tool call."""
        kind, _, of = name.partition(":")
        self.raw.about = self._messages_of(self.turn_named(of)) if kind == "turn" else (name,)
        self.raw.about_what = "this message" if kind == "turn" else "this tool call"
        self.raw.tab, self.raw.open = "all", True
        self.raw.look_at(self._run_that_said(self.raw.about))
        await self.read_wire()

    def _messages_of(self, turn: Turn | None) -> tuple[str, ...]:
        ids = (part.id.rpartition("/")[0] for part in (turn.parts if turn else ()))
        return tuple(dict.fromkeys(ids))

    def _run_that_said(self, ids: tuple[str, ...]) -> str:
        """The run whose stream brought these ids first, as far as we saw it."""
        for run_id, log in self.feed.logs.items() if self.feed else ():
            if any(names(event, ids) for event in log.events):
                return run_id
        return ""

    async def read_wire(self) -> None:
        """Find the run whose wire is to be shown, and its events."""
        feed = self.feed
        self._log, self._raw_empty, self._raw_due = None, "Nothing was sent yet.", 0.0
        if feed is None:
            return
        try:
            await self._list_runs(feed)
            run_id = self.raw.run_id or (feed.run.run_id if feed.run else "")
            run_id = run_id or (self._runs[0]["run_id"] if self._runs else "")
            if run_id:
                self._raw_empty = "The server no longer has the wire of this run."
                self._log = await feed.wire_of(run_id)
        except AgentServerError as error:
            self._raw_empty = f"{error} {error.advice}"
        self.wake()

    async def _list_runs(self, feed: Feed) -> None:
        runs = await services().server.runs(feed.thread_id, limit=RUNS_LISTED)
        self._runs = [
            {"run_id": run["run_id"], "label": f"{run['run_id'][:8]}… · {run.get('status', '')}"}
            for run in runs
        ]

    # Frames.

    async def frames(self) -> AsyncIterator[Frame]:
        """Frames as they are due, the first of them a snapshot, until cancelled."""
        self._mirror.restart()
        self._mirror.put("clock", {"now": time.time()})
        self._drawn_head = None
        pace = Pace(lambda: services().feeds.watchers)
        self._watch()
        self._wake.set()
        due = 0.0
        with services().link.changed.watching(self._wake):
            while True:
                await self._something_to_say()
                early = due - time.perf_counter()
                if early > 0:
                    await asyncio.sleep(early)
                    pace.woke_late(time.perf_counter() - due)
                self._wake.clear()
                if self._trouble and self._trouble.passing and _connected():
                    await self.go(self._path)
                started = time.perf_counter()
                frame = self._frame()
                if frame is not None:
                    yield frame
                pace.frame_took(time.perf_counter() - started)
                due = started + pace.interval

    async def _something_to_say(self) -> None:
        """Until something changed, or the wire is to be looked at again."""
        if not self._raw_late:
            await self._wake.wait()
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._raw_due - time.monotonic())

    def _watch(self) -> None:
        self._watching.close()
        if self.feed is not None:
            self._watching.enter_context(self.feed.changed.watching(self._wake))

    def leave(self) -> None:
        """Nobody looks any more."""
        self._watching.close()

    def _frame(self) -> Frame | None:
        self._put_head()
        if self.feed is not None:
            self._put_turns(self.feed)
        if self.raw.open:
            self._put_raw()
        return self._mirror.take()

    def _put_head(self) -> None:
        """All but the turns and the wire; made anew only when what it is made of has changed."""
        run = self.feed.run if self.feed else None
        link = services().link.state
        head = (self.feed, run, link, self._trouble, self._loading, self._note)
        if head == self._drawn_head:
            return
        self._drawn_head = head
        self._mirror.put("page", self._page())
        self._mirror.put("composer", self._composer(run, link))
        self._mirror.put("link", _link(run, link))
        self._mirror.put("lost", _lost(self.feed))

    def _page(self) -> Node:
        feed, trouble = self.feed, self._trouble
        state = "thread" if feed else "trouble" if trouble else "new"
        return {
            "state": "loading" if self._loading else state,
            "thread": feed.thread_id if feed else "",
            "title": trouble.title if trouble else "",
            "advice": trouble.advice if trouble else "",
            "detail": trouble.detail if trouble else "",
        }

    def _composer(self, run: RunFacts | None, link: LinkState) -> Node:
        return {
            "running": bool(run and run.live),
            "stopping": bool(run and run.status == "stopping"),
            "blocked": BLOCKED.get(link.word, ""),
            "note": self._note,
        }

    def _put_turns(self, feed: Feed) -> None:
        turns = feed.transcript.turns
        shown = turns[max(0, len(turns) - self._shown) :]
        presenter = _presenters.setdefault(feed, Presenter())
        presenter.make_room()
        for turn in reversed(shown):  # the newest first, where not all can be drawn at once
            if self._seen.get(turn.id) is turn:
                continue
            if presenter.put_turn(self._mirror, turn, self._opened):
                self._seen[turn.id] = turn
            else:
                self.wake()
        ids = [presenter.name_of(turn) for turn in shown]
        self._mirror.put("turns", {"ids": ids, "earlier": len(turns) - len(shown)})

    def _put_raw(self) -> None:
        now = time.monotonic()
        self._raw_late = now < self._raw_due
        if self._raw_late:
            return
        self._raw_due = now + RAW_EVERY
        feed = self.feed
        run = feed.run if feed else None
        if feed and run and run.run_id and not self.raw.run_id:
            self._log = feed.logs.get(run.run_id, self._log)
        put_log(self._mirror, self.raw, self._log, run, self._runs, self._raw_empty)

    def _forget_turns(self) -> None:
        self._seen.clear()
        for prefix in ("t:", "p:", "b:", "turns"):
            self._mirror.drop(self._mirror.keys_under(prefix))


def _link(run: RunFacts | None, link: LinkState) -> Node:
    """How it stands, in words: the server first, then the live run's stream."""
    if link.word == "away":
        return {"word": "away", "text": "Server away", "reason": link.reason}
    if run and run.stream in ("reconnecting", "resumed"):
        return {"word": run.stream, "text": run.stream.capitalize(), "reason": run.why}
    return {"word": link.word, "text": link.word.capitalize(), "reason": link.reason}


def _lost(feed: Feed | None) -> Node:
    """Why the run could not be followed to its end."""
    error = feed.trouble if feed else None
    return {
        "text": str(error) if error else "",
        "advice": error.advice if error else "",
        "detail": (error.detail or "") if error else "",
        "action": "Try again",
    }


def _connected() -> bool:
    return services().link.state.word == "connected"


class Tabs:
    """The tabs by their client token; those unused for longest are let go."""

    KEPT = 500

    def __init__(self) -> None:
        self._tabs: OrderedDict[str, Tab] = OrderedDict()

    def of(self, token: str) -> Tab:
        """The tab with that token."""
        tab = self._tabs.get(token)
        if tab is None:
            tab = self._tabs[token] = Tab()
        self._tabs.move_to_end(token)
        while len(self._tabs) > self.KEPT:
            self._tabs.popitem(last=False)[1].leave()
        return tab


tabs = Tabs()
