"""Between the end of a run and the watch over its thread nothing is missed, or read twice."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    Agent,
    a_run,
    ai,
    human,
    pause,
    run_named,
    thread_state,
    until,
)
from tests.unit.runs.following import ANSWERED, LONGER, ended, half_said, said, soon
from webchat import limits
from webchat.runs import Feeds


async def test_the_end_of_a_run_is_read_once(agent: Agent, feeds: Feeds):
    feed = feeds.new()
    with feed.changed.watching(asyncio.Event()):
        await half_said(agent, feed)
        agent.asked.clear()
        ended_at = "2026-11-21T17:00:00+00:00"
        agent.runs[0]["updated_at"] = ended_at
        agent.thread = {"status": "idle", "updated_at": ended_at}
        agent.end("success", ANSWERED)
        await soon(lambda: agent.asked["thread"])
        await pause()
    assert agent.asked == {"standing": 1, "state": 1, "watch": 1, "thread": 1}


async def test_what_happens_between_the_end_of_a_run_and_the_watch_is_read(
    agent: Agent, feeds: Feeds
):
    feed = feeds.new()
    with feed.changed.watching(asyncio.Event()):
        await half_said(agent, feed)
        agent.gates["watch"] = asyncio.Event()
        agent.runs[0]["updated_at"] = "2026-11-21T17:00:00+00:00"
        agent.end("success", ANSWERED)
        await ended(feed)
        await soon(lambda: agent.asked["watch"])
        agent.thread = {"status": "idle", "updated_at": "2026-11-21T17:00:01+00:00"}
        agent.state = LONGER
        agent.gates["watch"].set()
        await until(feed.changed, lambda: said(feed)[-1] == "more")


async def test_a_run_that_waits_behind_one_of_ours_is_followed_though_the_thread_did_not_change(
    agent: Agent, feeds: Feeds
):
    feed = feeds.new()
    with feed.changed.watching(asyncio.Event()):
        await half_said(agent, feed)
        ended_at = "2026-11-21T17:00:00+00:00"
        agent.runs[0]["updated_at"] = ended_at
        agent.thread = {"status": "busy", "updated_at": ended_at}
        agent.end("success", ANSWERED)
        agent.runs.insert(0, a_run(run_named(5), "pending") | {"thread_id": feed.thread_id})
        await until(feed.changed, lambda: feed.run and feed.run.run_id == run_named(5))


async def test_a_state_that_is_too_large_is_said_to_be_and_not_read_again_and_again(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "JSON_BYTES", 2_000)
    feed = feeds.new()
    with feed.changed.watching(asyncio.Event()):
        await half_said(agent, feed)
        agent.end("success", thread_state(human(), ai(content="x" * 3_000)))
        await ended(feed)
        read = agent.asked["state"]
        await pause()
        assert feed.lost and "too large" in str(feed.load_error)
        assert said(feed) == ["hi", "half"] and agent.asked["state"] == read
