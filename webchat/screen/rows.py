"""The raw view as records: a run's events as rows, and the JSON of those that somebody expanded.

Only a window of rows is in the page, and only while the view is open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from webchat.rendering.json_tree import tree
from webchat.rendering.text import human_duration, human_size, showable
from webchat.runs import RunFacts, WireEvent, WireLog
from webchat.screen.replica import Record, Replica

TABS = ("values", "updates", "messages", "all")

PAGE = 100
"""Rows shown at first, and more at each asking."""

STRIDE = 25
"""By how many rows the window of the newest ones moves at once."""


@dataclass
class RawChoices:
    """What a person has chosen to see of the wire.

    Attributes:
        open: Whether the view is open at all.
        tab: One of `TABS`.
        run_id: The run; empty for the latest.
        about: Only the events that name one of these ids; all, where there are none.
        about_what: What these ids are of, in words.
        rows: How many of the newest rows are shown.
        expanded: The numbers of the expanded rows, each with the JSON pointers asked for within.
        drawn: The rows as last drawn, each with the pointers asked for then (None: shut).
    """

    open: bool = False
    tab: str = "values"
    run_id: str = ""
    about: tuple[str, ...] = ()
    about_what: str = ""
    rows: int = PAGE
    expanded: dict[int, set[str]] = field(default_factory=dict)
    drawn: dict[int, tuple[frozenset[str] | None, Record]] = field(default_factory=dict)

    def look_at(self, run_id: str) -> None:
        """Another run: nothing of the old one stays open."""
        self.run_id, self.rows = run_id, PAGE
        self.expanded.clear()
        self.drawn.clear()


def put_log(
    replica: Replica,
    choices: RawChoices,
    log: WireLog | None,
    run: RunFacts | None,
    runs: list[dict[str, str]],
    empty: str,
) -> None:
    """Give a tab the raw view as it stands.

    Args:
        replica: The tab's replica.
        choices: What its person chose.
        log: The run's events, None when there are none to show.
        run: How the run stands, None when this process did not see it.
        runs: The thread's runs to choose from, each with `run_id` and `label`.
        empty: What to say when there is no event to show.
    """
    events = _chosen(choices, log)
    shown = events[_first_shown(len(events), choices.rows) :]
    for event in shown:
        replica.put(f"w:{event.number}", _row(event, log, choices))
    wanted = [f"w:{event.number}" for event in shown]
    gone = set(replica.keys_under("w:")) - set(wanted)
    replica.delete(gone)
    counts = {tab: len(log.by_tab.get(tab, ())) if log else 0 for tab in TABS[:3]}
    replica.put(
        "raw",
        {
            "run": log.run_id if log else "",
            "facts": _facts(log, run),
            "rows": wanted,
            "earlier": len(events) - len(shown),
            "empty": "" if events else empty,
            "about": choices.about_what if choices.about else "",
            **counts,
            "all": len(log.events) if log else 0,
            "final": "values" if counts["values"] else "",
            "runs": runs,
            "several": len(runs) > 1,
        },
    )


def body_of(event: WireEvent) -> Any:
    """An event's JSON; its text where it is none."""
    if event.raw is None:
        return "This event's body was let go to bound memory."
    try:
        return json.loads(event.raw)
    except (ValueError, RecursionError):
        return event.raw


def _chosen(choices: RawChoices, log: WireLog | None) -> list[WireEvent]:
    if log is None:
        return []
    events = log.events if choices.tab == "all" else log.by_tab.get(choices.tab, [])
    if not choices.about:
        return events
    return [event for event in events if names(event, choices.about)]


def names(event: WireEvent, ids: tuple[str, ...]) -> bool:
    """Whether an event's body has one of these ids in it."""
    return event.raw is not None and any(one in event.raw for one in ids)


def _first_shown(count: int, rows: int) -> int:
    """Where the window starts: it moves in strides, so that most new rows only add to its end."""
    return max(0, count - rows) // STRIDE * STRIDE


def _row(event: WireEvent, log: WireLog | None, choices: RawChoices) -> Record:
    expanded = choices.expanded.get(event.number)
    asked = None if expanded is None else frozenset(expanded)
    drawn = choices.drawn.get(event.number)
    if drawn is None or drawn[0] != asked:
        start = log.started_at if log else event.at
        drawn = choices.drawn[event.number] = (asked, _drawn(event, start, asked))
    return drawn[1]


def _drawn(event: WireEvent, start: float, asked: frozenset[str] | None) -> Record:
    return {
        "number": event.number,
        "at": f"{event.at - start:.2f}",
        "mode": showable(event.mode)[:40],
        "node": showable(event.node)[:60] or "—",
        "namespace": showable(" › ".join(event.namespace)),
        "size": human_size(event.size),
        "open": asked is not None,
        "body": "" if asked is None else tree(body_of(event), expanded=asked),
    }


def _facts(log: WireLog | None, run: RunFacts | None) -> str:
    if log is None:
        return ""
    facts = []
    if run is not None and run.run_id == log.run_id:
        facts.append(run.status)
    if log.events:
        facts.append(human_duration(log.events[-1].at - log.started_at))
        facts.append(f"{len(log.events):,} events")
        facts.append(human_size(log.size))
    return " · ".join(facts)
