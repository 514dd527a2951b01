"""How a run ends on the real server, what is read of it, and in how many requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.wire.following import question
from tests.wire.observed import Observed
from tests.wire.server import RealServer
from tests.wire.talking import answered, message, said, soon, until
from webchat.agent_server.client import AgentServer
from webchat.runs import Feed, Feeds, watching
from webchat.transcript import RunError


@asynccontextmanager
async def observed(server: RealServer, transport: Observed) -> AsyncIterator[Feeds]:
    """The feeds of a webchat whose requests are written down."""
    async with AgentServer(server.url, transport=transport) as client:
        feeds = Feeds(client)
        yield feeds
        await feeds.aclose()


async def test_the_end_of_a_watched_run_is_read_in_four_requests_and_its_content_once(
    real_server: RealServer, thread_id: str
):
    transport = Observed()
    async with observed(real_server, transport) as feeds:
        feed = await feeds.open(thread_id, create=True)
        with feed.changed.watching(asyncio.Event()):
            await answered(feed, "hello")
            await soon(lambda: "POST /threads/search" in transport.asked[-2:])
            await feed.send("agent", message("20x0.01"))
            await until(feed, lambda: said(feed)[-1])
            transport.asked.clear()
            await until(feed, lambda: not feed.live)
            await soon(lambda: "POST /threads/search" in transport.asked)
            await asyncio.sleep(0.5)  # for what should not come
    assert transport.asked == [
        "GET /threads/ID/runs/ID",
        "GET /threads/ID/state",
        "GET /threads/ID/stream",
        "POST /threads/search",
    ]


async def test_a_thread_is_opened_in_three_requests_and_its_content_is_read_once(
    real_server: RealServer, feeds: Feeds, thread_id: str
):
    await answered(await feeds.open(thread_id, create=True), "hello")
    transport = Observed()
    async with observed(real_server, transport) as others:
        again = await others.open(thread_id)
        assert said(again) == ["hello", "You said: hello"]
    assert transport.asked == [
        "POST /threads/search",
        "GET /threads/ID/runs",
        "GET /threads/ID/state",
    ]


async def test_a_server_without_thread_streams_tells_of_a_written_state_too(
    real_server: RealServer,
    other: httpx.AsyncClient,
    thread_id: str,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(watching, "POLL", 0.05)
    transport = Observed(thread_streams=False)
    async with observed(real_server, transport) as feeds:
        feed = await feeds.open(thread_id, create=True)
        with feed.changed.watching(asyncio.Event()):
            await answered(feed, "hello")
            read = transport.asked.count("GET /threads/ID/state")
            polled = len(transport.asked) + 8
            await soon(lambda: len(transport.asked) > polled)
            assert transport.asked.count("GET /threads/ID/state") == read, "it stands still"
            written = {"type": "ai", "id": "from-outside", "content": "written by a script"}
            body = {"values": {"messages": [written]}}
            await other.post(f"/threads/{thread_id}/state", json=body)
            await until(feed, lambda: "written by a script" in said(feed)[-1])


async def test_a_message_whose_run_failed_at_once_comes_back_after_a_restart_of_ours(
    client: AgentServer, feeds: Feeds, thread_id: str
):
    feed = await feeds.open(thread_id, create=True)
    await answered(feed, "hello")
    lost = message("is lost")
    nonsense = {"messages": [lost, {"type": "no such type", "content": "x"}]}
    await feed.send_input("agent", lost["id"], nonsense)
    await until(feed, lambda: not feed.live)
    assert feed.run and feed.run.status == "error"
    assert feed.returned == (lost,) and said(feed)[:2] == ["hello", "You said: hello"]
    assert isinstance(feed.turns[-1].parts[-1], RunError)
    restarted = Feeds(client)
    again = await restarted.open(thread_id)
    assert again.returned == (lost,)
    assert isinstance(again.turns[-1].parts[-1], RunError)
    await again.send("agent", lost)
    await until(again, lambda: not again.live)
    assert said(again)[-2:] == ["is lost", "You said: is lost"] and not again.returned
    await restarted.aclose()


async def stopped_elsewhere(
    feed: Feed, other: httpx.AsyncClient, action: str, when: Callable[[], object]
) -> None:
    """Another program stops the run that is followed."""
    await until(feed, when)
    assert feed.run
    path = f"/threads/{feed.thread_id}/runs/{feed.run.run_id}/cancel"
    await other.post(path, params={"wait": 1, "action": action})
    await until(feed, lambda: not feed.live)


@pytest.mark.parametrize("before", ["hello", ""])
@pytest.mark.parametrize("action", ["interrupt", "rollback"])
@pytest.mark.parametrize("early", [True, False])
async def test_a_run_that_another_program_stopped_looks_the_same_after_a_reload(
    client: AgentServer,
    feeds: Feeds,
    other: httpx.AsyncClient,
    thread_id: str,
    before: str,
    action: str,
    early: bool,
):
    feed = await feeds.open(thread_id, create=True)
    if before:
        await answered(feed, before)
    await feed.send("agent", message("500x0.02"))
    # early: the run is known, and has no checkpoint yet
    when = (lambda: feed.run and feed.run.run_id) if early else (lambda: said(feed)[-1])
    await stopped_elsewhere(feed, other, action, when)
    restarted = Feeds(client)
    again = await restarted.open(thread_id)
    kept = [(turn.role, turn.stopped) for turn in again.turns]
    seen = [(turn.role, turn.stopped) for turn in feed.turns]
    assert kept == seen
    assert [text for text in said(again) if text] == [text for text in said(feed) if text][
        : len([text for text in said(again) if text])
    ]
    state = await client.state(thread_id)
    in_thread = [one["content"] for one in state["values"].get("messages", [])]
    assert ("500x0.02" in in_thread) != bool(feed.returned), "in the thread, or back, and not both"
    await restarted.aclose()


async def test_a_run_that_others_interrupt_with_another_is_followed_by_that(
    feeds: Feeds, other: httpx.AsyncClient, thread_id: str
):
    feed = await feeds.open(thread_id, create=True)
    with feed.changed.watching(asyncio.Event()):
        await feed.send("agent", message("500x0.02"))
        await until(feed, lambda: said(feed)[-1])
        body = {"assistant_id": "agent", "input": question("hello"), "stream_resumable": True}
        modes = {"stream_mode": ["values", "messages-tuple"], "multitask_strategy": "interrupt"}
        await other.post(f"/threads/{thread_id}/runs", json=body | modes)
        await until(feed, lambda: said(feed)[-1] == "You said: hello" and not feed.live)
    assert [run.status for run in feed.runs] == ["interrupted", "success"]
