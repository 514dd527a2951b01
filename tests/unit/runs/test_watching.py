"""What others do to a thread appears by itself while somebody looks at it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest

from tests.unit.agent_server.fake import frame
from tests.unit.runs.agent import (
    GONE,
    NO_THREAD,
    RUN,
    THREAD,
    Agent,
    a_run,
    human,
    pause,
    thread_state,
    token,
    until,
)
from tests.unit.runs.following import ANSWERED, LONGER, ended, half_said, said, soon
from webchat.agent_server import UnknownThread, thread_stream
from webchat.runs import Feed, Feeds, watching
from webchat.transcript.parts import Removed, RunError


@pytest.fixture
def agent() -> Agent:
    return Agent(ANSWERED)


@pytest.fixture
async def watched(feeds: Feeds) -> AsyncIterator[Feed]:
    """A feed that a tab looks at."""
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        yield feed


def tell(agent: Agent, event: str, data: object) -> None:
    agent.changes.pieces.put_nowait(frame(event, data))


async def test_a_run_that_somebody_else_started_is_joined(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    agent.state, agent.runs = LONGER, [a_run()]
    agent.replay = [token("theirs", id="a2", event_id="1-0")]
    tell(agent, "metadata", {"run_id": RUN, "attempt": 1})
    await until(watched.changed, lambda: said(watched)[-1] == "theirs")
    assert watched.live and said(watched)[:3] == ["hi", "hello", "more"]
    assert agent.asked["join"] == 1


async def test_a_run_that_began_before_the_stream_was_there_is_joined(agent: Agent, feeds: Feeds):
    agent.gates["watch"] = asyncio.Event()
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["watch"])
        agent.state, agent.runs = LONGER, [a_run()]
        agent.gates["watch"].set()
        await until(feed.changed, lambda: feed.live)


async def test_a_state_that_somebody_wrote_is_shown(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    agent.state = LONGER
    tell(agent, "state_update", {"state": LONGER})
    await until(watched.changed, lambda: said(watched) == ["hi", "hello", "more"])


async def test_a_run_that_failed_before_its_first_step_says_why(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    agent.runs = [a_run(status="error")]
    agent.thread = {"status": "error", "error": {"error": "ImportError", "message": "No graph."}}
    tell(agent, "metadata", {"run_id": RUN, "status": "run_done"})
    await until(watched.changed, lambda: watched.runs)
    assert watched.turns[-1].parts[-1] == RunError("error", "ImportError", "No graph.")


async def test_what_only_the_stream_told_stays_when_the_state_is_written(
    agent: Agent, feeds: Feeds
):
    feed = feeds.new()
    agent.state = thread_state()
    with feed.changed.watching(asyncio.Event()):
        await feed.send("agent", human())
        agent.say(token("hello"))
        agent.end("success", ANSWERED)
        await ended(feed)
        await soon(lambda: agent.asked["watch"])
        first_token = feed.turns[1].first_token_at
        agent.state = LONGER
        tell(agent, "state_update", {"state": LONGER})
        await until(feed.changed, lambda: said(feed) == ["hi", "hello", "more"])
    assert first_token is not None and feed.turns[1].first_token_at == first_token


async def test_a_run_of_ours_is_read_once(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    await half_said_more(agent, watched)
    tell(agent, "metadata", {"run_id": RUN, "attempt": 1})
    agent.say(token(" and whole", id="a2"))
    await until(watched.changed, lambda: said(watched)[-1] == "half and whole")
    assert agent.asked["join"] == 0


async def half_said_more(agent: Agent, feed: Feed) -> None:
    await feed.send("agent", human("h2", "more"))
    agent.say(token("half", id="a2"))
    await until(feed.changed, lambda: said(feed)[-1] == "half")


async def test_after_a_run_of_ours_the_thread_is_watched_again(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    await half_said_more(agent, watched)
    agent.end("success", LONGER)
    await ended(watched)
    await soon(lambda: agent.asked["watch"] == 2)


async def test_a_run_that_waited_behind_another_is_followed_after_it(agent: Agent, feeds: Feeds):
    later = a_run(RUN[:-1] + "a", "pending")
    agent.runs = [later, a_run()]
    feed = await feeds.open(THREAD)
    assert feed.run and feed.run.run_id == RUN, "the first is at work"
    with feed.changed.watching(asyncio.Event()):
        agent.runs[1]["status"], agent.runs[0]["status"] = "success", "running"
        agent.wire.pieces.put_nowait(None)
        await until(feed.changed, lambda: feed.run and feed.run.run_id == later["run_id"])
    assert [run.run_id for run in feed.runs] == [RUN, later["run_id"]]


async def test_a_deleted_thread_stays_readable_and_takes_no_message(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    agent.refusals = {"thread": NO_THREAD}
    tell(agent, "state_update", {"state": {}})
    await until(watched.changed, lambda: watched.deleted)
    assert said(watched) == ["hi", "hello"] and watched.load_error and watched.load_error.advice
    with pytest.raises(UnknownThread):
        await watched.send("agent", human("h2"))
    assert agent.asked["start"] == 0 and agent.asked["create"] == 0


async def test_silence_about_a_deleted_thread_is_found_out(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(thread_stream, "DELETION_CHECK", 0.001)
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["watch"])
        agent.refusals = {"thread": NO_THREAD}
        await until(feed.changed, lambda: feed.deleted)


async def test_a_lost_run_is_followed_again_by_itself(agent: Agent, feeds: Feeds):
    feed = feeds.new()
    agent.state = thread_state()
    with feed.changed.watching(asyncio.Event()):
        await half_said(agent, feed)
        agent.refusals.update(dict.fromkeys(("join", "standing", "state", "thread", "runs"), GONE))
        agent.cut()
        await ended(feed)
        assert feed.lost
        agent.runs[0]["status"], agent.state = "success", ANSWERED
        agent.refusals.clear()
        await until(feed.changed, lambda: said(feed) == ["hi", "hello"])
    assert feed.load_error is None


async def test_a_message_sent_while_the_thread_is_read_goes_first(agent: Agent, watched: Feed):
    await soon(lambda: agent.asked["watch"])
    agent.gates["state"] = asyncio.Event()
    tell(agent, "state_update", {"state": {}})
    await soon(lambda: watched.changing.locked())
    await watched.send("agent", human("h2", "more"))
    assert watched.live and agent.asked["start"] == 1


async def test_a_page_that_comes_just_as_the_last_one_is_given_up_is_told(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watching, "LINGER", 0.05)
    feed, loop = await feeds.open(THREAD), asyncio.get_running_loop()
    with ExitStack() as page:
        with feed.changed.watching(asyncio.Event()):
            await soon(lambda: agent.asked["watch"])
        await pause()
        loop.call_later(0.05, page.enter_context, feed.changed.watching(asyncio.Event()))
        loop.call_soon(time.sleep, 0.2)  # by then both are due, and come one after the other
        await soon(lambda: agent.asked["watch"] == 2)


async def test_nobody_looking_nothing_is_asked(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(watching, "LINGER", 0.0)
    feed = await feeds.open(THREAD)
    await pause()
    assert agent.asked["watch"] == 0
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["watch"])
    await pause()
    asked = agent.asked.copy()
    tell(agent, "state_update", {"state": {}})
    await pause()
    assert agent.asked == asked


async def test_a_page_that_is_loaded_again_keeps_one_watch(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    for _ in range(5):
        with feed.changed.watching(asyncio.Event()):
            await pause()
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["watch"])
        agent.state = LONGER
        tell(agent, "state_update", {"state": LONGER})
        await until(feed.changed, lambda: said(feed)[-1] == "more")


async def test_a_message_sent_while_finished_runs_are_read_again_goes_first(
    agent: Agent, feeds: Feeds
):
    agent.runs = [a_run(status="success")]
    agent.gates["join"] = asyncio.Event()
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["join"])
        await half_said_more(agent, feed)
    assert said(feed) == ["hi", "hello", "more", "half"]


async def test_where_nothing_can_be_replayed_the_state_is_shown(agent: Agent, feeds: Feeds):
    agent.runs = [a_run(status="success")]
    feed = await feeds.open(THREAD)
    assert feed.replayable
    with feed.changed.watching(asyncio.Event()):
        await until(feed.changed, lambda: not feed.replayable)
    assert said(feed) == ["hi", "hello"] and not feed.logs


async def test_messages_that_somebody_removed_leave_a_line(agent: Agent, feeds: Feeds):
    agent.state = LONGER
    feed = await feeds.open(THREAD)
    with feed.changed.watching(asyncio.Event()):
        await soon(lambda: agent.asked["watch"])
        agent.state = thread_state(human("h2", "more"), checkpoint="c4")
        tell(agent, "state_update", {"state": agent.state})
        await until(feed.changed, lambda: said(feed)[0] == "more")
        assert [part.count for part in feed.turns[-1].parts if isinstance(part, Removed)] == [2]
