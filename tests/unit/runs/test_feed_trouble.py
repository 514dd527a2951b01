"""Runs that fail, streams that break, and trying again."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
    Agent,
    ai,
    frame,
    human,
    metadata,
    run_named,
    thread_state,
    token,
    until,
    values,
)
from tests.unit.runs.following import ANSWERED, ASKED, ended, half_said, said, status
from webchat.agent_server import Busy, ServerFault, Unreachable
from webchat.runs import Feed
from webchat.transcript import RunError

# What goes wrong.


async def test_an_error_event_is_shown_and_stays(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(frame("error", {"error": "ValueError", "message": "bad input"}))
    agent.end("error", thread_state(human(), next=["model"]))
    await ended(feed)
    (error,) = [part for part in feed.transcript.turns[-1].parts if isinstance(part, RunError)]
    assert (error.kind, error.message) == ("ValueError", "bad input")
    assert status(feed) == "error" and feed.load_error is None, "the stream itself was fine"


async def test_a_cut_stream_is_told_and_found_again_with_nothing_twice(agent: Agent, feed: Feed):
    first = [metadata(event_id="1-0"), token("one ", event_id="2-0"), token("two ", event_id="3-0")]
    await feed.send("agent", human())
    agent.say(*first)
    await until(feed.changed, lambda: said(feed)[-1] == "one two ")
    agent.gates["join"] = asyncio.Event()
    agent.replay = [*first, token("three", event_id="4-0")]
    agent.cut()
    await until(feed.changed, lambda: feed.run and feed.run.stream == "reconnecting")
    assert feed.run and feed.run.why and feed.live
    agent.gates["join"].set()
    await until(feed.changed, lambda: feed.run and feed.run.stream == "resumed")
    assert feed.run.why == ""
    await until(feed.changed, lambda: said(feed)[-1] == "one two three")
    assert len(feed.logs[run_named(0)].events) == 4, "the wire has nothing twice either"
    agent.end("success", thread_state(human(), ai(content="one two three")))
    await ended(feed)
    assert feed.run.stream == "closed" and status(feed) == "success"


async def test_a_replay_that_begins_with_the_newest_event_shows_it_once(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(token("word ", event_id="1-0"))
    await until(feed.changed, lambda: said(feed)[-1] == "word ")
    agent.replay = [token("word ", event_id="1-0"), token("after", event_id="2-0")]
    agent.cut()
    await until(feed.changed, lambda: "after" in said(feed)[-1])
    assert said(feed)[-1] == "word after"


async def lose(agent: Agent, feed: Feed) -> None:
    """Send a message, get half an answer, and lose the server for good."""
    await half_said(agent, feed)
    agent.refusals.update(dict.fromkeys(("join", "standing", "state", "thread", "runs"), GONE))
    agent.cut()
    await ended(feed)


async def test_a_stream_that_is_not_found_again_is_trouble_not_success(agent: Agent, feed: Feed):
    await lose(agent, feed)
    assert status(feed) == "lost" and feed.run and feed.run.why
    assert feed.load_error is not None and feed.load_error.advice
    assert said(feed) == ["hi", "half"], "what was said stays"


async def test_a_run_whose_end_cannot_be_read_is_lost_too(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.refusals["state"] = GONE
    agent.end("success")
    await ended(feed)
    assert status(feed) == "lost" and isinstance(feed.load_error, Unreachable)


async def test_a_lost_run_is_followed_again_when_asked_to(agent: Agent, feed: Feed):
    await lose(agent, feed)
    agent.refusals.clear()
    agent.state = ASKED
    agent.replay = [values(human(), event_id="1-0"), token("half, then all", event_id="2-0")]
    await feed.retry()
    await until(feed.changed, lambda: said(feed)[-1] == "half, then all")
    assert feed.live and feed.load_error is None
    assert agent.asked["start"] == 1, "nothing was asked a second time"


async def test_a_lost_run_that_has_ended_meanwhile_shows_its_answer(agent: Agent, feed: Feed):
    await lose(agent, feed)
    agent.refusals.clear()
    agent.runs[0]["status"], agent.state = "success", ANSWERED
    await feed.retry()
    assert said(feed) == ["hi", "hello"] and not feed.live and feed.load_error is None


@pytest.mark.parametrize("route", ["thread", "runs", "state", "join"])
async def test_a_lost_run_stays_lost_while_it_cannot_be_read(agent: Agent, feed: Feed, route: str):
    await lose(agent, feed)
    agent.refusals = {route: FAULT}
    with pytest.raises(ServerFault):
        await feed.retry()
    assert feed.run and feed.run.status == "lost", "else nobody would try again"
    assert feed.load_error is not None


async def test_a_fault_of_our_own_ends_the_run_in_words_instead_of_never(
    agent: Agent, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    def broken(_: object) -> None:
        raise RuntimeError("a bug")

    await feed.send("agent", human())
    monkeypatch.setattr(feed.transcript, "apply", broken)
    agent.say(token("half"))
    await ended(feed)
    assert status(feed) == "lost" and feed.load_error and feed.load_error.advice
    assert "a bug" not in str(feed.load_error)


async def test_a_run_that_the_server_has_no_more_leaves_what_the_state_says(
    agent: Agent, feed: Feed
):
    agent.state = ANSWERED
    await feed.load()
    await feed.send("agent", human("h2", "more"))
    agent.say(token("half", id="a2"))
    await until(feed.changed, lambda: said(feed)[-1] == "half")
    agent.runs.clear()
    agent.wire.pieces.put_nowait(None)
    await ended(feed)
    assert status(feed) == "gone" and said(feed) == ["hi", "hello"]


# Trying again.


async def test_a_failed_step_that_is_due_is_gone_on_with(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.end("error", thread_state(human(), next=["model"]))
    await ended(feed)
    await feed.retry()
    assert agent.bodies["start"]["input"] is None
    assert agent.bodies["start"]["assistant_id"] == "agent"
    assert said(feed) == ["hi", ""]


async def test_where_nothing_is_due_the_last_question_is_asked_again(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.end("error", thread_state(human()))
    await ended(feed)
    await feed.retry()
    assert agent.bodies["start"]["input"]["messages"][0]["id"] == "h1"
    assert said(feed) == ["hi", ""], "the same question, not a second one"


async def test_trying_again_while_a_run_goes_on_is_busy(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    with pytest.raises(Busy):
        await feed.retry()
