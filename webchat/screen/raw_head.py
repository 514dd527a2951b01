"""The raw view's head: which run, how it stands, how many events of each kind it sent."""

from __future__ import annotations

from webchat.rendering.text import human_duration, human_size
from webchat.runs import RunFacts, WireLog
from webchat.screen.replica import Replica
from webchat.screen.rows import TABS, RawChoices


def put_head(
    replica: Replica,
    choices: RawChoices,
    log: WireLog | None,
    run: RunFacts | None,
    runs: list[dict[str, str]],
    empty: str,
    earlier: int,
    *,
    thread: bool,
) -> None:
    """Give a tab what stands above and below the rows.

    Args:
        replica: What the tab has.
        choices: What its person chose.
        log: The run's events, None when there are none to show.
        run: How the run stands, None when this process did not see it.
        runs: The thread's runs to choose from, each with `run_id` and `label`.
        empty: What to say in the place of rows; empty while there are rows.
        earlier: How many rows come before those that are shown.
        thread: Whether there is a thread whose state can be read.
    """
    counts = {tab: len(log.by_tab.get(tab, ())) if log else 0 for tab in TABS[:3]}
    replica.put(
        "raw",
        {
            "run": log.run_id if log else "",
            "facts": _facts(log, run),
            "earlier": earlier,
            "empty": empty,
            "filter": _filter(choices, log),
            **counts,
            "all": len(log.events) if log else 0,
            "runs": runs,
            "several": len(runs) > 1,
            "thread": thread,
            "ended": run is None or not run.live,
        },
    )


def _filter(choices: RawChoices, log: WireLog | None) -> str:
    """What the rows are about; says so where not all events could be searched."""
    if not choices.about:
        return ""
    if log is not None and log.index.indexed < len(log.events):
        return f"{choices.about_what}, in the first {log.index.indexed:,} events"
    return choices.about_what


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
