"""A message is sent once, and what became of it is known."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.unit.runs.agent import (
    NO_THREAD,
    RUN,
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    pause,
    thread_state,
    token,
    until,
)
from tests.unit.runs.following import ANSWERED, ended, said
from webchat.agent_server import Busy, UnknownThread
from webchat.runs import Feed, Feeds

BUSY = httpx.Response(409, json={"detail": "Thread is already running a task."})
NO_THREAD_OR_ASSISTANT = httpx.Response(404, json={"detail": "Thread or assistant not found."})

# One id, one run.


async def test_a_message_sent_twice_at_once_starts_one_run(agent: Agent, feed: Feed):
    agent.gates["start"] = asyncio.Event()
    sending = [asyncio.create_task(feed.send("agent", human())) for _ in range(3)]
    await pause()
    agent.gates["start"].set()
    await asyncio.gather(*sending)
    assert agent.asked["start"] == 1 and said(feed) == ["hi", ""]


async def test_a_message_whose_run_goes_on_is_not_sent_again(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    await feed.send("agent", human())
    assert agent.asked["start"] == 1 and said(feed) == ["hi", ""]


async def test_a_message_that_the_thread_has_is_not_sent_again(agent: Agent, feeds: Feeds):
    agent.state, agent.runs = ANSWERED, [a_run(status="success")]
    feed = await feeds.open(THREAD)
    await feed.send("agent", human())
    assert agent.asked["start"] == 0 and said(feed) == ["hi", "hello"]


async def test_an_input_without_messages_is_sent_once_though_the_answer_was_lost(
    agent: Agent, feeds: Feeds
):
    agent.unanswered.add("start")
    feed = await feeds.open(THREAD)
    await feed.send_input("agent", "sent-1", {"total": 1})
    assert agent.bodies["start"]["input"] == {"total": 1}
    assert feed.live and feed.holds("sent-1")
    await feed.send_input("agent", "sent-1", {"total": 1})
    assert agent.asked["start"] == 1


async def test_the_metadata_of_a_run_tell_what_was_sent_only_where_its_messages_do_not(
    agent: Agent, feed: Feed
):
    await feed.send("agent", human())
    assert "metadata" not in agent.bodies["start"]


async def test_a_message_that_a_joined_run_was_started_with_is_not_sent_again(
    agent: Agent, feeds: Feeds
):
    agent.state = thread_state()
    agent.runs = [a_run() | {"kwargs": {"input": {"messages": [human()]}}}]
    feed = await feeds.open(THREAD)
    assert said(feed) == ["hi", ""], "it is shown before the state has it"
    await feed.send("agent", human())
    assert agent.asked["start"] == 0


async def test_a_message_of_a_run_that_was_taken_back_can_be_sent_again(agent: Agent, feeds: Feeds):
    agent.state = thread_state()
    run_input = {"kwargs": {"input": {"messages": [human()]}}}
    agent.runs = [a_run(status="interrupted") | run_input]
    feed = await feeds.open(THREAD)
    await feed.send("agent", human())
    assert agent.asked["start"] == 1


async def test_a_message_gets_there_though_whoever_sent_it_has_gone(agent: Agent, feed: Feed):
    agent.gates["create"] = asyncio.Event()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    sending.cancel()
    await pause()
    agent.gates["create"].set()
    await until(feed.changed, lambda: feed.run and feed.run.run_id)
    agent.say(token("hello"))
    await until(feed.changed, lambda: said(feed) == ["hi", "hello"])


# A thread that is busy.


async def test_a_run_of_somebody_else_is_joined_and_can_be_stopped(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    agent.runs, agent.refusals = [a_run()], {"start": BUSY}
    agent.state = thread_state(human("other", "theirs"), checkpoint="c2")
    with pytest.raises(Busy):
        await feed.send("agent", human())
    assert feed.live and feed.run and feed.run.run_id == RUN
    assert said(feed) == ["theirs", ""], "the message was not sent, and is not shown"
    await feed.stop()
    assert agent.asked["cancel"] == 1


async def test_after_the_other_run_the_message_can_be_sent(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    agent.runs, agent.refusals = [a_run()], {"start": BUSY}
    with pytest.raises(Busy):
        await feed.send("agent", human())
    agent.refusals.clear()
    agent.end("success", thread_state(human("other"), ai("b")))
    await ended(feed)
    await feed.send("agent", human())
    assert feed.live


async def test_a_thread_read_while_a_message_is_sent_loses_neither(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    agent.gates["state"] = asyncio.Event()
    loading = asyncio.create_task(feed.load())
    await pause()
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    assert said(feed) == ["hi"], "shown at once"
    agent.gates["state"].set()
    await asyncio.gather(loading, sending)
    assert agent.asked["start"] == 1 and feed.live
    agent.say(token("half"))
    await until(feed.changed, lambda: said(feed) == ["hi", "half"])


# A thread that is gone.


async def test_a_deleted_thread_is_not_made_anew_in_silence(agent: Agent, feeds: Feeds):
    agent.state = ANSWERED
    feed = await feeds.open(THREAD)
    agent.refusals = {"start": NO_THREAD_OR_ASSISTANT, "thread": NO_THREAD}
    for _ in range(2):
        with pytest.raises(UnknownThread):
            await feed.send("agent", human("h2"))
    assert agent.bodies["start"]["if_not_exists"] == "reject"
    assert agent.asked["create"] == 0 and agent.asked["start"] == 1
    assert isinstance(feed.load_error, UnknownThread)


async def test_a_thread_that_the_page_named_is_made_by_its_first_message(
    agent: Agent, feeds: Feeds
):
    agent.refusals = {"thread": NO_THREAD}
    with pytest.raises(UnknownThread):
        await feeds.open(THREAD)
    feed = await feeds.open(THREAD, create=True)
    assert said(feed) == [] and agent.asked["create"] == 0
    await feed.send("agent", human())
    assert agent.bodies["create"]["thread_id"] == THREAD and feed.live


async def test_the_first_message_of_a_thread_survives_a_reload_before_it_was_taken(
    agent: Agent, feeds: Feeds
):
    agent.refusals = {"thread": NO_THREAD}
    agent.gates["start"] = asyncio.Event()
    feed = await feeds.open(THREAD, create=True)
    sending = asyncio.create_task(feed.send("agent", human()))
    await pause()
    sending.cancel()
    again = await feeds.open(THREAD, create=True)
    assert again is feed and said(again) == ["hi"]
    sending = asyncio.create_task(again.send("agent", human()))
    await pause()
    agent.gates["start"].set()
    await sending
    assert agent.asked["start"] == 1


async def test_one_thread_has_one_feed_however_its_id_is_spelt(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    assert await feeds.open(THREAD.upper()) is feed
    assert feed.thread_id == THREAD
