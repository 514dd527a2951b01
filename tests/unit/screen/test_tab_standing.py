"""How a tab says that it stands: with the server, the stream, and the run."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    GONE,
    THREAD,
    Agent,
    ai,
    human,
    run_named,
    thread_state,
    token,
    values,
)
from tests.unit.screen.page import looking_at
from tests.unit.screen.talking import ADDRESS, SHORT, ask
from webchat.runs import HealthState, following
from webchat.screen.app import App
from webchat.screen.tab import Tab


async def test_nothing_can_be_sent_while_there_is_nobody_to_send_it_to(tab: Tab, shared: App):
    async with looking_at(tab) as screen:
        assert screen.records["composer"]["blocked"] == ""
        assert screen.records["health"]["text"] == "Connected"
        shared.health.become(HealthState("away", "It is away."))
        await screen.until(lambda records: records["composer"]["blocked"])
        assert screen.records["health"] == {
            "word": "away",
            "text": "Server away",
            "reason": "It is away.",
        }
        shared.health.become(HealthState("connected"))
        await screen.until(lambda records: not records["composer"]["blocked"])


async def test_a_stream_that_is_joined_again_is_told_in_words(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        agent.gates["join"] = asyncio.Event()
        agent.cut()
        await screen.until(lambda records: records["health"]["word"] == "reconnecting")
        assert screen.records["health"]["reason"] and screen.records["composer"]["running"]
        agent.gates["join"].set()
        await screen.until(lambda records: records["health"]["word"] == "resumed")
        agent.end("success", SHORT)
        await screen.until(lambda records: records["health"]["word"] == "connected")


async def test_a_run_that_was_lost_says_so_and_offers_to_try_again(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["load_error"]["text"] == ""
        await ask(tab, agent, screen)
        agent.refusals = dict.fromkeys(("join", "standing", "state"), GONE)
        agent.cut()
        await screen.until(lambda records: records["load_error"]["text"])
        error = screen.records["load_error"]
        assert error["advice"] and error["action"] == "Try again"
        assert not screen.records["composer"]["running"] and "half" in screen.texts[-1]
        agent.refusals.clear()
        agent.end("success", thread_state(human("new", "and now?"), ai("answer", "whole")))
        assert tab.feed is not None
        await tab.feed.retry()
        await screen.until_it_says("whole")
        assert screen.records["load_error"]["text"] == ""


async def test_a_stop_is_seen_at_once(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        assert tab.feed is not None
        await tab.feed.stop()
        await screen.until(lambda records: records["composer"]["stopping"])
        agent.end("interrupted", thread_state(human("new", "and now?"), next=["model"]))
        await screen.until(lambda records: not records["composer"]["running"])
        last = screen.records[screen.records["turns"]["ids"][-1]]
        assert last["stopped"] and "half" in screen.texts[-1]


async def test_a_run_that_goes_on_is_joined_on_opening_and_shown_from_its_start(
    agent: Agent, tab: Tab, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "CATCHING_UP", 0.0)
    agent.state = thread_state(human())
    agent.runs = [{"run_id": run_named(0), "thread_id": THREAD, "status": "running"}]
    agent.replay = [values(human(), event_id="1-0"), token("from the start", event_id="2-0")]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until_it_says("from the start")
        assert screen.records["composer"]["running"]
