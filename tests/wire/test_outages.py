"""The agent server goes away in mid-answer, and comes back or does not."""

from __future__ import annotations

import asyncio

import pytest

from tests.wire.following import Followed, follow, question, read, read_until
from tests.wire.server import RealServer
from webchat.agent_server import Patience, StreamLost, Unreachable
from webchat.agent_server.client import AgentServer

BRIEF = Patience(tries=3, first_wait=0.05, longest_wait=0.1)


async def test_a_restarted_server_goes_on_with_the_same_answer(
    mortal_server: RealServer, thread_id: str
):
    async with (
        AgentServer(mortal_server.url) as client,
        client.stream_run(thread_id, "agent", question("400x0.02")) as stream,
    ):
        early = await read_until(stream, events=20)
        seen = Followed()
        reading = asyncio.create_task(read(stream, seen))
        await asyncio.to_thread(mortal_server.stop)
        await asyncio.to_thread(mortal_server.start)
        await reading

        assert seen.status == "success"
        assert [notice.kind for notice in seen.notices[-2:]] == ["reconnecting", "resumed"]
        assert seen.notices[-1].replayed_from_start
        assert {
            event.data["run_id"]
            for event in [*early.events, *seen.events]
            if event.mode == "metadata"
        } == {stream.run_id}
        answer = (await client.state(thread_id))["values"]["messages"][-1]
        assert len(answer["content"].split()) == 400
        assert seen.texts()[answer["id"]] == answer["content"]


async def test_a_killed_server_that_forgot_the_run_is_told_from_a_success(
    mortal_server: RealServer, thread_id: str
):
    async with (
        AgentServer(mortal_server.url) as client,
        client.stream_run(thread_id, "agent", question("500x0.02")) as stream,
    ):
        await read_until(stream, events=20)
        seen = Followed()
        reading = asyncio.create_task(read(stream, seen))
        await asyncio.to_thread(mortal_server.kill)
        await asyncio.to_thread(mortal_server.start)
        await asyncio.wait_for(reading, 30)

    # It writes to disk every 10 s: it may have forgotten the run, or make it once more.
    assert seen.status in ("gone", "success")
    assert seen.notices[0].kind == "reconnecting"


async def test_a_server_that_stays_away_loses_the_stream(mortal_server: RealServer, thread_id: str):
    async with (
        AgentServer(mortal_server.url) as client,
        client.stream_run(thread_id, "agent", question("500x0.02"), patience=BRIEF) as stream,
    ):
        await read_until(stream, events=20)
        mortal_server.kill()
        seen = Followed()
        with pytest.raises(StreamLost) as lost:
            await read(stream, seen)

        assert [notice.attempt for notice in seen.notices] == [1, 2, 3]
        assert (lost.value.thread_id, lost.value.run_id) == (thread_id, stream.run_id)
        assert stream.status is None
        with pytest.raises(Unreachable):
            await client.check()


async def test_the_same_client_serves_after_an_outage(mortal_server: RealServer, thread_id: str):
    async with AgentServer(mortal_server.url) as client:
        await follow(client.stream_run(thread_id, "agent", question("hello")))
        await asyncio.to_thread(mortal_server.stop)
        with pytest.raises(Unreachable):
            await client.check()
        await asyncio.to_thread(mortal_server.start)

        seen = await follow(client.stream_run(thread_id, "agent", question("again")))

        assert seen.status == "success"
        assert len((await client.state(thread_id))["values"]["messages"]) == 4
