"""A message is sent once, and what became of it is known, whatever fails on the way."""

from __future__ import annotations

import asyncio
import gc
import weakref

import httpx
import pytest

from tests.unit.runs.agent import (
    GONE,
    NO_THREAD,
    RESET,
    RUN,
    THREAD,
    Agent,
    a_run,
    ai,
    frame,
    human,
    metadata,
    pause,
    run_named,
    thread_state,
    token,
    until,
)
from tests.unit.runs.following import ANSWERED, ASKED, ended, half_said, said, status
from webchat import limits
from webchat.agent_server import Busy, ServerFault, UnknownThread, Unreachable
from webchat.runs import Feed, Feeds
from webchat.transcript import RunError

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
    assert feed.returned is None and feed.transcript.turns[-1].stopped


async def test_a_question_that_the_thread_cannot_keep_is_given_back(agent: Agent, feed: Feed):
    agent.refusals = {"update": httpx.Response(500)}
    await stopped_at_once(agent, feed)
    assert feed.returned == human() and said(feed) == []
    agent.refusals.clear()
    await feed.send("agent", human())
    assert agent.asked["start"] == 2 and feed.returned is None, "it can be sent again"


async def test_a_question_that_was_rolled_back_is_given_back(agent: Agent, feed: Feed):
    await half_said(agent, feed)
    agent.runs.clear()
    agent.state = thread_state()
    agent.wire.pieces.put_nowait(None)
    await ended(feed)
    assert feed.returned == human() and said(feed) == []


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
    assert said(feed) == ["hi", "half"] and feed.returned is None


async def test_the_error_of_a_run_whose_question_has_no_id_stays(agent: Agent, feeds: Feeds):
    feed = await joined_without_id(agent, feeds)
    agent.say(frame("error", {"error": "GraphRecursionError", "message": "limit of 100"}))
    agent.end("error")
    await ended(feed)
    assert said(feed) == ["hi", "half"] and feed.returned is None
    assert isinstance(feed.turns[-1].parts[-1], RunError)


async def test_the_error_of_a_run_that_took_no_question_is_shown(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(frame("error", {"error": "ValueError", "message": "no such model"}))
    agent.thread = {"status": "error", "error": {"error": "ValueError", "message": "no such model"}}
    agent.end("error", thread_state())
    await ended(feed)
    assert feed.returned == human()
    (error,) = [part for turn in feed.turns for part in turn.parts]
    assert isinstance(error, RunError) and error.message == "no such model"


# Messages that came back.


async def test_a_returned_message_stays_until_it_is_taken(agent: Agent, feed: Feed):
    agent.refusals = {"update": httpx.Response(500)}
    await stopped_at_once(agent, feed)
    agent.refusals.clear()
    await feed.send("agent", human("h2"))
    assert feed.returned == human(), "another message does not replace it"
    assert feed.take_returned("h2") is None and feed.returned == human()
    assert feed.take_returned("h1") == human() and feed.returned is None


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
    assert (await feeds.open(thread_id)).returned == human()


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


# Asking again.


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
