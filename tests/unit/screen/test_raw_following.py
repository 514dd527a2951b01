"""The raw view costs nothing while shut, and follows the run while open."""

from __future__ import annotations

import json

import pytest

from tests.unit.runs.agent import Agent, frame, human, run_named, token, values
from tests.unit.screen.page import looking_at
from tests.unit.screen.raw_views import ADDRESS, TALK, asked, opened, rows, tree_of
from webchat.screen import raw_view
from webchat.screen.tab import Tab

pytestmark = pytest.mark.usefixtures("quick_looks")


async def test_shut_it_costs_nothing(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until_it_says("half")
        agent.end("success", TALK)
        await screen.until(lambda records: not records["composer"]["running"])
    said = json.dumps(screen.deltas)
    assert '"raw"' not in said and '"w:' not in said
    assert agent.asked["join"] == 0, "no wire was asked for"


async def test_open_it_follows_the_run_and_shut_again_it_leaves_nothing(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)
        agent.say(values(human("new")))
        await screen.until(lambda records: rows(records)[2:] == [(3, "values")])
        assert screen.records["raw"]["facts"].startswith("running")
        agent.end("success", TALK)
        await screen.until(lambda records: records["raw"]["facts"].startswith("success"))
        tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert not [
            name for name in screen.records if name.startswith(("w:", "e:", "rows", "state"))
        ]


async def test_between_two_looks_at_the_wire_tokens_cost_no_rows_and_none_is_missed(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        for n in range(8):
            agent.say(token(f" word{n}", id="to-new"))
            await screen.until_it_says(f"word{n}")
        drawn = [one for one in screen.deltas if any(op[1] == "raw" for op in one[2])]
        assert len(drawn) <= 3 and len(rows(screen.records)) < 10
        tab.raw.refresh()
        await screen.until(lambda records: len(rows(records)) == 10)


async def test_while_rows_fly_by_looks_at_the_wire_are_rarer(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY_WHEN_MANY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until(lambda records: len(rows(records)) == 2)
        agent.say(*(token(f" word{n}", id="to-new") for n in range(raw_view.MANY + 1)))
        await screen.until(lambda records: len(rows(records)) == raw_view.MANY + 3)
        agent.say(token(" last", id="to-new"))
        await screen.until_it_says("last")
        assert tab.raw.late_by is not None and tab.raw.late_by > 60


async def test_the_next_run_is_shown_as_itself(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent, "one")
        await screen.until(lambda records: len(rows(records)) == 2)
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        agent.end("success", TALK)
        await screen.until(lambda records: not records["composer"]["running"])
        assert tab.feed is not None
        await tab.feed.send("agent", human("two"))
        agent.say(values(human("two")), frame("updates", {"model": {}}))
        await screen.until(lambda records: rows(records) == [(1, "values"), (2, "updates")])
        assert screen.records["raw"]["run"] == run_named(1)
        assert "e:1" not in screen.records
        known = [run["run_id"] for run in screen.records["raw"]["runs"]]
        assert known[0] == run_named(1) and screen.records["raw"]["several"]


async def test_shut_in_mid_answer_no_look_at_the_wire_is_due(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records.get("raw", {}).get("empty") == raw_view.NOTHING)
        tab.note("something else changed")
        await screen.until(lambda records: records["composer"]["note"])
        assert tab.raw.late_by is not None
        tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert tab.raw.late_by is None
