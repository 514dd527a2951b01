"""One tab's raw view: which run's wire it shows, and what a person does with its rows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from webchat import limits
from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.rendering.json_tree import offers
from webchat.rendering.text import SENTENCE, shortened, showable
from webchat.runs import Feed, WireEvent, WireLog
from webchat.screen.raw_head import put_head
from webchat.screen.replica import Replica, sendable
from webchat.screen.row_trees import RowTrees
from webchat.screen.rows import PAGE, RawChoices, Rows, body_of, delete_rows
from webchat.screen.state_view import StateView
from webchat.transcript.references import References

log = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between two looks at the wire while the view is open: rows are read, not watched."""

MANY = 10
"""New rows in one look that nobody reads as they come."""

EVERY_WHEN_MANY = 1.0
"""Seconds until the next look after so many: each look costs the page what ten tokens do."""

NOTHING = "Nothing was sent yet."
FORGOTTEN = "The server no longer has the wire of this run."
FAILED = "webchat could not read the wire of this run. Its log says why."


class RawView(RawChoices):
    """What a person chose to see of the wire, and the log that shows it.

    Args:
        server: Whom to ask for a thread's runs.
        wake: Called when a delta should be made.

    Attributes:
        late_by: Seconds until the wire is to be looked at again, None when nothing waits for it.
        state: The thread's state, shown in the place of the rows when asked for.
    """

    def __init__(self, server: AgentServer, wake: Callable[[], None]) -> None:
        super().__init__()
        self._server = server
        self._wake = wake
        self._log: WireLog | None = None
        self._rows = Rows()
        self._runs: list[dict[str, str]] = []
        self._empty = NOTHING
        self._due = 0.0
        self._count = 0
        self._reading: asyncio.Task[None] | None = None
        self._trees = RowTrees(self.refresh)
        self._about_now: Callable[[], References] | None = None
        self.late_by: float | None = None
        self.state = StateView(server, self.refresh)

    # What a person chooses.

    def leave(self) -> None:
        """The tab looks at another thread."""
        self._stop_reading()
        self._log, self._runs, self.late_by = None, [], None
        self._empty = NOTHING
        self.show_all()
        self.state.close()
        self.look_at("")

    def refresh(self) -> None:
        """The person chose something: show it at once."""
        self._due = 0.0
        self._wake()

    def toggle(self, feed: Feed | None) -> None:
        """Open the view, or close it."""
        self.open = not self.open
        if self.open:
            self.read(feed)
        else:
            self._stop_reading()
            self.state.close()

    def choose_tab(self, name: str) -> None:
        """Show the events of one stream mode, or all.

        Args:
            name: One of `TABS`.
        """
        self.tab, self.rows = name, PAGE
        self.state.close()

    def choose_run(self, feed: Feed | None, run_id: str) -> None:
        """Show another run of the thread, one of those that were offered."""
        if any(run["run_id"] == run_id for run in self._runs):
            self._turn_to(feed, run_id)

    def follow(self, newest: bool) -> None:
        """The person follows the newest rows, or reads older ones."""
        self.away = not newest
        self._wake()

    def earlier(self) -> None:
        """Show older events."""
        self.rows = min(self.rows + PAGE, limits.RAW_ROWS)
        self.refresh()

    def show_wire_of(self, feed: Feed, about_now: Callable[[], References], what: str) -> None:
        """Open on the events about something.

        Args:
            feed: The thread.
            about_now: What names it; asked again while its run goes on.
            what: What it is, in words.
        """
        self.open, self.tab = True, "all"
        self._about_now, self.about, self.about_what = about_now, about_now(), what
        self._turn_to(feed, _run_that_said(feed, self.about))

    def show_all(self) -> None:
        """Show what the events are about no more, but all of them."""
        self._about_now, self.about, self.about_what = None, References(), ""
        self.refresh()

    def toggle_state(self, feed: Feed | None) -> None:
        """Show the thread's state, or the rows again."""
        if self.state.open or feed is None:
            self.state.close()
        else:
            self.state.read(feed)

    def toggle_row(self, number: int) -> None:
        """Expand an event, or shut it."""
        event = self.event(number)
        if self.expanded.pop(number, None) is None and event is not None:
            self._trees.draw(event, self.expand(number))
        self.refresh()

    def show_more(self, key: str, pointer: str) -> None:
        """Show all of a place that a tree had cut short.

        Args:
            key: `event:<number>` of an expanded row, or `state:`.
            pointer: The place's JSON pointer.
        """
        event = self._event_of(key)
        row = self.expanded.get(event.number) if event else None
        if event is None or row is None:
            if key == "state:":
                self.state.show_more(pointer)
        elif row.html and offers(row.body, pointer, row.pointers):
            row.pointers = (*row.pointers, pointer)[-limits.EXPANDED_PLACES :]
            self._trees.draw(event, row)

    # What is shown.

    def event(self, number: int) -> WireEvent | None:
        """An event of the run that is shown."""
        return self._log.get(number) if self._log else None

    def json_of(self, key: str) -> Any:
        """What a tree shows: `event:<number>`, or `state:`.

        Raises:
            KeyError: There is nothing under that key.
        """
        event = self._event_of(key)
        if event is not None:
            return body_of(event)
        if key == "state:" and self.state.value is not None:
            return self.state.value
        raise KeyError(key)

    def read(self, feed: Feed | None) -> None:
        """Find the run whose wire is to be shown, and its events; an older search is given up."""
        self._stop_reading()
        self._log = None
        self._empty = NOTHING if feed is None else "Reading…"
        if feed is not None:
            self._reading = asyncio.create_task(self._read(feed))
        self.refresh()

    def put(self, replica: Replica, feed: Feed | None) -> None:
        """Give the tab the view as it stands, at `EVERY` at most unless it was refreshed."""
        replica.put("raw_view", {"open": self.open, "tab": self.tab})
        if not self.open:
            self.late_by = None
            if "raw" in replica:
                delete_rows(replica)
                replica.delete(["raw", "rows", "state"])
            return
        now = time.monotonic()
        self.late_by = self._due - now if now < self._due else None
        if self.late_by is not None:
            return
        run = feed.run if feed else None
        if feed and run and run.run_id and not self.run_id:
            self._follow(feed.logs.get(run.run_id, self._log))
        if self._about_now is not None and run is not None and run.live:
            self.about = self._about_now()
        count, earlier = self._rows.put(replica, self, self._log)
        self._due = now + (EVERY_WHEN_MANY if count - self._count > MANY else EVERY)
        self._count = count
        empty = "" if count else self._why_empty()
        put_head(replica, self, self._log, run, self._runs, empty, earlier, thread=feed is not None)
        self.state.put(replica, feed)

    def _turn_to(self, feed: Feed | None, run_id: str) -> None:
        self.look_at(run_id)
        self.state.close()
        self.read(feed)

    def _why_empty(self) -> str:
        if self._log is None or not self._log.events:
            return self._empty
        if self.about:
            return f"Nothing on this tab is about {self.about_what}."
        return "This run has no events of this kind."

    def _event_of(self, key: str) -> WireEvent | None:
        kind, _, number = key.partition(":")
        if kind != "event" or not (number.isascii() and number.isdecimal()) or len(number) > 12:
            return None
        return self.event(int(number))

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def _read(self, feed: Feed) -> None:
        try:
            await self._read_run(feed)
        except AgentServerError as error:
            self._empty = shortened(f"{error} {error.advice}", SENTENCE)
        except Exception:
            log.exception("the wire of a run of thread %s", feed.thread_id)
            self._empty = FAILED
        self.refresh()

    async def _read_run(self, feed: Feed) -> None:
        runs = await self._server.runs(feed.thread_id, limit=limits.RUNS_LISTED)
        self._runs = [_listed(run["run_id"]) for run in runs]
        latest = feed.run.run_id if feed.run else ""
        run_id = self.run_id or latest or (self._runs[0]["run_id"] if self._runs else "")
        if run_id and run_id == latest:
            self.run_id = ""  # not pinned: the next run is followed
        if not run_id:
            self._empty = NOTHING
            return
        await feed.wire_of(run_id, self._show)
        self._empty = FORGOTTEN

    def _show(self, log: WireLog) -> None:
        """Show a log that has events, or will soon."""
        self._log = log
        self.refresh()

    def _follow(self, log: WireLog | None) -> None:
        """The thread's next run began: its rows take the old one's place."""
        if log is self._log or log is None:
            return
        self._log = log
        self.look_at("")
        if log.run_id not in {run["run_id"] for run in self._runs}:
            self._runs = [_listed(log.run_id), *self._runs]


def _run_that_said(feed: Feed, about: References) -> str:
    """The run whose stream brought something, as far as we saw it; empty where none did.

    The state that later runs begin with names it, too; the run that brought it has more to say.
    """
    seen = ""
    for run_id, log in feed.logs.items():
        numbers = log.index.find(about)
        if any(log.events[number - 1].tab != "values" for number in numbers):
            return run_id
        if numbers and not seen:
            seen = run_id
    return seen


def _listed(run_id: str) -> dict[str, str]:
    """A run to choose."""
    return {"run_id": sendable(run_id), "label": showable(f"run {run_id[:18]}…")}
