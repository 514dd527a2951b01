"""What the wire said about one message or one tool call."""

from __future__ import annotations

import json

import pytest

from tests.unit.runs.agent import Agent, ai, frame, human, run_named, thread_state, token, values
from tests.unit.screen.page import looking_at
from tests.unit.screen.raw_views import ADDRESS, TALK, asked, rows, with_two_runs
from webchat.screen.tab import Tab

pytestmark = pytest.mark.usefixtures("quick_looks")
CALL = {"type": "tool_call", "id": "call-7", "name": "search", "args": {"query": "q"}}


async def test_what_the_wire_said_about_a_message_or_a_tool_call(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        agent.say(
            frame("updates", {"model": {"messages": [ai("to-new", "", tool_calls=[CALL])]}}),
            frame("custom", {"about": "something else"}),
        )
        await screen.until(lambda _: '"kind": "tool"' in json.dumps(screen.records))
        turn = screen.records["turns"]["ids"][-1]
        tab.show_wire_of(f"turn:{turn}")
        assert tab.raw.open and tab.raw.tab == "all"
        await screen.until(lambda records: rows(records) == [(2, "messages"), (3, "updates")])
        assert screen.records["raw"]["filter"] == "this message"
        (call,) = [key for key, one in screen.records.items() if one.get("kind") == "tool"]
        tab.show_wire_of(f"part:{call}")
        await screen.until(lambda records: rows(records) == [(3, "updates")])
        assert screen.records["raw"]["filter"] == "this tool call"


async def test_a_call_without_an_id_is_found_by_its_message(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        call = {**CALL, "id": None}
        agent.say(
            frame("updates", {"model": {"messages": [ai("m-2", "", tool_calls=[call])]}}),
            values(ai("m-2", "", tool_calls=[call])),
        )
        await screen.until(lambda _: '"kind": "tool"' in json.dumps(screen.records))
        (key,) = [key for key, one in screen.records.items() if one.get("kind") == "tool"]
        tab.show_wire_of(f"part:{key}")
        await screen.until(lambda records: rows(records) == [(3, "updates"), (4, "values")])


async def test_what_is_said_next_of_a_growing_message_is_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until_it_says("half")
        tab.show_wire_of(f"turn:{screen.records['turns']['ids'][-1]}")
        await screen.until(lambda records: rows(records) == [(2, "messages")])
        agent.say(token(" more", id="to-new"), token("another", id="of-same-turn"))
        await screen.until(lambda records: [n for n, _ in rows(records)] == [2, 3, 4])


async def test_about_a_message_of_an_earlier_run_that_run_is_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent, "one")
        await screen.until_it_says("half")
        answer = screen.records["turns"]["ids"][-1]
        agent.end("success", thread_state(human("one"), ai("to-one")))
        await screen.until(lambda records: not records["composer"]["running"])
        await asked(tab, agent, "two")
        await screen.until(lambda _: len(screen.records["turns"]["ids"]) >= 4)
        tab.show_wire_of(f"turn:{answer}")
        await screen.until(lambda records: rows(records) == [(2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)


async def test_another_thread_is_not_searched_for_what_was_asked_in_this_one(
    tab: Tab, agent: Agent
):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        tab.show_wire_of(f"turn:{screen.records['turns']['ids'][-1]}")
        assert tab.raw.about
        await tab.go("/")
        assert not tab.raw.about


@pytest.mark.parametrize("name", ["turn:t:999", "part:p:999", "c1", "", ":", "turn:", "x:y"])
async def test_nothing_is_shown_of_what_nobody_knows(tab: Tab, agent: Agent, name: str):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.show_wire_of(name)
        assert not tab.raw.about and len(rows(screen.records)) == 2
