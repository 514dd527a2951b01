"""A message whose request got no answer is looked for before it is sent again."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    GONE,
    RESET,
    RUN,
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    metadata,
    pause,
    run_named,
    thread_state,
    token,
    until,
)
from tests.unit.runs.following import ANSWERED, ASKED, ended, said, status
from webchat.agent_server import Unreachable
from webchat.runs import Feed, Feeds
from webchat.transcript import RunError

# A lost answer.


async def test_a_run_that_was_taken_with_the_answer_lost_is_followed(agent: Agent, feed: Feed):
    agent.unanswered = {"start"}
    agent.state = ASKED
    await feed.send("agent", human())
    assert agent.asked["start"] == 1
    assert feed.live and feed.run and feed.run.run_id == run_named(0)
    agent.say(token("hello", event_id="1-0"))
    await until(feed.changed, lambda: said(feed) == ["hi", "hello"])


async def test_a_run_that_has_ended_before_it_was_found_is_shown(agent: Agent, feed: Feed):
    agent.unanswered = {"start"}
    agent.gates["runs"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    agent.end("success", ANSWERED)
    agent.gates["runs"].set()
    await sending
    assert said(feed) == ["hi", "hello"] and not feed.live


async def test_a_message_that_never_got_there_is_said_to_have_failed(agent: Agent, feed: Feed):
    agent.refusals = {"start": RESET}
    with pytest.raises(Unreachable):
        await feed.send("agent", human())
    assert said(feed) == [] and not feed.live
    agent.refusals.clear()
    await feed.send("agent", human())
    assert agent.asked["start"] == 2 and feed.live


async def test_sending_again_after_an_outage_looks_first(agent: Agent, feed: Feed):
    agent.unanswered = {"start"}
    agent.refusals = {"thread": GONE}
    with pytest.raises(Unreachable):
        await feed.send("agent", human())
    assert not feed.live, "nobody knows whether the run goes on"
    agent.unanswered, agent.refusals, agent.state = set(), {}, ASKED
    await feed.send("agent", human())
    assert agent.asked["start"] == 1
    assert feed.live and feed.run and feed.run.run_id == run_named(0)


async def test_a_message_that_was_refused_is_not_looked_for(agent: Agent, feed: Feed):
    agent.refusals = {"start": GONE}
    with pytest.raises(Unreachable):
        await feed.send("agent", human())
    assert agent.asked["runs"] == 0


# What happens while the answer to a request is lost.


async def test_anothers_run_is_followed_once_while_a_message_is_looked_for(
    agent: Agent, feeds: Feeds
):
    feed = await feeds.open(THREAD)
    agent.refusals = {"start": RESET}
    agent.replay = [metadata(event_id="1-0"), token("one ", event_id="2-0")]
    agent.runs = [a_run() | {"kwargs": {"input": {"messages": [human("theirs")]}}}]
    with pytest.raises(Unreachable):
        await feed.send("agent", human())
    agent.say(token("two", event_id="3-0"))
    agent.end("success", thread_state(human("theirs"), ai(content="one two")))
    await ended(feed)
    assert agent.asked["join"] == 1 and agent.asked["runs"] > 2, "looked for again all the same"
    assert len(feed.logs[RUN].events) == 3


async def test_a_stop_while_the_answer_is_lost_stops_the_run(agent: Agent, feed: Feed):
    agent.unanswered, agent.state = {"start"}, ASKED
    agent.gates["start"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    await feed.stop()
    agent.gates["start"].set()
    await sending
    await pause()
    assert agent.asked["cancel"] == 1 and status(feed) == "stopping"


async def test_a_stop_while_the_answer_is_lost_stops_nobody_elses_run(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    agent.refusals = {"start": RESET}
    agent.runs = [a_run() | {"kwargs": {"input": {"messages": [human("theirs")]}}}]
    agent.gates["start"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    await feed.stop()
    agent.gates["start"].set()
    with pytest.raises(Unreachable):
        await sending
    await pause()
    assert agent.asked["cancel"] == 0 and status(feed) == "running"


async def test_a_run_that_failed_at_once_took_its_message_though_the_answer_was_lost(
    agent: Agent, feed: Feed
):
    agent.unanswered = {"start"}
    agent.gates["runs"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    agent.thread = {"status": "error", "error": {"error": "ValueError", "message": "no model"}}
    agent.end("error", thread_state())
    agent.gates["runs"].set()
    await sending
    assert agent.asked["start"] == 1
    assert feed.returned == (human(),), "the person decides"
    (error,) = [part for turn in feed.turns for part in turn.parts]
    assert isinstance(error, RunError) and error.message == "no model"


async def test_an_older_run_that_failed_does_not_count_for_a_message_that_is_sent_again(
    agent: Agent, feed: Feed
):
    await feed.send("agent", human())
    agent.end("error", thread_state())
    await ended(feed)
    agent.refusals = {"start": RESET}
    with pytest.raises(Unreachable):
        await feed.send("agent", human())
    assert feed.doubts("h1")
    agent.refusals.clear()
    await feed.send("agent", human())
    assert agent.asked["start"] == 3 and feed.live and not feed.doubts("h1")


async def test_a_message_that_a_fault_of_ours_cut_off_is_looked_for_before_it_is_sent_again(
    agent: Agent, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    agent.state = ASKED
    with monkeypatch.context() as broken:
        broken.setattr("webchat.runs.sending.follow", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await feed.send("agent", human())
    assert feed.doubts("h1")
