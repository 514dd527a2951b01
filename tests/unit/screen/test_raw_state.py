"""The thread's state in the raw view is the server's own."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import FAULT, Agent, a_run, ai, human, pause, thread_state, values
from tests.unit.screen.page import looking_at
from tests.unit.screen.raw_views import ADDRESS, TALK, asked, opened, rows
from webchat.screen.tab import Tab

pytestmark = pytest.mark.usefixtures("quick_looks")


STATE = thread_state(human(), ai(), next=["tools"], checkpoint="c9")


async def test_the_threads_state_is_what_the_server_has_and_not_the_last_values(
    tab: Tab, agent: Agent
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(ai("a1", "999"), event_id="1-0")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        assert screen.records["raw"]["thread"] and screen.records["raw"]["ended"]
        assert not screen.records["state"]["open"]
        agent.state = thread_state(human(), ai("a1", "35.5"), next=["tools"], checkpoint="c9")
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "35.5" in records["state"]["html"])
        state = screen.records["state"]
        assert "999" not in state["html"] and "checkpoint" in state["html"]
        assert state["facts"] == "next: tools · checkpoint c9"
        assert tab.raw.json_of("state:") == agent.state
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: not records["state"]["open"])


async def test_the_state_is_there_without_a_wire(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, []
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["raw"]["empty"] == "Nothing was sent yet.")
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])


async def test_a_state_that_cannot_be_read_says_so_in_its_place(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    agent.refusals["state"] = FAULT
    async with looking_at(tab) as screen:
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "failed" in records["state"]["error"])
        assert screen.records["page"]["state"] == "thread"
        del agent.refusals["state"]
        assert tab.feed is not None
        tab.raw.state.read(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])
        assert screen.records["state"]["error"] == ""


async def test_the_state_is_read_again_after_a_run(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])
        await asked(tab, agent)
        agent.end("success", thread_state(human("new"), ai("a2", "the end"), checkpoint="c2"))
        await screen.until(lambda records: "the end" in records["state"]["html"])


async def test_a_state_that_comes_after_one_has_left_is_not_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    slow = agent.gates["state"] = asyncio.Event()
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "raw" in records)
        tab.raw.toggle_state(tab.feed)
        await pause()
        await tab.go("/")
        slow.set()
        await pause()
        tab.raw.refresh()
        await screen.until(lambda records: not records["raw"]["thread"])
        state = screen.records["state"]
        assert not state["open"] and state["html"] == ""
