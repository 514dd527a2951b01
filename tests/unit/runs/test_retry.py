"""What failed can be asked again, once."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    GONE,
    RESET,
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    pause,
    run_named,
    thread_state,
    until,
)
from tests.unit.runs.following import ANSWERED, ASKED, ended, said
from webchat.agent_server import Unreachable
from webchat.runs import Feed, Feeds
from webchat.transcript import RunError


async def failed_question(agent: Agent, feeds: Feeds) -> Feed:
    agent.state, agent.runs = ASKED, [a_run(status="error")]
    return await feeds.open(THREAD)


async def test_a_retried_question_is_shown_once(agent: Agent, feeds: Feeds):
    feed = await failed_question(agent, feeds)
    agent.gates["start"] = asyncio.Event()
    retrying = asyncio.create_task(feed.retry())
    await until(feed.changed, lambda: agent.asked["start"])
    assert said(feed).count("hi") == 1
    agent.gates["start"].set()
    await retrying
    assert said(feed) == ["hi", ""]


async def test_what_a_retry_that_fails_has_read_is_shown(agent: Agent, feeds: Feeds):
    feed = await failed_question(agent, feeds)
    agent.state = thread_state(human(), ai(content="mended by hand"), checkpoint="c2")
    agent.refusals = {"start": GONE}
    with pytest.raises(Unreachable):
        await feed.retry()
    assert said(feed) == ["hi", "mended by hand"]


async def test_a_retry_whose_answer_is_lost_is_followed(agent: Agent, feeds: Feeds):
    feed = await failed_question(agent, feeds)
    agent.unanswered = {"start"}
    await feed.retry()
    assert agent.asked["start"] == 1 and feed.live
    assert feed.run and feed.run.run_id == agent.runs[0]["run_id"]


async def test_a_retry_whose_answer_is_lost_takes_nobody_elses_run_for_its_own(
    agent: Agent, feeds: Feeds
):
    feed = await failed_question(agent, feeds)
    agent.refusals = {"start": RESET}
    agent.gates["start"] = asyncio.Event()
    retrying = asyncio.create_task(feed.retry())
    await until(feed.changed, lambda: agent.asked["start"])
    await feed.stop()
    agent.runs.insert(0, a_run(run_named(7)) | {"kwargs": {"input": {"messages": [human()]}}})
    agent.gates["start"].set()
    with pytest.raises(Unreachable):
        await retrying
    await pause()
    assert feed.live and agent.asked["cancel"] == 0, "it is shown, and it is not ours to stop"


async def test_an_input_without_messages_that_failed_is_taken_and_can_be_asked_again(
    agent: Agent, feed: Feed
):
    await feed.send_input("agent", "sent-1", {"total": 1})
    agent.end("error", thread_state())
    await ended(feed)
    await feed.send_input("agent", "sent-1", {"total": 1})
    assert agent.asked["start"] == 1, "it was taken, and failed"
    assert [part for turn in feed.turns for part in turn.parts if isinstance(part, RunError)]
    assert await feed.retry() == []
    assert agent.asked["start"] == 2 and agent.bodies["start"]["input"] == {"total": 1}


async def test_what_the_last_run_left_out_is_asked_again_and_not_the_question_before(
    agent: Agent, feeds: Feeds
):
    agent.state = ANSWERED
    feed = await feeds.open(THREAD)
    await feed.send("agent", human("h2", "and now?"))
    agent.end("error", ANSWERED)
    await ended(feed)
    assert feed.returned
    assert await feed.retry() == ["h2"]
    assert agent.bodies["start"]["input"] == {"messages": [human("h2", "and now?")]}
    assert not feed.returned and said(feed) == ["hi", "hello", "and now?", ""]


async def test_a_retry_goes_on_where_the_run_failed(agent: Agent, feeds: Feeds):
    agent.state = thread_state(human(), next=["model"])
    agent.runs = [a_run(status="error")]
    feed = await feeds.open(THREAD)
    assert await feed.retry() == []
    assert agent.bodies["start"]["input"] is None
