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
from webchat.runs import HealthState
from webchat.runs import feed as feed_module
from webchat.screen.app import App
from webchat.screen.tab import Tab


async def test_nothing_can_be_sent_while_there_is_nobody_to_send_it_to(tab: Tab, shared: App):
    async with looking_at(tab) as screen:
        assert screen.nodes["composer"]["blocked"] == ""
        assert screen.nodes["health"]["text"] == "Connected"
        shared.health._become(HealthState("away", "It is away."))
        await screen.until(lambda nodes: nodes["composer"]["blocked"])
        assert screen.nodes["health"] == {
            "word": "away",
            "text": "Server away",
            "reason": "It is away.",
        }
        shared.health._become(HealthState("connected"))
        await screen.until(lambda nodes: not nodes["composer"]["blocked"])


async def test_a_stream_that_is_joined_again_is_told_in_words(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        agent.gates["join"] = asyncio.Event()
        agent.cut()
        await screen.until(lambda nodes: nodes["health"]["word"] == "reconnecting")
        assert screen.nodes["health"]["reason"] and screen.nodes["composer"]["running"]
        agent.gates["join"].set()
        await screen.until(lambda nodes: nodes["health"]["word"] == "resumed")
        agent.end("success", SHORT)
        await screen.until(lambda nodes: nodes["health"]["word"] == "connected")


async def test_a_run_that_was_lost_says_so_and_offers_to_try_again(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.nodes["lost"]["text"] == ""
        await ask(tab, agent, screen)
        agent.refusals = dict.fromkeys(("join", "standing", "state"), GONE)
        agent.cut()
        await screen.until(lambda nodes: nodes["lost"]["text"])
        assert screen.nodes["lost"]["advice"] and screen.nodes["lost"]["action"] == "Try again"
        assert not screen.nodes["composer"]["running"] and "half" in screen.texts[-1]
        agent.refusals.clear()
        agent.end("success", thread_state(human("new", "and now?"), ai("answer", "whole")))
        assert tab.feed is not None
        await tab.feed.retry()
        await screen.until_it_says("whole")
        assert screen.nodes["lost"]["text"] == ""


async def test_a_stop_is_seen_at_once(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        assert tab.feed is not None
        await tab.feed.stop()
        await screen.until(lambda nodes: nodes["composer"]["stopping"])
        agent.end("interrupted", thread_state(human("new", "and now?"), next=["model"]))
        await screen.until(lambda nodes: not nodes["composer"]["running"])
        last = screen.nodes[screen.nodes["turns"]["ids"][-1]]
        assert last["stopped"] and "half" in screen.texts[-1]


async def test_a_run_that_goes_on_is_joined_on_opening_and_shown_from_its_start(
    agent: Agent, tab: Tab, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(feed_module, "CATCHING_UP", 0.0)
    agent.state = thread_state(human())
    agent.runs = [{"run_id": run_named(0), "thread_id": THREAD, "status": "running"}]
    agent.replay = [values(human(), event_id="1-0"), token("from the start", event_id="2-0")]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until_it_says("from the start")
        assert screen.nodes["composer"]["running"]
