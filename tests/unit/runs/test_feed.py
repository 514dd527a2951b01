"""Messages sent to a thread, and answers stopped."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
    THREAD,
    Agent,
    ai,
    human,
    metadata,
    pause,
    run_named,
    thread_state,
    token,
    until,
    values,
)
from tests.unit.runs.following import ANSWERED, ended, half_said, said, status
from webchat.agent_server import Busy, ServerFault, Unreachable
from webchat.runs import Feed, Feeds

# Sending.


async def test_a_message_is_shown_before_the_server_has_answered(agent: Agent, feed: Feed):
    agent.gates["start"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    assert said(feed) == ["hi"]
    assert feed.live and status(feed) == "starting"
    agent.gates["start"].set()
    await sending
    assert feed.run and feed.run.run_id == run_named(0)
    assert status(feed) == "running"
    assert agent.bodies["start"]["input"] == {"messages": [human()]}


async def test_tokens_are_shown_as_they_come_and_the_state_has_the_last_word(
    agent: Agent, feed: Feed
):
    await feed.send("agent", human())
    agent.say(metadata(), values(human()), token("hel"))
    await until(feed.changed, lambda: said(feed) == ["hi", "hel"])
    agent.say(token("lo"))
    await until(feed.changed, lambda: said(feed) == ["hi", "hello"])
    agent.end("success", thread_state(human(), ai(content="hello, corrected")))
    await ended(feed)
    assert said(feed) == ["hi", "hello, corrected"]
    assert status(feed) == "success" and feed.load_error is None
    assert feed.run and feed.run.ended_at and feed.run.ended_at >= feed.run.started_at
    assert not any(turn.live for turn in feed.transcript.turns)


async def test_a_new_thread_is_made_once_and_a_second_question_goes_to_it(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.end("success", ANSWERED)
    await ended(feed)
    await feed.send("agent", human("h2", "more"))
    assert agent.asked["create"] == 1
    assert said(feed) == ["hi", "hello", "more", ""]
    assert list(feed.logs) == [run_named(0), run_named(1)]


@pytest.mark.parametrize("route", ["create", "start"])
@pytest.mark.parametrize(("refusal", "error"), [(FAULT, ServerFault), (GONE, Unreachable)])
async def test_a_message_that_was_not_taken_is_not_shown(
    agent: Agent, feed: Feed, route: str, refusal: httpx.Response | Exception, error: type
):
    agent.refusals[route] = refusal
    with pytest.raises(error):
        await feed.send("agent", human())
    assert said(feed) == [] and not feed.live and feed.logs == {}


async def test_what_was_there_before_a_refused_message_stays(agent: Agent, feeds: Feeds):
    agent.state = ANSWERED
    feed = await feeds.open(THREAD)
    agent.refusals["start"] = GONE
    with pytest.raises(Unreachable):
        await feed.send("agent", human("h2", "more"))
    assert said(feed) == ["hi", "hello"]
    agent.refusals.clear()
    await feed.send("agent", human("h2", "more"))
    assert said(feed) == ["hi", "hello", "more", ""]


async def test_a_second_message_while_one_is_answered_is_busy(agent: Agent, feed: Feed):
    agent.gates["start"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    with pytest.raises(Busy):
        await feed.send("agent", human("h2"))
    agent.gates["start"].set()
    await sending
    with pytest.raises(Busy):
        await feed.send("agent", human("h2"))
    assert agent.asked["start"] == 1 and said(feed) == ["hi", ""]


async def test_a_thread_that_somebody_else_keeps_busy_is_busy(agent: Agent, feed: Feed):
    agent.refusals["start"] = httpx.Response(409, json={"detail": "Thread is already running"})
    with pytest.raises(Busy):
        await feed.send("agent", human())
    assert not feed.live


# Stopping.


async def test_a_stopped_answer_keeps_what_it_had_said(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(values(human()), token("half an"), token(" answer"))
    await until(feed.changed, lambda: said(feed)[-1] == "half an answer")
    await feed.stop()
    assert status(feed) == "stopping" and agent.asked["cancel"] == 1
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    assert agent.bodies["update"] == {
        "values": {
            "messages": [
                {
                    "type": "ai",
                    "id": "a1",
                    "content": "half an answer",
                    "response_metadata": {"finish_reason": "cancelled"},
                }
            ]
        },
        "as_node": "model",
    }
    assert said(feed) == ["hi", "half an answer"]
    assert status(feed) == "interrupted" and feed.transcript.turns[-1].stopped


async def test_a_stopped_answer_is_the_same_after_a_reload(agent: Agent, feeds: Feeds):
    feed = feeds.new()
    await half_said(agent, feed)
    await feed.stop()
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    again = await Feeds(agent.client()).open(feed.thread_id)
    assert again.transcript.turns == feed.transcript.turns


async def test_nothing_is_written_back_where_nothing_was_said(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    await feed.stop()
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    assert agent.asked["update"] == 0 and said(feed) == ["hi", ""]


async def test_nothing_is_written_back_where_the_answer_was_quicker_than_the_stop(
    agent: Agent, feed: Feed
):
    await feed.send("agent", human())
    agent.say(token("all of it"))
    await feed.stop()
    agent.end("success", thread_state(human(), ai(content="all of it")))
    await ended(feed)
    assert agent.asked["update"] == 0 and status(feed) == "success"


async def test_a_run_that_somebody_else_stopped_is_not_written_to(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(token("half"))
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    assert agent.asked["update"] == 0 and status(feed) == "interrupted"


async def test_a_partial_answer_that_cannot_be_kept_is_still_shown(agent: Agent, feed: Feed):
    await half_said(agent, feed)
    agent.refusals["update"] = FAULT
    await feed.stop()
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    assert said(feed) == ["hi", "half"] and status(feed) == "interrupted"


async def test_a_stop_that_could_not_be_told_says_so_and_the_run_goes_on(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.refusals["cancel"] = GONE
    with pytest.raises(Unreachable):
        await feed.stop()
    assert status(feed) == "running" and feed.live
    agent.refusals.clear()
    await feed.stop()
    assert status(feed) == "stopping"


async def test_a_second_stop_and_a_stop_of_nothing_ask_nothing(agent: Agent, feed: Feed):
    await feed.stop()
    await feed.send("agent", human())
    await feed.stop()
    await feed.stop()
    assert agent.asked["cancel"] == 1
    agent.end("success", ANSWERED)
    await ended(feed)
    await feed.stop()
    assert agent.asked["cancel"] == 1


async def test_a_stop_before_the_run_has_a_name_stops_it_once_it_has(agent: Agent, feed: Feed):
    agent.gates["start"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    await feed.stop()
    assert status(feed) == "stopping" and agent.asked["cancel"] == 0
    agent.gates["start"].set()
    await sending
    await until(feed.changed, lambda: agent.asked["cancel"])
    agent.end("interrupted", thread_state(human(), next=["model"]))
    await ended(feed)
    assert feed.transcript.turns[-1].stopped


async def test_a_stop_of_a_message_that_is_then_not_taken_stops_nothing(agent: Agent, feed: Feed):
    agent.gates["start"] = asyncio.Event()
    agent.refusals["start"] = GONE
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    await feed.stop()
    agent.gates["start"].set()
    with pytest.raises(Unreachable):
        await sending
    await pause()
    assert agent.asked["cancel"] == 0 and not feed.live
