"""A thread that is read, a run that is joined, and the wire of runs that were."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.unit.runs.agent import (
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
from tests.unit.runs.following import ANSWERED, ASKED, ended, said, status
from webchat import limits
from webchat.agent_server import MalformedId
from webchat.runs import Feed, Feeds, following
from webchat.runs.signal import Signal

# Loading.


async def test_a_thread_at_rest_is_loaded_as_its_state_has_it(agent: Agent, feeds: Feeds):
    agent.state, agent.runs = ANSWERED, [a_run(status="success")]
    feed = await feeds.open(THREAD)
    assert said(feed) == ["hi", "hello"] and not feed.live
    assert agent.asked["join"] == 0 and feed.assistant_id == "agent"


@pytest.mark.parametrize("under_way", ["pending", "running"])
async def test_a_run_that_goes_on_is_joined_from_its_start(
    agent: Agent, feeds: Feeds, under_way: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "CATCHING_UP", 0.0)
    agent.state, agent.runs = ASKED, [a_run()]
    agent.replay = [metadata(event_id="1-0"), token("the same", event_id="2-0")]
    feed = await feeds.open(THREAD)
    agent.runs[0]["status"] = under_way
    assert feed.live and feed.run and feed.run.run_id == RUN
    await until(feed.changed, lambda: said(feed) == ["hi", "the same"])
    agent.say(token(" answer", event_id="3-0"))
    await until(feed.changed, lambda: said(feed) == ["hi", "the same answer"])
    agent.end("success", thread_state(human(), ai(content="the same answer")))
    await ended(feed)
    assert said(feed) == ["hi", "the same answer"]


async def test_a_replay_is_shown_at_once_and_not_event_by_event(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "CATCHING_UP", 3600.0)
    agent.state, agent.runs = ASKED, [a_run()]
    agent.replay = [token("word ", event_id=f"{n}-0") for n in range(1, 101)]
    fired: list[int] = []
    original = Signal.fire
    monkeypatch.setattr(Signal, "fire", lambda self: (fired.append(1), original(self)))
    feed = await feeds.open(THREAD)
    agent.end("success", ANSWERED)
    await ended(feed)
    assert len(feed.logs[RUN].events) == 100 and len(fired) < 10


async def test_a_replay_is_shown_even_if_nothing_comes_after_it(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "CATCHING_UP", 0.01)
    agent.state, agent.runs = ASKED, [a_run()]
    agent.replay = [token("word", event_id="1-0")]
    feed, wake = await feeds.open(THREAD), asyncio.Event()
    with feed.changed.watching(wake):
        await pause()
        assert said(feed)[-1] == "word"
        await asyncio.wait_for(wake.wait(), 60)


async def test_a_joined_run_tells_the_seconds_of_the_run_from_when_it_was_made(
    agent: Agent, feeds: Feeds
):
    agent.state = ASKED
    agent.runs = [a_run() | {"created_at": "2026-11-18T11:06:40+00:00"}]
    agent.replay = [token("a", event_id="1795000001500-0")]
    feed = await feeds.open(THREAD)
    await until(feed.changed, lambda: feed.logs[RUN].events)
    (row,) = feed.logs[RUN].events
    assert row.at - feed.logs[RUN].started_at == 1.5
    assert feed.run and feed.run.started_at == 1_795_000_000.0


async def test_an_id_that_is_none_is_said_to_be_none_before_anything_is_asked(
    agent: Agent, feeds: Feeds
):
    with pytest.raises(MalformedId):
        await feeds.open("../../assistants")
    assert not agent.asked


async def test_a_state_that_cannot_be_read_falls_back_to_the_threads_values(
    agent: Agent, feeds: Feeds
):
    agent.state, agent.values = None, {"messages": [human(), ai()]}
    feed = await feeds.open(THREAD)
    assert said(feed) == ["hi", "hello"]


async def test_input_that_the_graph_could_not_take_ends_in_an_error_not_in_trouble(
    agent: Agent, feeds: Feeds
):
    agent.state = ANSWERED
    feed = await feeds.open(THREAD)
    await feed.send("agent", human("h2", "more"))
    agent.say(frame("error", {"error": "ValueError", "message": "must have content"}))
    agent.values, agent.state = {"messages": [human(), ai()]}, None
    agent.end("error")
    await ended(feed)
    assert status(feed) == "error" and feed.load_error is None
    assert "hello" in said(feed)


# The wire.


async def test_what_comes_after_a_replay_is_shown_whatever_the_wall_clock_says(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(following, "CATCHING_UP", 0.01)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    agent.state, agent.runs = ASKED, [a_run()]
    agent.replay = [token("the last", event_id="1-0")]
    feed = await feeds.open(THREAD)
    await until(feed.changed, lambda: said(feed) == ["hi", "the last"])
    agent.say(token(" word", event_id="2-0"))
    await until(feed.changed, lambda: said(feed) == ["hi", "the last word"])


async def test_the_wire_of_a_run_of_ours_is_not_asked_for(agent: Agent, feed: Feed):
    await feed.send("agent", human())
    agent.say(metadata(), token("a"))
    await until(feed.changed, lambda: said(feed)[-1] == "a")
    wire = await feed.wire_of(run_named(0))
    assert [row.mode for row in wire.events] == ["metadata", "messages"]
    assert agent.asked["join"] == 0


async def test_the_wire_of_another_run_is_what_the_server_replays_and_is_kept(
    agent: Agent, feeds: Feeds
):
    agent.state, agent.runs = ANSWERED, [a_run(status="success")]
    agent.replay = [metadata(event_id="1-0"), token("a", event_id="2-0")]
    feed = await feeds.open(THREAD)
    wire = await feed.wire_of(RUN)
    assert [row.mode for row in wire.events] == ["metadata", "messages"]
    assert await feed.wire_of(RUN) is wire and agent.asked["join"] == 1


async def test_a_replay_for_the_wire_that_is_cut_has_nothing_twice(agent: Agent, feeds: Feeds):
    agent.state, agent.runs = ANSWERED, [a_run(status="success")]
    feed = await feeds.open(THREAD)
    agent.replay = [metadata(event_id="1-0"), token("a", event_id="2-0")]
    agent.runs[0]["status"] = "running"
    reading = asyncio.create_task(feed.wire_of(RUN))
    await pause()
    agent.cut()
    await pause()
    agent.end()
    wire = await reading
    assert agent.asked["join"] == 2
    assert [row.mode for row in wire.events] == ["metadata", "messages"]


async def test_only_the_newest_wires_are_kept(
    agent: Agent, feed: Feed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "LOGS_KEPT", 2)
    for place in range(3):
        await feed.send("agent", human(f"m{place}"))
        agent.end("success", ANSWERED)
        await ended(feed)
    assert list(feed.logs) == [run_named(1), run_named(2)]


async def test_a_replayed_wire_tells_the_seconds_of_the_run_and_not_of_the_replay(
    agent: Agent, feeds: Feeds
):
    agent.state, agent.runs = ANSWERED, [a_run(status="success")]
    agent.replay = [
        metadata(event_id="1795000000000-0"),
        token("a", event_id="1795000000750-0"),
        token("b", event_id="1795000002000-3"),
    ]
    feed = await feeds.open(THREAD)
    wire = await feed.wire_of(RUN)
    assert [row.at - wire.started_at for row in wire.events] == [0.0, 0.75, 2.0]
