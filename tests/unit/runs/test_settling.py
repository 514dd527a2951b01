"""How a run ended is read from the server, whatever it takes."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.runs.agent import (
    RESET,
    THREAD,
    Agent,
    a_run,
    frame,
    human,
    thread_state,
    token,
    until,
)
from tests.unit.runs.following import ANSWERED, ended, half_said, said, status
from webchat.agent_server import ServerFault
from webchat.runs import Feed, Feeds
from webchat.transcript import RunError

# The end of a run.


@pytest.mark.parametrize(
    "faults", [[httpx.Response(502)], [RESET, RESET], [httpx.ReadTimeout("")] * 3]
)
async def test_an_answer_whose_end_is_hard_to_read_is_not_lost(
    agent: Agent, feed: Feed, faults: list[httpx.Response | Exception]
):
    await half_said(agent, feed)
    agent.refusals = {"state": list(faults)}
    agent.end("success", ANSWERED)
    await ended(feed)
    assert status(feed) == "success" and said(feed) == ["hi", "hello"]
    assert feed.load_error is None


async def test_a_thread_that_is_hard_to_read_is_read_in_the_end(agent: Agent, feeds: Feeds):
    agent.state = ANSWERED
    agent.refusals = {"thread": [httpx.Response(502), RESET]}
    assert said(await feeds.open(THREAD)) == ["hi", "hello"]


async def test_a_thread_that_cannot_be_read_is_said_not_to_be(agent: Agent, feeds: Feeds):
    agent.refusals = {"thread": httpx.Response(502)}
    with pytest.raises(ServerFault):
        await feeds.open(THREAD)


# What another program sent may have no id.


async def joined_without_id(agent: Agent, feeds: Feeds) -> Feed:
    """A run that a script started; the server gave its question an id."""
    asked = {"input": {"messages": [{"role": "user", "content": "hi"}]}}
    agent.state = thread_state(human("given by the server"), next=["model"])
    agent.runs = [a_run() | {"kwargs": asked}]
    feed = await feeds.open(THREAD)
    agent.say(token("half"))
    await until(feed.changed, lambda: said(feed) == ["hi", "half"])
    return feed


async def test_a_stopped_question_without_an_id_is_not_written_twice(agent: Agent, feeds: Feeds):
    feed = await joined_without_id(agent, feeds)
    await feed.stop()
    agent.end("interrupted")
    await ended(feed)
    assert agent.asked["update"] == 1, "the partial answer"
    assert agent.bodies["update"]["as_node"] == "model"
    assert said(feed) == ["hi", "half"] and not feed.returned


async def test_the_error_of_a_run_whose_question_has_no_id_stays(agent: Agent, feeds: Feeds):
    feed = await joined_without_id(agent, feeds)
    agent.say(frame("error", {"error": "GraphRecursionError", "message": "limit of 100"}))
    agent.end("error")
    await ended(feed)
    assert said(feed) == ["hi", "half"] and not feed.returned
    assert isinstance(feed.turns[-1].parts[-1], RunError)


async def test_the_error_of_a_run_that_took_no_question_is_shown(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(frame("error", {"error": "ValueError", "message": "no such model"}))
    agent.thread = {"status": "error", "error": {"error": "ValueError", "message": "no such model"}}
    agent.end("error", thread_state())
    await ended(feed)
    assert feed.returned == (human(),)
    (error,) = [part for turn in feed.turns for part in turn.parts]
    assert isinstance(error, RunError) and error.message == "no such model"
