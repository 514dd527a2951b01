"""The raw view as records: a run's events as rows, and the JSON of those that are expanded.

Rows travel in chunks, so that another row is appended to the last chunk and an old chunk goes as
one. Only a window of the newest rows is on the page, and only while the view is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from webchat import limits
from webchat.agent_server.json_reading import read_in_steps
from webchat.rendering.text import human_size, showable
from webchat.runs import WireEvent, WireLog
from webchat.screen.replica import Record, Replica
from webchat.transcript.references import References

TABS = ("values", "updates", "messages", "all")

PAGE = 100
"""Rows shown at first, and more at each asking."""

CHUNK = 25
"""Rows of one record, and by how many the window of the newest ones moves at once."""

Row = list[Any]
"""`[number, seconds, mode, size, node, namespace, 1 if expanded else 0]`, for `rows.jsx`."""


class Matches:
    """The events that a filter lets through, found as they come.

    Args:
        log: The run.
        wanted: What the events are to name.
        tab: One of `TABS`.
    """

    def __init__(self, log: WireLog, wanted: References, tab: str) -> None:
        self.of = (log, wanted, tab)
        self._events: list[WireEvent] = []
        self._searched = 0
        self._namespaces: frozenset[tuple[str, ...]] = frozenset()

    def events(self) -> Sequence[WireEvent]:
        """All that match so far, in order."""
        log, wanted, tab = self.of
        namespaces = log.index.namespaces_of(wanted)
        if namespaces != self._namespaces:  # whose work an earlier event was is known only now
            self._namespaces, self._events, self._searched = namespaces, [], 0
        if self._searched < len(log.events):
            for number in log.index.find(wanted, after=self._searched):
                event = log.events[number - 1]
                if tab in ("all", event.tab):
                    self._events.append(event)
            self._searched = len(log.events)
        return self._events


@dataclass(slots=True)
class ExpandedRow:
    """What is shown below a row.

    Attributes:
        pointers: The JSON pointers that were asked for within.
        html: The event's JSON as a tree of safe HTML; empty until it is drawn.
        body: The event's JSON, parsed once for as long as the row is expanded; what calls to show
            more of it ask is checked against it. Set when `html` is.
    """

    pointers: tuple[str, ...] = ()
    html: str = ""
    body: Any = None


@dataclass
class RawChoices:
    """What a person has chosen to see of the wire.

    Attributes:
        open: Whether the view is open at all.
        tab: One of `TABS`.
        run_id: The run; empty for the latest.
        about: Only the events that name any of these; all, where it is empty.
        about_what: What these name, in words.
        rows: How many of the newest rows are shown.
        away: Whether the person reads older rows, which therefore stay while newer ones come.
        expanded: The expanded rows, by number.
    """

    open: bool = False
    tab: str = "values"
    run_id: str = ""
    about: References = field(default_factory=References)
    about_what: str = ""
    rows: int = PAGE
    away: bool = False
    expanded: dict[int, ExpandedRow] = field(default_factory=dict)

    def look_at(self, run_id: str) -> None:
        """Another run: nothing of the old one stays expanded."""
        self.run_id, self.rows = run_id, PAGE
        self.expanded.clear()

    def expand(self, number: int) -> ExpandedRow:
        """Expand a row; of too many, the one that was expanded first is shut."""
        row = self.expanded.setdefault(number, ExpandedRow())
        if len(self.expanded) > limits.EXPANDED_ROWS:
            del self.expanded[next(iter(self.expanded))]
        return row


class Rows:
    """What one tab has of a log: draws each row once."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._log: WireLog | None = None
        self._matches: Matches | None = None
        self._first = 0
        self._shown: tuple[object, ...] = ()

    def put(self, replica: Replica, choices: RawChoices, log: WireLog | None) -> tuple[int, int]:
        """Give a tab the rows as they stand.

        Args:
            replica: What the tab has.
            choices: What its person chose.
            log: The run's events, None when there are none to show.

        Returns:
            How many rows there are, and how many of them come before those that are shown.
        """
        if log is not self._log:
            self._log, self._matches = log, None
            self._rows.clear()
        events = self._chosen(choices, log)
        first = self._first_chunk(choices, len(events))
        chunks: dict[str, Record] = {}
        for chunk in range(first, -(-len(events) // CHUNK)):
            part = events[chunk * CHUNK : (chunk + 1) * CHUNK]
            chunks[f"w:{chunk}"] = {"rows": [self._row(event, choices) for event in part]}
        bodies = {f"e:{n}": {"html": row.html} for n, row in choices.expanded.items()}
        delete_rows(replica, but={*chunks, *bodies})
        for name, record in (chunks | bodies).items():
            replica.put(name, record)
        replica.put("rows", {"chunks": list(chunks)})
        if chunks:
            self._forget(events[first * CHUNK].number, choices)
        return len(events), first * CHUNK

    def _chosen(self, choices: RawChoices, log: WireLog | None) -> Sequence[WireEvent]:
        if log is None:
            return ()
        if not choices.about:
            return log.events if choices.tab == "all" else log.by_tab.get(choices.tab, ())
        of = (log, choices.about, choices.tab)
        if self._matches is None or self._matches.of != of:
            self._matches = Matches(*of)
        return self._matches.events()

    def _first_chunk(self, choices: RawChoices, count: int) -> int:
        """Where the window starts; it does not move on while somebody reads its oldest rows."""
        first = max(0, count - choices.rows) // CHUNK
        shown = (self._log, choices.about, choices.tab)
        if choices.away and shown == self._shown:
            least = max(0, count - limits.RAW_ROWS) // CHUNK
            first = min(first, max(self._first, least))
        self._first, self._shown = first, shown
        return first

    def _row(self, event: WireEvent, choices: RawChoices) -> Row:
        row = self._rows.get(event.number)
        if row is None:
            row = self._rows[event.number] = _row(event, self._log.started_at if self._log else 0.0)
        expanded = int(event.number in choices.expanded)
        if row[-1] != expanded:
            row = self._rows[event.number] = [*row[:-1], expanded]
        return row

    def _forget(self, oldest: int, choices: RawChoices) -> None:
        """Let go of rows that are not on the page any more, once they are as many as those."""
        if len(self._rows) > 2 * (choices.rows + CHUNK) and not choices.away:
            self._rows = {number: row for number, row in self._rows.items() if number >= oldest}


def delete_rows(replica: Replica, *, but: set[str] | frozenset[str] = frozenset()) -> None:
    """Take the chunks and bodies away that a tab has.

    Args:
        replica: What the tab has.
        but: The names of those that stay.
    """
    replica.delete({*replica.keys_under("w:"), *replica.keys_under("e:")} - but)


def body_of(event: WireEvent) -> Any:
    """An event's JSON; its text where it is none."""
    raw = event.raw
    if raw is None:
        return "This event's body was let go to bound memory."
    try:
        return read_in_steps(raw)
    except (ValueError, RecursionError):
        return raw


def _row(event: WireEvent, start: float) -> Row:
    return [
        event.number,
        f"{event.at - start:.2f}",
        showable(event.mode)[:40],
        human_size(event.size),
        showable(event.node)[:60] or "—",
        showable(" › ".join(event.namespace))[:200],
        0,
    ]
