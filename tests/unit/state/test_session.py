"""Whom a person talks to: the assistants as soon as the server answers, and the one they chose."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    pause,
    thread_state,
)
from tests.unit.screen.drawing import HOSTILE, assert_fit_for_the_page
from tests.unit.state.browser import Browser, browser
from webchat.demo.starters import STARTERS
from webchat.runs import HealthState
from webchat.screen.app import App
from webchat.screen.tab import Tab
from webchat.state.live import Live
from webchat.state.session import ANY_AGENT, MOST_TOOLS, Session

ONE, TWO = (f"fe096781-5601-53d2-b2f6-0d3403f7e9c{n}" for n in (1, 2))


def assistant(id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "assistant_id": id,
        "graph_id": "agent",
        "name": name,
        "config": {},
        "metadata": {"created_by": "system"},
        "created_at": "2026-01-01",
    } | more


@pytest.fixture(autouse=True)
def two_assistants(agent: Agent, shared: App) -> None:
    agent.assistants = [assistant(ONE, "One"), assistant(TWO, "Two", config={"recursion_limit": 5})]
    agent.tools = ["search", "calculator"]


async def seen(one: Browser, *names: str) -> list[Any]:
    return [await one.var(Session, name) for name in names]


async def test_the_assistants_are_offered_and_the_default_one_is_introduced():
    async with browser() as one:
        await one.does(Session, "load")
        assert await one.var(Session, "assistants") == [
            {"assistant_id": ONE, "name": "One"},
            {"assistant_id": TWO, "name": "Two"},
        ]
        names = ("assistant_id", "agent_name", "agent_tools", "starters", "assistant_note")
        facts = await seen(one, *names)
        assert facts == [ONE, "One", ["search", "calculator"], list(ANY_AGENT), ""]


async def test_another_one_can_be_chosen_and_stays_chosen(agent: Agent):
    agent.assistants[1]["metadata"] = {"starters": ["Say two"]}
    agent.assistants[1]["description"] = "The second."
    async with browser() as one:
        await one.does(Session, "load")
        await one.does(Session, "choose", assistant_id=TWO)
        chosen = ["assistant_id", "agent_name", "agent_about", "starters"]
        assert await seen(one, *chosen) == [TWO, "Two", "The second.", ["Say two"]]
        await one.does(Session, "load")
        assert await one.var(Session, "assistant_id") == TWO


async def test_one_that_is_introduced_late_does_not_take_the_place_of_a_newer_choice(agent: Agent):
    async with browser() as one:
        await one.does(Session, "load")
        slow = agent.gates["graph"] = asyncio.Event()
        first = asyncio.create_task(one.does(Session, "choose", assistant_id=TWO))
        while agent.asked["graph"] < 2:
            await pause()
        del agent.gates["graph"]
        await one.does(Session, "choose", assistant_id=ONE)
        assert await seen(one, "assistant_id", "agent_name") == [ONE, "One"]
        slow.set()
        await first
        assert await seen(one, "assistant_id", "agent_name") == [ONE, "One"]


async def test_the_failure_of_an_older_choice_is_not_told_of_a_newer_one(agent: Agent):
    async with browser() as one:
        await one.does(Session, "load")
        slow = agent.gates["assistant"] = asyncio.Event()
        agent.refusals["assistant"] = FAULT
        first = asyncio.create_task(one.does(Session, "choose", assistant_id=TWO))
        while agent.asked["assistant"] < 1:
            await pause()
        del agent.gates["assistant"]
        refusal = agent.refusals.pop("assistant")
        await one.does(Session, "choose", assistant_id=ONE)
        agent.refusals["assistant"] = refusal
        slow.set()
        await first
        assert await seen(one, "assistant_id", "assistant_note") == [ONE, ""]


async def test_one_that_was_not_offered_cannot_be_chosen(agent: Agent):
    async with browser() as one:
        await one.does(Session, "load")
        await one.does(Session, "choose", assistant_id="fe096781-5601-53d2-b2f6-0d3403f7e9c9")
        assert await one.var(Session, "assistant_id") == ONE
    assert agent.asked["assistant"] == 0


async def test_one_that_the_server_has_no_more_gives_way_to_the_default(agent: Agent):
    async with browser() as one:
        await one.does(Session, "load")
        await one.does(Session, "choose", assistant_id=TWO)
        agent.assistants.pop()
        await one.does(Session, "load")
        assistant_id, note = await seen(one, "assistant_id", "assistant_note")
        assert assistant_id == ONE
        assert "“Two”" in note and "“One”" in note, "who is gone, and who answers now"
        await one.does(Session, "choose", assistant_id=ONE)
        assert await one.var(Session, "assistant_note") == ""


async def test_a_load_that_was_overtaken_by_a_newer_one_changes_nothing(agent: Agent):
    slow = agent.gates["graph"] = asyncio.Event()
    async with browser() as one:
        older = asyncio.create_task(one.does(Session, "load"))
        while agent.asked["graph"] < 1:
            await pause()
        del agent.gates["graph"]
        agent.assistants[0]["name"] = "Renamed"
        await one.does(Session, "load")
        slow.set()
        await asyncio.gather(older, return_exceptions=True)
        assert await seen(one, "assistant_id", "agent_name") == [ONE, "Renamed"]


# In a thread.


def answered_by(agent: Agent, assistant_id: str) -> str:
    """A thread with an answer of this assistant's; returns its address."""
    agent.runs = [a_run(status="success") | {"assistant_id": assistant_id}]
    agent.state = thread_state(human(), ai())
    return f"/thread/{THREAD}"


