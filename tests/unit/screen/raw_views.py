"""The raw view of a tab as its person has it: how it is opened, and what its rows say."""

from __future__ import annotations

from typing import Any

from tests.unit.runs.agent import (
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    metadata,
    run_named,
    thread_state,
    token,
    values,
)
from tests.unit.screen.page import raw_rows
from webchat.screen.tab import Tab

ADDRESS = f"/thread/{THREAD}"
TALK = thread_state(human(), ai())


def rows(records: dict[str, Any]) -> list[tuple[int, str]]:
    """The number and the mode of each row."""
    return [(number, mode) for number, _, mode, *_ in raw_rows(records)]


def tree_of(records: dict[str, Any], number: int) -> str:
    """The tree of an expanded row; empty while there is none."""
    return records.get(f"e:{number}", {}).get("html", "")


def opened(tab: Tab, which: str = "all") -> None:
    """Open the view on one of its tabs."""
    tab.raw.tab = which
    tab.toggle_raw()


async def asked(tab: Tab, agent: Agent, id: str = "new") -> None:
    """Ask something, and let the agent begin to answer."""
    assert tab.feed is not None
    await tab.feed.send("agent", human(id, "and now?"))
    agent.say(metadata(tab.feed.run.run_id if tab.feed.run else ""), token("half", id=f"to-{id}"))


async def with_two_runs(tab: Tab, agent: Agent) -> None:
    """Open the view on a thread of two runs, which can be replayed."""
    agent.state = TALK
    agent.runs = [a_run(run_named(n), "success") for n in (2, 1)]
    agent.replay = [metadata(event_id="1-0"), values(human(), event_id="2-0")]
    await tab.go(ADDRESS)
    opened(tab)
