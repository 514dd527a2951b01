"""An event of the raw view opens to its JSON, and shows of it what it offers."""

from __future__ import annotations

import pytest

from tests.unit.runs.agent import Agent, a_run, human, values
from tests.unit.screen.page import looking_at
from tests.unit.screen.raw_views import ADDRESS, TALK, opened, rows, tree_of, with_two_runs
from webchat.screen import row_trees
from webchat.screen.tab import Tab

pytestmark = pytest.mark.usefixtures("quick_looks")


async def test_a_row_expands_and_shuts(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.toggle_row(2)
        await screen.until(lambda records: "json" in tree_of(records, 2))
        tab.raw.toggle_row(2)
        await screen.until(lambda records: "e:2" not in records)


async def test_a_tree_shows_more_of_what_it_offered_and_of_nothing_else(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(human("h1", "x" * 5_000), event_id="1-0")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.show_more("event:1", "/messages/0/content")
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        assert "x" * 5_000 not in tree_of(screen.records, 1)
        for pointer in ("/", "/" * 4_000, "/messages/1", "/messages", "nonsense"):
            tab.raw.show_more("event:1", pointer)
        assert tab.raw.expanded[1].pointers == ()
        tab.raw.show_more("event:1", "/messages/0/content")
        await screen.until(lambda records: "x" * 5_000 in tree_of(records, 1))


async def test_an_expanded_events_json_is_read_once_whatever_is_asked_of_it(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(human("h1", "x" * 5_000), event_id="1-0")]
    read: list[int] = []
    body_of = row_trees.body_of
    monkeypatch.setattr(
        row_trees, "body_of", lambda event: (read.append(event.number), body_of(event))[1]
    )
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        for _ in range(20):
            tab.raw.show_more("event:1", "/nowhere")
        tab.raw.show_more("event:1", "/messages/0/content")
        await screen.until(lambda records: "x" * 5_000 in tree_of(records, 1))
    assert read == [1]


async def test_a_row_that_there_is_not_does_not_open(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        for number in (0, -1, 3, 10**12):
            tab.raw.toggle_row(number)
        assert tab.raw.expanded == {}
        event = tab.raw.event(2)
        assert tab.raw.event(3) is None and event is not None and event.mode == "values"
        for key in ("event:3", "event:-1", "event:²", "event:" + "9" * 5_000, "event:", "state:"):
            with pytest.raises(KeyError):
                tab.raw.json_of(key)