async def test_in_a_thread_one_talks_to_the_one_who_answers_there(tab: Tab, agent: Agent):
    async with browser() as one:
        one.path = answered_by(agent, TWO)
        await tab.go(one.path)
        await one.does(Session, "load")
        assert await seen(one, "assistant_id", "agent_name") == [TWO, "Two"]


async def test_a_choice_in_a_thread_outlives_a_load_that_began_before_it_and_those_after_it(
    tab: Tab, agent: Agent
):
    async with browser() as one:
        one.path = answered_by(agent, ONE)
        await tab.go(one.path)
        await one.does(Session, "load")
        slow = agent.gates["assistants"] = asyncio.Event()
        older = asyncio.create_task(one.does(Session, "load"))
        while agent.asked["assistants"] < 3:
            await pause()
        await one.does(Session, "choose", assistant_id=TWO)
        slow.set()
        await older
        assert await seen(one, "assistant_id", "agent_name") == [TWO, "Two"]
        await one.does(Session, "load")
        await one.does(Session, "adopt")
        assert await seen(one, "assistant_id", "agent_name") == [TWO, "Two"]


async def test_a_thread_that_is_come_back_to_has_its_own_assistant_again(tab: Tab, agent: Agent):
    async with browser() as one:
        thread = answered_by(agent, ONE)
        for path, answers in ((thread, ONE), ("/", TWO), (thread, ONE)):
            one.path = path
            await tab.go(path)
            await one.does(Session, "load")
            assert await one.var(Session, "assistant_id") == answers
            await one.does(Session, "choose", assistant_id=TWO)


async def test_a_new_chat_keeps_the_choice_though_the_tab_has_not_left_the_thread_yet(
    tab: Tab, agent: Agent
):
    async with browser() as one:
        one.path = answered_by(agent, ONE)
        await tab.go(one.path)
        await one.does(Session, "load")
        await one.does(Session, "choose", assistant_id=TWO)
        one.path = "/"
        await one.does(Session, "load")
        assert await seen(one, "assistant_id", "agent_name") == [TWO, "Two"]


async def test_who_answers_in_a_thread_that_is_opened_is_introduced_to_the_chat_after_it(
    tab: Tab, agent: Agent
):
    agent.assistants[1]["metadata"] = {"starters": ["Say two"]}
    async with browser() as one:
        await one.does(Session, "load")
        one.path = answered_by(agent, TWO)
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: one.vars.get("starters") == ["Say two"])
        assert await seen(one, "assistant_id", "agent_name") == [TWO, "Two"]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.parametrize("wanted", [TWO, "Two"])
