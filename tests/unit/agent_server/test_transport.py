"""The network itself: what breaks, hangs or is cut on real sockets, on both event loops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import httpx
import pytest
import uvloop

from tests.unit.agent_server.fake import RUN, THREAD, frame
from tests.unit.agent_server.loopback import EMPTY_LIST, OPEN_STREAM, Peer, serving
from webchat.agent_server import (
    Patience,
    Rejected,
    StreamLost,
    Unanswered,
    Unreachable,
    connection,
    transport,
)
from webchat.agent_server.client import AgentServer

Story = Callable[[], Awaitable[None]]
ONCE = Patience(tries=1, first_wait=0.0)


@pytest.fixture(params=["asyncio", "uvloop"])
def told(request: pytest.FixtureRequest) -> Callable[[Story], None]:
    """Tells a story on an event loop of its own."""
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def tell(story: Story) -> None:
        async def within() -> None:
            async with asyncio.timeout(60):
                await story()

        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(within())

    return tell


def brief(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    timeouts = httpx.Timeout(5.0, **seconds)
    monkeypatch.setattr(connection, "TIMEOUTS", timeouts)


def test_a_server_that_resets_each_connection_may_have_taken_the_request(told):
    async def reset(peer: Peer) -> None:
        await peer.read()
        peer.reset()

    async def story() -> None:
        async with serving(reset) as url, AgentServer(url) as client:
            for _ in range(20):
                with pytest.raises(Unanswered) as failed:
                    await client.check()
                assert failed.value.maybe_taken
            with pytest.raises(Unanswered):
                await client.stream_run(THREAD, "agent", {"messages": []}).__aenter__()

    told(story)


def test_a_server_that_resets_before_it_reads_is_no_bare_error(told):
    async def reset(peer: Peer) -> None:
        peer.reset()

    async def story() -> None:
        async with serving(reset) as url, AgentServer(url) as client:
            for _ in range(50):
                with pytest.raises(Unreachable):
                    await client.check()

    told(story)


def test_where_nobody_listens_nothing_was_sent(told):
    async def story() -> None:
        async with serving(lambda _: asyncio.sleep(0)) as url:
            pass
        async with AgentServer(url) as client:
            with pytest.raises(Unreachable, match="cannot be reached") as failed:
                await client.stream_run(THREAD, "agent", {"messages": []}).__aenter__()
            assert not failed.value.maybe_taken

    told(story)


def test_silence_after_the_request_is_no_answer(told, monkeypatch: pytest.MonkeyPatch):
    brief(monkeypatch, read=0.1)

    async def silent(peer: Peer) -> None:
        await peer.gone()

    async def story() -> None:
        async with serving(silent) as url, AgentServer(url) as client:
            with pytest.raises(Unanswered, match="does not answer"):
                await client.thread(THREAD)

    told(story)


def test_a_server_that_does_not_read_is_not_waited_for_for_ever(
    told, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "SEND_PATIENCE", 0.2)

    async def deaf(_: Peer) -> None:
        await asyncio.Event().wait()

    async def story() -> None:
        huge = {"messages": [{"type": "human", "content": "x" * 20_000_000}]}
        async with serving(deaf) as url, AgentServer(url) as client:
            with pytest.raises(Unanswered, match="does not answer"):
                await client.stream_run(THREAD, "agent", huge).__aenter__()

    told(story)


@pytest.mark.parametrize("end", ["reset", "close", "silence", "garbage"])
def test_a_stream_that_breaks_is_found_out(told, monkeypatch: pytest.MonkeyPatch, end: str):
    brief(monkeypatch, read=0.2)

    async def story() -> None:
        read_first = asyncio.Event()

        async def breaks(peer: Peer) -> None:
            if "/runs/stream" not in await peer.read():
                peer.reset()
                return
            await peer.write(OPEN_STREAM)
            await peer.chunk(frame("metadata", {"run_id": RUN}))
            await read_first.wait()
            match end:
                case "reset":
                    peer.reset()
                case "close":
                    peer.close()
                case "garbage":
                    await peer.write(b"this is no chunk\r\n")
                    await peer.gone()
                case _:
                    await peer.gone()

        async with serving(breaks) as url, AgentServer(url) as client:
            stream = client.stream_run(THREAD, "agent", None, patience=ONCE)
            with pytest.raises(StreamLost):
                async with stream:
                    async for _ in stream:
                        read_first.set()
            assert stream.run_id == RUN and read_first.is_set()

    told(story)


def test_a_silence_is_found_out_by_one_who_passed_over_a_cancellation(
    told, monkeypatch: pytest.MonkeyPatch
):
    brief(monkeypatch, read=0.1)

    async def silent(peer: Peer) -> None:
        await peer.read()
        await peer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
        await peer.gone()

    async def story() -> None:
        async def read(client: AgentServer) -> None:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            with pytest.raises(Unanswered, match="does not answer"):
                await client.thread(THREAD)

        async with serving(silent) as url, AgentServer(url) as client:
            reader = asyncio.create_task(read(client))
            await asyncio.sleep(0)
            reader.cancel()
            await reader

    told(story)


async def trickle(peer: Peer) -> None:
    """A run whose events come one after the other, all of them later than one silence may last."""
    if "/runs/stream" not in await peer.read():
        await peer.write(EMPTY_LIST)
        return
    await peer.write(OPEN_STREAM)
    await peer.chunk(frame("metadata", {"run_id": RUN}))
    for number in range(5):
        await asyncio.sleep(0.5)
        await peer.chunk(frame("custom", number))
    await peer.gone()


def test_a_stream_may_last_longer_than_a_silence(told, monkeypatch: pytest.MonkeyPatch):
    brief(monkeypatch, read=2.0)

    async def story() -> None:
        came = []
        async with (
            serving(trickle) as url,
            AgentServer(url) as client,
            client.stream_run(THREAD, "agent", None, patience=ONCE) as stream,
        ):
            async for event in stream:
                came.append(event)
                if len(came) == 6:
                    break
        assert came[-1].data == 4

    told(story)


def test_who_reads_a_stream_can_be_cancelled(told):
    async def story() -> None:
        begun = asyncio.Event()

        async def read(client: AgentServer) -> None:
            async with client.stream_run(THREAD, "agent", None, patience=ONCE) as stream:
                async for _ in stream:
                    begun.set()

        async with serving(trickle) as url, AgentServer(url) as client:
            reader = asyncio.create_task(read(client))
            await begun.wait()
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader

    told(story)


def test_an_answer_that_comes_before_the_request_is_read_is_not_waited_on(
    told, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transport, "CLOSE_PATIENCE", 0.1)

    async def too_large(peer: Peer) -> None:
        await peer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await asyncio.Event().wait()

    async def story() -> None:
        huge = {"messages": [{"type": "human", "content": "x" * 20_000_000}]}
        async with serving(too_large) as url, AgentServer(url) as client:
            with pytest.raises(Rejected):
                await client.stream_run(THREAD, "agent", huge).__aenter__()

    told(story)


def test_leaving_a_stream_closes_its_connection(told):
    async def story() -> None:
        left, opened = asyncio.Event(), asyncio.Event()

        async def endless(peer: Peer) -> None:
            await peer.read()
            await peer.write(OPEN_STREAM)
            await peer.chunk(frame("metadata", {"run_id": RUN}))
            opened.set()
            await peer.gone()
            left.set()

        async with serving(endless) as url, AgentServer(url) as client:

            async def follow() -> None:
                async with client.stream_run(THREAD, "agent", None) as stream:
                    async for _ in stream:
                        pass

            following = asyncio.create_task(follow())
            await opened.wait()
            following.cancel()
            await left.wait()

    told(story)


def test_no_number_of_streams_keeps_a_short_call_waiting(told, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "STREAM_LIMITS", httpx.Limits(max_connections=4))
    monkeypatch.setattr(connection, "CALL_LIMITS", httpx.Limits(max_connections=1))
    brief(monkeypatch, pool=1.0)  # a new connection is made within it, too

    async def talk(peer: Peer) -> None:
        while True:
            if "/runs/stream" in await peer.read():
                await peer.write(OPEN_STREAM)
                await peer.gone()
                return
            await peer.write(EMPTY_LIST)

    async def story() -> None:
        async with (
            serving(talk) as url,
            AgentServer(url) as client,
            AsyncExitStack() as streams,
        ):
            for _ in range(4):
                await streams.enter_async_context(client.stream_run(THREAD, "agent", None))
            with pytest.raises(Unreachable) as failed:
                await client.stream_run(THREAD, "agent", None).__aenter__()
            assert not failed.value.maybe_taken
            await client.check()
            await asyncio.gather(*(client.check() for _ in range(8)))

    told(story)


def test_calls_that_hang_keep_neither_the_health_check_nor_a_stop_waiting(
    told, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "CALL_LIMITS", httpx.Limits(max_connections=1))
    brief(monkeypatch, pool=1.0)  # a new connection is made within it, too

    async def story() -> None:
        hangs = asyncio.Event()

        async def talk(peer: Peer) -> None:
            while True:
                asked = await peer.read()
                if "/graph" in asked:
                    hangs.set()
                    await peer.gone()
                    return
                await peer.write(EMPTY_LIST)

        async with serving(talk) as url, AgentServer(url) as client:
            slow = asyncio.create_task(client.graph(THREAD))
            await hangs.wait()
            with pytest.raises(Unreachable):
                await client.assistants()
            await client.check()
            await client.cancel(THREAD, THREAD)
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

    told(story)


def test_a_connection_that_the_server_dropped_when_idle_is_made_again(told):
    async def one_answer(peer: Peer) -> None:
        await peer.read()
        await peer.write(EMPTY_LIST)
        peer.reset()

    async def story() -> None:
        async with serving(one_answer) as url, AgentServer(url) as client:
            for _ in range(20):
                await client.check()

    told(story)


def test_the_request_is_what_httpx_would_send(told):
    requests: list[str] = []

    async def note(peer: Peer) -> None:
        while True:
            requests.append(await peer.read())
            cookie = b"\r\nset-cookie: lb=7\r\n"
            await peer.write(EMPTY_LIST.replace(b"\r\n", cookie, 1))

    async def story() -> None:
        async with (
            serving(note) as url,
            AgentServer(url + "/base", api_key="hush", headers={"X-Team": "blau"}) as client,
        ):
            await client.search_threads({"näme": "ü"})
            await client.history(THREAD, 3)

    told(story)
    first, second = requests
    head, _, body = first.partition("\r\n\r\n")
    lines = head.lower().splitlines()
    assert lines[0] == "post /base/threads/search http/1.1"
    assert {"x-api-key: hush", "x-team: blau", "content-type: application/json"} <= set(lines)
    assert len([line for line in lines if line.startswith("user-agent:")]) == 1
    assert json.loads(body)["metadata"] == {"näme": "ü"}
    assert second.startswith(f"GET /base/threads/{THREAD}/history?limit=3 ")
    assert second.lower().count("cookie: lb=7") == 1


def test_a_proxy_of_the_environment_is_asked_for_another_machine(
    told, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    async def proxy(peer: Peer) -> None:
        asked.append((await peer.read()).splitlines()[0])
        await peer.write(EMPTY_LIST)

    async def story() -> None:
        async with serving(proxy) as url:
            monkeypatch.setenv("HTTP_PROXY", url)
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            async with AgentServer("http://agent.example") as client:
                await client.check()

    told(story)
    assert asked == ["POST http://agent.example/assistants/search HTTP/1.1"]
