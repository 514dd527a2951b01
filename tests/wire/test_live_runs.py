"""A run at work: joining it, stopping it, leaving it, and not starting a second one."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from tests.wire.following import follow, question, read_until
from webchat.agent_server import Busy, UnknownRun
from webchat.agent_server.client import AgentServer


async def test_a_reload_in_mid_answer_gets_the_whole_answer(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("60x0.02")) as stream:
        early = await read_until(stream, events=20)
        run_id = stream.run_id or ""

    seen = await follow(client.join_run(thread_id, run_id))

    assert [event.raw for event in seen.events[:20]] == [event.raw for event in early.events]
    assert seen.status == "success"
    [answer] = seen.of("values")[-1]["messages"][1:]
    assert seen.texts() == {answer["id"]: answer["content"]}
    assert len(answer["content"].split()) == 60


async def test_two_who_join_see_the_same(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("60x0.02")) as stream:
        await read_until(stream, events=10)
        joined = [client.join_run(thread_id, stream.run_id or "") for _ in range(2)]
        one, other = await asyncio.gather(*map(follow, joined))

    assert one.status == other.status == "success"
    assert one.texts() == other.texts()
    assert one.of("values") == other.of("values")


async def test_an_ended_run_is_replayed_with_its_ending(client: AgentServer, thread_id: str):
    live = await follow(client.stream_run(thread_id, "agent", question("fail after 3")))

    again = await follow(client.join_run(thread_id, live.run_id or ""))

    assert again.status == "error"  # though the server replays no `error` event
    assert [event.raw for event in again.events] == [
        event.raw for event in live.events if event.mode != "error"
    ]


async def test_a_cancelled_run_ends_as_interrupted(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("500x0.02")) as stream:
        await read_until(stream, events=10)
        await client.cancel(thread_id, stream.run_id or "")
        async for _ in stream:
            pass

    assert stream.status == "interrupted"
    state = await client.state(thread_id)
    assert [message["type"] for message in state["values"]["messages"]] == ["human"]
    assert state["next"] == ["model"]


async def test_the_partial_answer_of_a_cancelled_run_can_be_written_back(
    client: AgentServer, thread_id: str
):
    async with client.stream_run(thread_id, "agent", question("500x0.02")) as stream:
        partial = await read_until(stream, events=15)
        await client.cancel(thread_id, stream.run_id or "")
    [(id, text)] = partial.texts().items()

    message = {"type": "ai", "id": id, "content": text}
    await client.update_state(thread_id, {"messages": [message]}, as_node="model")

    state = await client.state(thread_id)
    assert state["values"]["messages"][-1]["content"] == text
    assert state["next"] == []


async def test_a_run_taken_back_is_gone(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("500x0.02")) as stream:
        await read_until(stream, events=10)
        await client.cancel(thread_id, stream.run_id or "", action="rollback")
        async for _ in stream:
            pass

    assert stream.status == "gone"


async def test_cancelling_an_ended_run_is_no_error(client: AgentServer, thread_id: str):
    seen = await follow(client.stream_run(thread_id, "agent", question("hello")))

    await client.cancel(thread_id, seen.run_id or "")

    assert (await client.run(thread_id, seen.run_id or ""))["status"] == "success"


async def test_a_run_that_never_was_can_be_neither_cancelled_nor_joined(
    client: AgentServer, thread_id: str
):
    await client.create_thread(thread_id)
    run_id = str(uuid.uuid4())

    with pytest.raises(UnknownRun) as cancelled:
        await client.cancel(thread_id, run_id)
    with pytest.raises(UnknownRun) as joined:
        await follow(client.join_run(thread_id, run_id))

    for error in (cancelled.value, joined.value):
        assert (error.thread_id, error.run_id) == (thread_id, run_id)


async def test_a_second_run_is_refused_and_the_first_goes_on(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("30x0.02")) as stream:
        await read_until(stream, events=5)
        with pytest.raises(Busy) as busy:
            await follow(client.stream_run(thread_id, "agent", question("hello")))
        with pytest.raises(Busy) as dumped:
            await client.update_state(thread_id, {"messages": []})
        async for _ in stream:
            pass

    assert busy.value.thread_id == thread_id
    assert "UUID(" not in f"{dumped.value} {dumped.value.detail}"
    assert stream.status == "success"
    assert len(await client.runs(thread_id)) == 1


async def test_a_run_goes_on_when_its_stream_is_left(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("30x0.02")) as stream:
        await read_until(stream, events=5)

    seen = await follow(client.join_run(thread_id, stream.run_id or ""))

    assert seen.status == "success"
    assert stream.status is None
