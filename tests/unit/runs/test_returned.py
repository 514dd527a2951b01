"""A message that its thread did not take in comes back to a person."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import httpx
import pytest

from tests.unit.runs.agent import (
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    run_named,
    thread_state,
)
from tests.unit.runs.following import ended, half_said, said, status
from webchat import limits
from webchat.runs import Feed, Feeds

# Stopped before the first checkpoint.


async def stopped_at_once(agent: Agent, feed: Feed) -> None:
    await feed.send("agent", human())
    await feed.stop()
    agent.end("interrupted", thread_state())
    await ended(feed)


async def test_a_question_stopped_at_once_stays_in_the_thread(agent: Agent, feed: Feed):
    await stopped_at_once(agent, feed)
    assert agent.bodies["update"] == {"values": {"messages": [human()]}, "as_node": "__start__"}
    assert said(feed) == ["hi", ""] and status(feed) == "interrupted"
    assert not feed.returned and feed.transcript.turns[-1].stopped


async def test_a_question_that_the_thread_cannot_keep_is_given_back(agent: Agent, feed: Feed):
    agent.refusals = {"update": httpx.Response(500)}
    await stopped_at_once(agent, feed)
    assert feed.returned == (human(),) and said(feed) == []
    agent.refusals.clear()
    await feed.send("agent", human())
    assert agent.asked["start"] == 2 and not feed.returned, "it can be sent again"


async def test_a_question_that_was_rolled_back_is_given_back(agent: Agent, feed: Feed):
    await half_said(agent, feed)
    agent.runs.clear()
    agent.state = thread_state()
    agent.wire.pieces.put_nowait(None)
    await ended(feed)
    assert feed.returned == (human(),) and said(feed) == []


# Messages that came back.


async def test_a_returned_message_stays_until_it_is_taken(agent: Agent, feed: Feed):
    agent.refusals = {"update": httpx.Response(500)}
    await stopped_at_once(agent, feed)
    agent.refusals.clear()
    await feed.send("agent", human("h2"))
    assert feed.returned == (human(),), "another message does not replace it"
    feed.take_returned("h2")
    assert feed.returned == (human(),)
    feed.take_returned("h1")
    assert not feed.returned


async def refused_by_the_graph(agent: Agent, feed: Feed, id: str, content: str) -> None:
    """Send a message whose run fails before the thread has anything of it."""
    await feed.send("agent", human(id, content))
    agent.end("error", agent.state)
    await ended(feed)


async def test_all_messages_that_came_back_while_nobody_looked_are_handed_out_in_order(
    agent: Agent, feed: Feed
):
    for id in ("h2", "h1", "h3"):
        await refused_by_the_graph(agent, feed, id, f"words of {id}")
    assert [message["id"] for message in feed.returned] == ["h2", "h1", "h3"]
    feed.take_returned("h2")
    assert [message["id"] for message in feed.returned] == ["h1", "h3"]


async def test_messages_that_came_back_come_back_after_a_restart_of_ours(
    agent: Agent, feeds: Feeds, feed: Feed
):
    for id in ("h1", "h2"):
        await refused_by_the_graph(agent, feed, id, f"words of {id}")
    agent.runs = [run | {"thread_id": THREAD} for run in agent.runs]
    restarted = Feeds(agent.client())
    again = await restarted.open(THREAD)
    assert [message["content"] for message in again.returned] == ["words of h1", "words of h2"]
    again.take_returned("h1")
    await again.load()
    assert [message["id"] for message in again.returned] == ["h2"], "a page has the other"
    await again.send("agent", human("h2", "words of h2"))
    assert not again.returned and agent.asked["start"] == 3
    await restarted.aclose()


def a_failed_run(place: int, *messages: dict[str, Any]) -> dict[str, Any]:
    asked = {"kwargs": {"input": {"messages": list(messages)}}}
    return a_run(run_named(place), status="error") | asked


async def test_what_was_removed_from_the_thread_later_does_not_come_back(
    agent: Agent, feeds: Feeds
):
    agent.state = thread_state(human("h2", "summed up"), ai())
    agent.runs = [a_run(status="success"), a_failed_run(1, human("h1"))]
    assert not (await feeds.open(THREAD)).returned


async def test_what_the_thread_has_does_not_come_back(agent: Agent, feeds: Feeds):
    agent.state = thread_state(human("h1"))
    agent.runs = [a_failed_run(2, human("h1")), a_failed_run(1, human("h0"))]
    assert not (await feeds.open(THREAD)).returned


async def test_a_message_written_into_the_thread_meanwhile_is_handed_out_no_more(
    agent: Agent, feeds: Feeds
):
    agent.runs = [a_failed_run(1, human("h1"))]
    feed = await feeds.open(THREAD)
    assert feed.returned == (human("h1"),)
    agent.state = thread_state(human("h1"), checkpoint="c2")
    await feed.load()
    assert not feed.returned


async def test_a_thread_whose_last_run_was_stopped_at_once_shows_the_turn_before_as_it_was(
    agent: Agent, feeds: Feeds
):
    agent.state = thread_state(human("h0"), ai())
    agent.thread = {"status": "interrupted", "error": {"error": "UserInterrupt"}}
    agent.runs = [a_failed_run(1, human("h1")) | {"status": "interrupted"}]
    feed = await feeds.open(THREAD)
    assert feed.returned == (human("h1"),)
    assert not any(turn.stopped for turn in feed.turns)


async def test_a_thread_is_kept_until_its_returned_message_is_taken(
    agent: Agent, feeds: Feeds, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FEED_IDLE", 0.001)
    agent.refusals = {"update": httpx.Response(500)}
    await stopped_at_once(agent, feed)
    thread_id, seen = feed.thread_id, weakref.ref(feed)
    del feed
    while (left := seen()) is not None and left.logs:
        del left
        await asyncio.sleep(0.001)
    gc.collect()
    assert (await feeds.open(thread_id)).returned == (human(),)
