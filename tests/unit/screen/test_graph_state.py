"""A thread without messages: its state stands in the place of the conversation, as it changes."""

from __future__ import annotations

from typing import Any

from tests.unit.agent_server.fake import frame
from tests.unit.runs.agent import RUN, THREAD, Agent, a_run
from tests.unit.screen.page import looking_at
from tests.unit.screen.talking import ADDRESS, SHORT
from webchat.screen.tab import Tab


def holding(**values: Any) -> dict[str, Any]:
    return {"values": values, "next": [], "tasks": []}


async def test_the_state_is_shown_as_the_run_changes_it(tab: Tab, agent: Agent):
    agent.state = holding(total=3)
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: ">3<" in records["graph"]["html"])
        assert "no messages" in screen.records["graph"]["note"]
        assert screen.texts == []
        assert tab.feed is not None
        await tab.feed.send_input("agent", "sent-1", {"total": 40})
        await screen.until(lambda records: ">40<" in records["graph"]["input"])
        assert screen.records["graph"]["live"]
        for total in (41, 42):
            agent.say(frame("values", {"total": total}))
            await screen.until(
                lambda records, total=total: f">{total}<" in records["graph"]["html"]
            )
        agent.end(state=holding(total=43))
        await screen.until(lambda records: ">43<" in records["graph"]["html"])
        await screen.until(lambda records: not records["graph"]["live"])


async def test_the_input_of_the_latest_run_is_shown_when_the_thread_is_opened(
    tab: Tab, agent: Agent
):
    agent.state = holding(total=3)
    agent.runs = [a_run(status="error") | {"kwargs": {"input": {"total": "many"}}}]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "many" in records["graph"]["input"])


async def test_the_inputs_of_the_runs_before_stand_by_their_run(tab: Tab, agent: Agent):
    first, second = "0" * 8 + RUN[8:], RUN
    agent.state = holding(total=3)
    agent.runs = [
        a_run(second, "success") | {"kwargs": {"input": {"total": "second"}}},
        a_run(first, "success") | {"kwargs": {"input": {"total": "first"}}},
    ]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "first" in records["graph"]["earlier"])
        assert first in screen.records["graph"]["earlier"]
        assert "second" in screen.records["graph"]["input"]
        assert "second" not in screen.records["graph"]["earlier"]
        assert tab.feed is not None
        await tab.feed.send_input("agent", "sent-1", {"total": "third"})
        await screen.until(lambda records: "third" in records["graph"]["input"])
        await screen.until(lambda records: "second" in records["graph"]["earlier"])
        agent.end(state=holding(total=43))
        await screen.until(lambda records: not records["graph"]["live"])


async def test_what_the_tree_has_left_out_is_shown_when_it_was_offered(tab: Tab, agent: Agent):
    agent.state = holding(text="x" * 5_000)
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "data-show" in records["graph"]["html"])
        tab.open_place("graph:values", "/other")
        tab.open_place("graph:state", "/text")
        tab.open_place("graph:values", "/text")
        await screen.until(lambda records: "x" * 5_000 in records["graph"]["html"])


async def test_a_thread_with_messages_or_another_page_shows_none(tab: Tab, agent: Agent):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["graph"] == {
            "shown": False, "note": "", "input": "", "earlier": "", "html": "", "live": False
        }  # fmt: skip
        agent.state = holding(total=3)
        await tab.go("/")
        await screen.until(lambda records: "graph" not in records)


async def test_a_thread_in_which_nothing_was_said_says_so(tab: Tab, agent: Agent):
    await tab.go(f"/thread/{THREAD}")
    async with looking_at(tab) as screen:
        assert "Nothing has been said" in screen.records["graph"]["note"]


async def test_a_run_that_has_only_reported_so_far_does_not_take_the_place_of_the_state(
    tab: Tab, agent: Agent
):
    agent.schema = {"properties": {"total": {}}}
    tab.talk_to(RUN)
    agent.runs = [a_run(status="success") | {"assistant_id": RUN}]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["graph"]["shown"])
        assert tab.feed is not None
        await tab.feed.send_input(RUN, "sent-1", {"total": 40})
        agent.say(frame("custom", {"message": "half", "percent": 50}))
        await screen.until(lambda records: records["turns"]["ids"])
        await screen.until(lambda records: ">40<" in records["graph"]["input"])
        assert screen.records["graph"]["shown"]
