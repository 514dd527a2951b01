"""Feeds on the real server: messages sent once, questions kept, and what others do."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.wire.following import question
from tests.wire.talking import answered, message, said, until
from webchat.agent_server import UnknownThread, thread_stream
from webchat.agent_server.client import AgentServer
from webchat.runs import Feeds
from webchat.transcript import ToolCall


async def test_the_same_message_sent_by_many_starts_one_run(
    client: AgentServer, feeds: Feeds, thread_id: str
):
    others = Feeds(client)  # another process, or this one after a restart
    asked = message("hello")
    feed = await feeds.open(thread_id.upper(), create=True)
    await asyncio.gather(*(feed.send("agent", asked) for _ in range(3)))
    again = await others.open(thread_id)
    await again.send("agent", asked)
    await until(again, lambda: not again.live)
    await until(feed, lambda: not feed.live)
    assert said(feed) == said(again) == ["hello", "You said: hello"]
    assert len(await client.runs(thread_id)) == 1
    await others.aclose()


@pytest.mark.parametrize("turns", [0, 1])
async def test_a_question_stopped_at_once_stays_in_the_thread(
    client: AgentServer, feeds: Feeds, thread_id: str, turns: int
):
    feed = await feeds.open(thread_id, create=True)
    for _ in range(turns):
        await answered(feed, "hello")
    await feed.send("agent", message("500x0.02"))
    await feed.stop()
    await until(feed, lambda: not feed.live)
    assert not feed.returned and said(feed)[2 * turns :] == ["500x0.02", ""]
    state = await client.state(thread_id)
    assert state["values"]["messages"][-1]["content"] == "500x0.02"
    again = Feeds(client)
    reloaded = await again.open(thread_id)
    assert said(reloaded) == said(feed)
    assert [turn.stopped for turn in reloaded.turns] == [turn.stopped for turn in feed.turns]
    await again.aclose()


async def test_a_run_of_another_program_appears_by_itself(
    feeds: Feeds, other: httpx.AsyncClient, thread_id: str
):
    feed = await feeds.open(thread_id, create=True)
    with feed.changed.watching(asyncio.Event()):
        await answered(feed, "hello")
        body = {"assistant_id": "agent", "input": question("30x0.02"), "stream_resumable": True}
        modes = {"stream_mode": ["values", "messages-tuple"]}
        await other.post(f"/threads/{thread_id}/runs", json=body | modes)
        await until(feed, lambda: feed.live)
        await until(feed, lambda: not feed.live)
    assert said(feed)[2] == "30x0.02" and said(feed)[3].endswith("w29 ")
    assert [run.status for run in feed.runs] == ["success", "success"]


async def test_a_state_written_by_another_program_appears_by_itself(
    feeds: Feeds, other: httpx.AsyncClient, thread_id: str
):
    feed = await feeds.open(thread_id, create=True)
    with feed.changed.watching(asyncio.Event()):
        await answered(feed, "hello")
        written = {"type": "ai", "id": "from-outside", "content": "written by a script"}
        await other.post(f"/threads/{thread_id}/state", json={"values": {"messages": [written]}})
        await until(feed, lambda: "written by a script" in said(feed)[-1])


async def test_a_deleted_thread_is_not_made_anew(
    feeds: Feeds, other: httpx.AsyncClient, thread_id: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(thread_stream, "DELETION_CHECK", 0.2)
    feed = await feeds.open(thread_id, create=True)
    await answered(feed, "hello")
    await other.delete(f"/threads/{thread_id}")
    with pytest.raises(UnknownThread):
        await feed.send("agent", message("more"))
    assert (await other.get(f"/threads/{thread_id}")).status_code == 404
    assert feed.deleted and said(feed) == ["hello", "You said: hello"]


@pytest.mark.parametrize("asked", ["ask the researcher", "compare Paris and Oslo", "fail after 3"])
async def test_after_a_restart_of_ours_a_finished_run_shows_its_inner_steps(
    client: AgentServer, feeds: Feeds, thread_id: str, asked: str
):
    feed = await feeds.open(thread_id, create=True)
    for text in ("hello", asked):
        await answered(feed, text)
    restarted = Feeds(client)
    again = await restarted.open(thread_id)
    assert again.replayable
    await until(again, lambda: not again.replayable)
    assert again.turns == feed.turns
    for turn, once in zip(again.turns, feed.turns, strict=True):
        assert (turn.first_token_at is None) == (once.first_token_at is None)
        calls = [part for part in turn.parts if isinstance(part, ToolCall)]
        before = [part for part in once.parts if isinstance(part, ToolCall)]
        assert [call.children for call in calls] == [call.children for call in before]
        assert [len(call.progress) for call in calls] == [len(call.progress) for call in before]
    assert list(again.logs) == list(feed.logs)
    await restarted.aclose()


async def test_a_question_without_an_id_that_is_stopped_here_stays_one(
    client: AgentServer, feeds: Feeds, other: httpx.AsyncClient, thread_id: str
):
    await other.post("/threads", json={"thread_id": thread_id})
    asked = {"messages": [{"role": "user", "content": "200x0.05"}]}
    body = {"assistant_id": "agent", "input": asked, "stream_resumable": True}
    modes = {"stream_mode": ["values", "messages-tuple"]}
    await other.post(f"/threads/{thread_id}/runs", json=body | modes)
    feed = await feeds.open(thread_id)
    await until(feed, lambda: "w1 " in "".join(said(feed)))
    await feed.stop()
    await until(feed, lambda: not feed.live)
    state = await client.state(thread_id)
    assert [message["type"] for message in state["values"]["messages"]] == ["human", "ai"]
    assert not feed.returned
