"""Which run's wire is shown: the last one, a chosen one, and never one that comes too late."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import FAULT, Agent, a_run, human, metadata, pause, run_named, values
from tests.unit.screen.page import looking_at
from tests.unit.screen.raw_views import ADDRESS, TALK, asked, opened, rows, with_two_runs
from webchat.screen import raw_view
from webchat.screen.tab import Tab

pytestmark = pytest.mark.usefixtures("quick_looks")


async def replayed(tab: Tab) -> None:
    """Wait until the thread's finished runs have been read again, and let go of their wires."""
    assert tab.feed is not None
    while tab.feed.replayable:
        await pause()
    tab.feed.logs.clear()


async def test_a_reloaded_thread_shows_the_wire_of_its_last_run(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "values")])
        raw = screen.records["raw"]
        assert raw["run"] == run_named(2) and raw["several"]
        assert [run["run_id"] for run in raw["runs"]] == [run_named(2), run_named(1)]


async def test_another_run_can_be_chosen_and_stays_chosen(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        agent.replay = [values(human(), event_id="1-0")]
        tab.raw.choose_run(tab.feed, run_named(1))
        await screen.until(lambda records: rows(records) == [(1, "values")])
        assert screen.records["raw"]["run"] == run_named(1)
        await asked(tab, agent)
        await screen.until_it_says("half")
        assert screen.records["raw"]["run"] == run_named(1), "though a newer one goes on"


async def everything_was_asked(agent: Agent) -> None:
    """Wait until nothing more is asked for that opening a thread asks for by and by."""
    before = None
    while agent.asked != before:
        before = agent.asked.copy()
        await pause()


@pytest.mark.parametrize("run_id", [run_named(9), "not-an-id", "../../x", ""])
async def test_a_run_that_was_not_offered_is_not_asked_for(tab: Tab, agent: Agent, run_id: str):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        await everything_was_asked(agent)
        asked, shown = agent.asked.copy(), screen.records["raw"]["run"]
        tab.raw.choose_run(tab.feed, run_id)
        tab.raw.refresh()
        await pause()
        assert agent.asked == asked and screen.records["raw"]["run"] == shown


async def test_a_server_that_has_forgotten_the_wire_is_said_to(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["raw"]["empty"] == raw_view.FORGOTTEN)


async def test_a_server_that_fails_is_said_to_in_the_view_alone(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    agent.refusals["runs"] = FAULT
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "failed" in records["raw"]["empty"])
        assert screen.records["page"]["state"] == "thread"


async def test_on_an_empty_page_nothing_was_sent_yet(tab: Tab, agent: Agent):
    await tab.go("/")
    opened(tab)
    async with looking_at(tab) as screen:
        assert screen.records["raw"]["empty"] == "Nothing was sent yet."
    assert not agent.asked


async def test_it_goes_along_to_another_thread(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await tab.go("/")
        await screen.until(lambda records: records["page"]["state"] == "new" and not rows(records))
        await tab.go(ADDRESS)
        await screen.until(lambda records: len(rows(records)) == 2)


async def test_a_run_chosen_later_is_not_replaced_by_one_chosen_before(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        slow = agent.gates["join"] = asyncio.Event()
        joined = agent.asked["join"]
        tab.raw.choose_run(tab.feed, run_named(1))
        while agent.asked["join"] == joined:
            await pause()
        tab.raw.choose_run(tab.feed, run_named(2))
        slow.set()
        await screen.until(lambda records: records["raw"]["run"] == run_named(2))
        await pause()
        tab.raw.refresh()
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "values")])
        assert screen.records["raw"]["run"] == run_named(2)


@pytest.mark.parametrize("route", ["runs", "join"])
async def test_another_threads_events_do_not_come_after_one_has_left_it(
    tab: Tab, agent: Agent, route: str
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [metadata(event_id="1-0")]
    await tab.go(ADDRESS)
    slow = agent.gates[route] = asyncio.Event()
    asked = agent.asked[route]
    opened(tab)
    async with looking_at(tab) as screen:
        while agent.asked[route] == asked:
            await pause()
        await tab.go("/")
        slow.set()
        await screen.until(lambda records: records["page"]["state"] == "new")
        await pause()
        tab.raw.refresh()
        await screen.until(lambda records: records["raw"]["empty"] == "Nothing was sent yet.")
        assert rows(screen.records) == [] and not screen.records["raw"]["runs"]


async def test_a_page_does_not_wait_for_the_wire(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go("/")
    opened(tab)
    agent.gates["join"] = asyncio.Event()
    agent.runs = [a_run(status="success")]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["page"]["state"] == "thread"
        await screen.until(lambda records: records["raw"]["empty"] == "Reading…")


async def test_the_wire_of_a_run_that_goes_on_elsewhere_is_shown_as_it_comes(
    tab: Tab, agent: Agent
):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        agent.runs[1]["status"], agent.replay = "running", []
        joined = agent.asked["join"]
        tab.raw.choose_run(tab.feed, run_named(1))
        while agent.asked["join"] == joined:
            await pause()
        agent.say(metadata(event_id="1-0"))
        await screen.until(lambda records: rows(records) == [(1, "metadata")])
        agent.say(values(human(), event_id="2-0"))
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "values")])
