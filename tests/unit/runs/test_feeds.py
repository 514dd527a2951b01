"""One feed per thread and process: shared, kept while of use, read again when it may be stale."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import suppress

import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
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
from webchat import limits
from webchat.agent_server import AgentServerError, Unreachable
from webchat.agent_server.events import StreamEvent
from webchat.runs import Feed, Feeds, WireLog, watching

ANSWERED = thread_state(human(), ai())
LONGER = thread_state(human(), ai(), human("h2"), ai("a2"), checkpoint="c2")


@pytest.fixture
def agent() -> Agent:
    return Agent(ANSWERED)


def thread(n: int) -> str:
    return f"{THREAD[:-4]}{n:04x}"


async def live_feed(agent: Agent, feeds: Feeds) -> Feed:
    feed = feeds.new()
    await feed.send("agent", human())
    agent.say(token("half"))
    await until(feed.changed, lambda: feed.transcript.turns[-1].parts)
    return feed


async def test_two_who_open_a_thread_at_once_share_one_feed_read_once(agent: Agent, feeds: Feeds):
    agent.state, agent.runs = thread_state(human()), [a_run()]
    agent.gates["state"] = asyncio.Event()
    opening = [asyncio.create_task(feeds.open(THREAD)) for _ in range(3)]
    await pause()
    agent.gates["state"].set()
    one, *others = await asyncio.gather(*opening)
    assert all(other is one for other in others)
    assert agent.asked["state"] == 1 and agent.asked["join"] == 1


async def test_two_threads_are_opened_side_by_side(agent: Agent, feeds: Feeds):
    agent.gates["thread"] = asyncio.Event()
    opening = [asyncio.create_task(feeds.open(thread(n))) for n in range(2)]
    await pause()
    assert agent.asked["thread"] == 2, "the second does not wait for the first"
    agent.gates["thread"].set()
    one, other = await asyncio.gather(*opening)
    assert one is not other


async def test_a_watched_feed_is_not_read_again(agent: Agent, feeds: Feeds):
    feed = await feeds.open(THREAD)
    agent.state = LONGER
    with feed.changed.watching(asyncio.Event()):
        assert await feeds.open(THREAD) is feed
    assert agent.asked["state"] == 1


async def test_a_live_feed_is_not_read_again(agent: Agent, feeds: Feeds):
    feed = await live_feed(agent, feeds)
    assert await feeds.open(feed.thread_id) is feed
    assert agent.asked["state"] == 0


async def test_an_unwatched_feed_is_read_again_when_it_is_opened(agent: Agent, feeds: Feeds):
    before = await feeds.open(THREAD)
    agent.state = LONGER
    feed = await feeds.open(THREAD)
    assert len(feed.transcript.turns) == 4
    assert feed.logs is before.logs, "the wire of its runs is still at hand"


async def test_a_feed_whose_thread_stood_still_is_kept_with_what_no_state_tells(
    agent: Agent, feeds: Feeds
):
    feed = feeds.new()
    await feed.send("agent", human())
    agent.say(token("hello"))
    agent.end("success", ANSWERED)
    await until(feed.changed, lambda: not feed.live)
    again = await feeds.open(feed.thread_id)
    assert again is feed and again.transcript.turns[-1].first_token_at is not None


async def test_a_run_that_began_elsewhere_is_joined_when_its_thread_is_opened(
    agent: Agent, feeds: Feeds
):
    await feeds.open(THREAD)
    agent.state, agent.runs = thread_state(human()), [a_run()]
    feed = await feeds.open(THREAD)
    assert feed.live and feed.run and feed.run.run_id == RUN


async def test_a_thread_that_could_not_be_read_is_asked_for_again(agent: Agent, feeds: Feeds):
    agent.refusals["thread"] = FAULT
    with pytest.raises(AgentServerError):
        await feeds.open(THREAD)
    agent.refusals.clear()
    assert len((await feeds.open(THREAD)).transcript.turns) == 2


async def test_an_opener_who_gives_up_does_not_lock_the_others_out(agent: Agent, feeds: Feeds):
    agent.gates["state"] = asyncio.Event()
    first = asyncio.create_task(feeds.open(THREAD))
    second = asyncio.create_task(feeds.open(THREAD))
    await pause()
    first.cancel()
    agent.gates["state"].set()
    with suppress(asyncio.CancelledError):
        await first
    assert len((await second).transcript.turns) == 2


# Letting go.


async def test_of_the_idle_ones_only_the_newest_are_kept(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FEEDS_KEPT", 2)
    first = weakref.ref(await feeds.open(thread(1)))
    second = weakref.ref(await feeds.open(thread(2)))
    await feeds.open(thread(1))  # used again: the newest now
    await feeds.open(thread(3))
    gc.collect()
    assert first() is not None and second() is None


async def test_a_thread_and_its_wire_are_let_go_soon_after_the_last_tab_has_left(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FEED_IDLE", 0.01)
    monkeypatch.setattr(watching, "LINGER", 0.0)
    left = weakref.ref(await answered_and_left(agent, feeds))
    while left() is not None:
        await asyncio.sleep(0.01)
        gc.collect()


async def answered_and_left(agent: Agent, feeds: Feeds) -> Feed:
    """A feed whose tab has left, its wire let go."""
    feed = await live_feed(agent, feeds)
    with feed.changed.watching(asyncio.Event()):
        agent.end("success", ANSWERED)
        await until(feed.changed, lambda: not feed.live)
        await asyncio.sleep(0.03)
        assert feed.logs, "somebody looks"
    while feed.logs:
        await asyncio.sleep(0.001)
    assert await feeds.open(feed.thread_id) is feed, "a tab still has it: it is the thread's feed"
    return feed


async def test_a_thread_with_a_run_is_kept_though_nobody_looks(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FEED_IDLE", 0.001)
    feed = weakref.ref(await live_feed(agent, feeds))
    await asyncio.sleep(0.01)
    gc.collect()
    kept = feed()
    assert kept is not None and kept.logs


async def test_past_the_bound_of_all_wires_the_oldest_runs_lose_their_bodies(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "WIRE_BYTES_IN_ALL", 100_000)
    old, new = await live_feed(agent, feeds), await live_feed(agent, feeds)
    ((_, old_wire),) = old.logs.items()
    ((_, new_wire),) = new.logs.items()
    old_wire.started_at = new_wire.started_at - 60.0
    for wire in (old_wire, new_wire):
        for n in range(45):
            old.wire_add(wire, StreamEvent.decode("custom", f'"{n}{"x" * 1000}"', None, 1.0))
    assert old_wire.memory + new_wire.memory < 110_000, "but for a sixteenth, and the rows"
    assert all(row.raw is not None for row in new_wire.events)
    bodies = [row.raw is not None for row in old_wire.events]
    assert bodies == sorted(bodies) and not bodies[0] and bodies[-1], "the oldest go first"


async def test_wires_that_only_a_page_still_shows_are_bounded_too(
    feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "WIRE_BYTES_IN_ALL", 100_000)
    feed, shown = feeds.new(), [WireLog(f"run {n}", 1.0 + n) for n in range(3 * limits.LOGS_KEPT)]
    for wire in shown:
        feed.keep_log(wire)
        for n in range(10):
            feed.wire_add(wire, StreamEvent.decode("custom", f'"{n}{"x" * 1000}"', None, 1.0))
    assert sum(wire.memory for wire in shown if wire.run_id not in feed.logs) > 0
    assert sum(wire.memory for wire in shown) < 160_000, "rows and newest bodies stay"


async def test_live_and_watched_ones_are_never_let_go(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FEEDS_KEPT", 1)
    live = await live_feed(agent, feeds)
    watched = await feeds.open(thread(1))
    with watched.changed.watching(asyncio.Event()):
        for n in range(2, 6):
            await feeds.open(thread(n))
        assert await feeds.open(live.thread_id) is live
        assert await feeds.open(thread(1)) is watched


async def test_those_who_watch_a_run_that_goes_on_are_counted(agent: Agent, feeds: Feeds):
    live, idle = await live_feed(agent, feeds), await feeds.open(thread(1))
    one, two = asyncio.Event(), asyncio.Event()
    with live.changed.watching(one), live.changed.watching(two), idle.changed.watching(one):
        assert feeds.subscribers == 2
    assert feeds.subscribers == 0


async def test_a_run_is_followed_whoever_asked_for_it_has_gone(agent: Agent, feeds: Feeds):
    feed = feeds.new()
    asking = asyncio.create_task(feed.send("agent", human()))
    await asking
    asking.cancel()
    agent.say(token("still here"))
    await until(feed.changed, lambda: feed.transcript.turns[-1].parts)


async def test_closing_ends_all_reading_and_no_run(agent: Agent, feeds: Feeds):
    feed = await live_feed(agent, feeds)
    await feeds.aclose()
    agent.say(token(" and more"))
    await pause()
    assert not feeds._tasks and agent.asked["cancel"] == 0
    (part,) = feed.transcript.turns[-1].parts
    assert getattr(part, "text", "") == "half"


# Coming back.


async def lost_feed(agent: Agent, feeds: Feeds) -> Feed:
    feed = await live_feed(agent, feeds)
    agent.refusals.update(dict.fromkeys(("join", "standing", "state", "thread", "runs"), GONE))
    agent.cut()
    while feed.live:  # nobody watches: it is not followed again by itself
        await pause()
    return feed


async def test_what_was_lost_is_followed_again_once_the_server_is_back(agent: Agent, feeds: Feeds):
    feed = await lost_feed(agent, feeds)
    agent.refusals.clear()
    agent.state = thread_state(human())
    agent.replay = [token("half and", event_id="1-0")]
    await feeds.heal()
    assert feed.live and feed.load_error is None
    agent.end("success", ANSWERED)
    await until(feed.changed, lambda: not feed.live)
    assert feed.run and feed.run.status == "success"


async def test_what_could_not_be_healed_is_healed_the_next_time(agent: Agent, feeds: Feeds):
    feed = await lost_feed(agent, feeds)
    agent.refusals = {"runs": GONE}
    await feeds.heal()
    agent.refusals.clear()
    agent.runs[0]["status"], agent.state = "success", LONGER
    await feeds.heal()
    assert len(feed.transcript.turns) == 4


async def test_healing_leaves_alone_what_is_well(agent: Agent, feeds: Feeds):
    await feeds.open(thread(1))
    live = await live_feed(agent, feeds)
    asked = agent.asked.copy()
    await feeds.heal()
    assert agent.asked == asked and live.live


async def test_one_that_cannot_be_healed_does_not_keep_the_others_ill(
    agent: Agent, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
):
    one = await lost_feed(agent, feeds)
    agent.refusals.clear()
    other = await lost_feed(agent, feeds)
    agent.refusals.clear()
    agent.runs = [run | {"status": "success"} for run in agent.runs]
    agent.state = LONGER

    async def fails() -> None:
        raise Unreachable("away", advice="wait")

    monkeypatch.setattr(one, "load", fails)
    await feeds.heal()
    assert len(other.transcript.turns) == 4