async def test_a_new_chat_starts_with_the_one_in_the_settings(wanted: str, shared: App):
    shared.preferred_assistant = wanted
    async with browser() as one:
        await one.does(Session, "load")
        assert await seen(one, "assistant_id", "assistant_note") == [TWO, ""]


async def test_an_unknown_one_in_the_settings_is_said_and_the_default_taken(shared: App):
    shared.preferred_assistant = "nobody"
    async with browser() as one:
        await one.does(Session, "load")
        assistant_id, note = await seen(one, "assistant_id", "assistant_note")
        assert assistant_id == ONE and "nobody" in note


async def test_it_waits_for_a_server_that_is_not_up_yet(agent: Agent, shared: App):
    shared.health.state = HealthState("connecting")
    async with browser() as one:
        loading = asyncio.create_task(one.does(Session, "load"))
        await pause()
        assert not agent.asked
        shared.health.become(HealthState("connected"))
        await loading
        assert await one.var(Session, "assistant_id") == ONE


async def test_a_server_that_falls_over_is_asked_again_when_it_is_back(agent: Agent, shared: App):
    agent.refusals["assistants"] = GONE
    async with browser() as one:
        loading = asyncio.create_task(one.does(Session, "load"))
        await pause()
        assert agent.asked["assistants"] == 1 and shared.health.suspected
        agent.refusals.clear()
        shared.health.become(HealthState("away"))
        shared.health.become(HealthState("connected"))
        await loading
        assert await one.var(Session, "assistant_id") == ONE


async def test_a_server_without_assistants_is_said_to_have_none(agent: Agent):
    agent.assistants = []
    async with browser() as one:
        await one.does(Session, "load")
        note, assistant_id = await seen(one, "assistant_note", "assistant_id")
        assert "no assistant" in note and assistant_id == ""


async def test_a_server_that_has_lost_its_assistants_offers_none_of_them_any_more(agent: Agent):
    async with browser() as one:
        await one.does(Session, "load")
        await one.does(Session, "choose", assistant_id=TWO)
        kept, agent.assistants = agent.assistants, []
        await one.does(Session, "load")
        assert "no assistant" in await one.var(Session, "assistant_note")
        facts = await seen(one, "assistants", "assistant_id", "agent_name", "starters")
        assert facts == [[], "", "", []]
        agent.assistants = kept
        await one.does(Session, "load")
        assert await seen(one, "assistant_id", "agent_name", "assistant_note") == [ONE, "One", ""]


async def test_a_graph_that_cannot_be_drawn_costs_its_tools_alone(agent: Agent):
    agent.refusals["graph"] = FAULT
    async with browser() as one:
        await one.does(Session, "load")
        assert await seen(one, "agent_name", "agent_tools", "assistant_note") == ["One", [], ""]


@pytest.mark.parametrize("tools", ["search", None, {"a": 1}, [1, None, {}]])
async def test_odd_tools_are_none(agent: Agent, tools: Any):
    agent.tools = tools
    async with browser() as one:
        await one.does(Session, "load")
        assert await one.var(Session, "agent_tools") == []


async def test_many_tools_are_not_all_told_and_none_twice(agent: Agent):
    agent.tools = ["twice", "twice", *(f"tool {n}" for n in range(100))]
    async with browser() as one:
        await one.does(Session, "load")
        tools = await one.var(Session, "agent_tools")
        assert len(tools) == MOST_TOOLS and tools.count("twice") == 1


async def test_our_own_agent_says_that_it_is_a_demo(shared: App):
    shared.embedded = True
    async with browser() as one:
        await one.does(Session, "load")
        about, starters = await seen(one, "agent_about", "starters")
        assert "offline" in about and starters == list(STARTERS)


async def test_hostile_names_are_made_fit_to_be_shown(agent: Agent):
    agent.tools = [HOSTILE]
    agent.assistants = [
        assistant(ONE, HOSTILE, description=HOSTILE, metadata={"starters": [HOSTILE, 5]})
    ]
    async with browser() as one:
        await one.does(Session, "load")
        assert_fit_for_the_page(one.vars)
        (starter,) = await one.var(Session, "starters")
        assert starter and await one.var(Session, "agent_tools")
