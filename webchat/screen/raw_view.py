"""One tab's raw view: which run's wire it shows, and what a person does with its rows."""

from __future__ import annotations

import time
from collections.abc import Callable

from webchat import limits
from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.rendering.json_tree import offers
from webchat.rendering.text import showable
from webchat.runs import Feed, WireEvent, WireLog
from webchat.screen.replica import Replica, sendable
from webchat.screen.rows import RawChoices, body_of, names, put_log

EVERY = 0.5
"""Seconds between two looks at the wire while the view is open: rows are read, not watched."""

RUNS_LISTED = 20


class RawView(RawChoices):
    """What a person chose to see of the wire, and the log that shows it.

    Args:
        server: Whom to ask for a thread's runs.
        wake: Called when a delta should be made.
    """

    def __init__(self, server: AgentServer, wake: Callable[[], None]) -> None:
        super().__init__()
        self._server = server
        self._wake = wake
        self._log: WireLog | None = None
        self._runs: list[dict[str, str]] = []
        self._empty = ""
        self._due = 0.0
        self.late_by: float | None = None
        """Seconds until the wire is to be looked at again, None when nothing waits for it."""

    def leave(self) -> None:
        """The tab looks at another thread."""
        self._log, self._runs, self.late_by = None, [], None
        self.about = ()
        self.look_at("")

    def event(self, number: int) -> WireEvent | None:
        """An event of the run that is shown."""
        return self._log.get(number) if self._log else None

    def refresh(self) -> None:
        """The person chose something: show it at once."""
        self._due = 0.0
        self._wake()

    def toggle_row(self, number: int) -> None:
        """Open an event, or shut it."""
        if self.expanded.pop(number, None) is None and self.event(number) and self._room():
            self.expanded[number] = set()
        self.refresh()

    def open_more(self, number: int, pointer: str) -> None:
        """Show what an expanded event's tree has left out, if the tree offers it."""
        asked, event = self.expanded.get(number), self.event(number)
        if asked is None or event is None or not offers(body_of(event), pointer, asked):
            return
        if self._room():
            asked.add(pointer)
        self.refresh()

    def _room(self) -> bool:
        """Whether one more row or place may be open; the person is told when not."""
        count = sum(1 + len(asked) for asked in self.expanded.values())
        return count < limits.EXPANDED_ROWS

    def show_final(self) -> None:
        """Open the last `values`: the final state."""
        values = self._log.by_tab.get("values") if self._log else None
        if values:
            self.tab, self.about = "values", ()
            self.expanded[values[-1].number] = set()
            self.refresh()

    async def show_about(self, feed: Feed, ids: tuple[str, ...], what: str) -> None:
        """Open on the events that name one of some ids.

        Args:
            feed: The thread.
            ids: Of messages, or of a tool call.
            what: What they are of, in words.
        """
        self.open, self.tab = True, "all"
        self.look_at(_run_that_said(feed, ids))
        self.about, self.about_what = ids, what
        await self.read(feed)

    async def read(self, feed: Feed | None) -> None:
        """Find the run whose wire is to be shown, and its events."""
        self._log, self._empty = None, "Nothing was sent yet."
        if feed is not None:
            try:
                await self._read_run(feed)
            except AgentServerError as error:
                self._empty = showable(f"{error} {error.advice}")
        self.refresh()

    def put(self, replica: Replica, feed: Feed | None) -> None:
        """Give the tab the view as it stands, a few times a second at most."""
        replica.put("raw_view", {"open": self.open, "tab": self.tab})
        if not self.open:
            self.late_by = None
            if "raw" in replica:
                replica.delete([*replica.keys_under("w:"), "raw"])
            return
        now = time.monotonic()
        self.late_by = self._due - now if now < self._due else None
        if self.late_by is not None:
            return
        self._due = now + EVERY
        run = feed.run if feed else None
        if feed and run and run.run_id and not self.run_id:
            self._follow(feed.logs.get(run.run_id, self._log))
        put_log(replica, self, self._log, run, self._runs, self._empty)

    async def _read_run(self, feed: Feed) -> None:
        runs = await self._server.runs(feed.thread_id, limit=RUNS_LISTED)
        self._runs = [_listed(run["run_id"]) for run in runs]
        latest = feed.run.run_id if feed.run else ""
        run_id = self.run_id or latest or (self._runs[0]["run_id"] if self._runs else "")
        if run_id and run_id == latest:
            self.run_id = ""  # not pinned: the next run is followed
        if run_id:
            self._empty = "The server no longer has the wire of this run."
            self._log = await feed.wire_of(run_id)

    def _follow(self, log: WireLog | None) -> None:
        """The thread's next run began: its rows take the old one's place."""
        if log is self._log or log is None:
            return
        self._log = log
        self.look_at("")
        if log.run_id not in {run["run_id"] for run in self._runs}:
            self._runs = [_listed(log.run_id), *self._runs]


def _run_that_said(feed: Feed, ids: tuple[str, ...]) -> str:
    """The run whose stream brought these ids first, as far as we saw it."""
    for run_id, log in feed.logs.items():
        if any(names(event, ids) for event in log.events):
            return run_id
    return ""


def _listed(run_id: str) -> dict[str, str]:
    """A run to choose."""
    return {"run_id": sendable(run_id), "label": showable(f"run {run_id[:18]}…")}
