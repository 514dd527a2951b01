"""A wire that the server replays is read once for all that look at it."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import (
    RUN,
    THREAD,
    Agent,
    a_run,
    metadata,
    pause,
    run_named,
    token,
)
from webchat.agent_server import UnknownRun
from webchat.runs import Feed, Feeds, WireLog


@pytest.fixture
async def opened(agent: Agent, feeds: Feeds) -> Feed:
    """A thread with a run whose wire nobody has read."""
    agent.runs = [a_run(status="success")]
    return await feeds.open(THREAD)


async def test_two_who_look_at_once_share_one_reading(agent: Agent, opened: Feed):
    agent.runs[0]["status"], agent.replay = "running", [metadata(event_id="1-0")]
    shown: list[WireLog] = []
    both = [asyncio.create_task(opened.wire_of(RUN, shown.append)) for _ in range(2)]
    await pause()
    late = asyncio.create_task(opened.wire_of(RUN, shown.append))
    await pause()
    assert len(shown) == 3 and shown[0] is shown[1] is shown[2]
    agent.say(token("hello", event_id="2-0"))
    agent.end()
    logs = await asyncio.gather(*both, late)
    assert agent.asked["join"] == 1
    assert [len(log.events) for log in logs] == [2, 2, 2]
    assert await opened.wire_of(RUN) is logs[0] and agent.asked["join"] == 1


async def test_it_is_read_on_when_one_leaves_and_given_up_when_the_last_one_does(
    agent: Agent, opened: Feed
):
    agent.runs[0]["status"], agent.replay = "running", [metadata(event_id="1-0")]
    shown: list[WireLog] = []
    first, last = [asyncio.create_task(opened.wire_of(RUN, shown.append)) for _ in range(2)]
    await pause()
    first.cancel()
    await pause()
    agent.say(token("hello", event_id="2-0"))
    await pause()
    assert len(shown[0].events) == 2
    last.cancel()
    await pause()
    agent.say(token("more", event_id="3-0"))
    await pause()
    assert len(shown[0].events) == 2, "nobody reads it any more"
    assert RUN not in opened.logs
    again = asyncio.create_task(opened.wire_of(RUN))
    await pause()
    assert agent.asked["join"] == 2
    again.cancel()


async def test_who_has_left_before_the_server_answered_is_shown_nothing(agent: Agent, opened: Feed):
    agent.gates["join"] = asyncio.Event()
    stayed: list[WireLog] = []
    left: list[WireLog] = []
    leaving = asyncio.create_task(opened.wire_of(RUN, left.append))
    staying = asyncio.create_task(opened.wire_of(RUN, stayed.append))
    await pause()
    leaving.cancel()
    await pause()
    agent.gates["join"].set()
    await staying
    assert len(stayed) == 1 and not left


async def test_a_run_that_the_server_does_not_know_is_told_to_all(agent: Agent, opened: Feed):
    unknown = run_named(9)
    both = [asyncio.create_task(opened.wire_of(unknown)) for _ in range(2)]
    for failed in await asyncio.gather(*both, return_exceptions=True):
        assert isinstance(failed, UnknownRun)
