"""A server that does not tell what happens on a thread is asked every few seconds."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.unit.runs.agent import (
    THREAD,
    Agent,
    a_run,
    until,
)
from tests.unit.runs.following import ANSWERED, LONGER, said, soon
from webchat.runs import Feeds, watching

NO_STREAMS = httpx.Response(404, json={"detail": "Not Found"})


@pytest.fixture
def agent() -> Agent:
    return Agent(ANSWERED)


async def test_a_server_without_thread_streams_is_asked_again_and_again(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watching, "POLL", 0.001)
    agent.refusals = {"watch": NO_STREAMS}
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["runs"] > 3)
        read = agent.asked["state"]
        await soon(lambda: agent.asked["runs"] > 10)
        assert agent.asked["state"] == read, "what stands still is not read again"
        agent.runs, agent.state = [a_run()], LONGER
        await until(feed.changed, lambda: feed.live)


async def test_a_written_state_is_noticed_on_a_server_without_thread_streams(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watching, "POLL", 0.001)
    agent.refusals = {"watch": NO_STREAMS}
    agent.thread = {"status": "idle", "updated_at": "2026-11-21T17:00:00+00:00"}
    feed = await feeds.open(THREAD)
    read = agent.asked["state"]
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["runs"] > 5)
        assert agent.asked["state"] == read, "nothing has changed since it was opened"
        agent.state = LONGER
        agent.thread = {"status": "idle", "updated_at": "2026-11-21T17:00:01+00:00"}
        await until(feed.changed, lambda: said(feed) == ["hi", "hello", "more"])
        await soon(lambda: agent.asked["runs"] > 20)
        assert agent.asked["state"] == read + 1
