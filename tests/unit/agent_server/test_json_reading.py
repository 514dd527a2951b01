"""JSON of any size and shape is read without holding the event loop, or refused in words."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.unit.agent_server.fake import THREAD, FakeServer, frame, standing, streamed
from webchat import limits
from webchat.agent_server import NotAnAgentServer, StreamEvent, TooLarge
from webchat.agent_server.json_reading import TooMuchJsonError, read_json
from webchat.agent_server.streams import RunStream

TALK = {"messages": [{"type": "ai", "content": 'é \n "😀" ' * 9, "n": 1.5}] * 9}
VALUES: list[Any] = [TALK, [], {}, [[[[]]]], [1, -2, 3.5e300, True, False, None, "x"], "a" * 999]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can reach."""
    for name, value in {"BYTES": 5_000, "AT_ONCE": 1, "VALUES": 1, "CONTAINERS": 100}.items():
        monkeypatch.setattr(limits, f"JSON_{name}", value)
    monkeypatch.setattr(limits, "JSON_ESCAPES", 1_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize("value", VALUES)
async def test_what_is_read_step_by_step_is_what_the_parser_reads(value: Any, ascii: bool):
    text = json.dumps(value, ensure_ascii=ascii)
    assert await read_json(text) == await read_json(text.encode()) == value


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("text", ["{", "[1,]", '{"a" 1}', "nothing", '"\\x"', "[1] 2", '{"a": }'])
async def test_what_is_no_json_is_refused_either_way(text: str):
    with pytest.raises(ValueError):
        json.loads(text)
    with pytest.raises(ValueError):
        await read_json(text)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("text", ['"' + "x" * 5_000 + '"', "[" * 101, '"' + "\\n" * 1_001 + '"'])
async def test_more_than_the_limits_is_refused_in_words(text: str):
    with pytest.raises(TooMuchJsonError, match=r"^It (has|is) .*more|longer.*\.$"):
        await read_json(text)


async def route_of(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a text is read: `at once`, in one step `beside` the loop, or in `steps`."""
    used: list[tuple[str, bool]] = []

    def noting(name: str, read: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            used.append((name, threading.current_thread() is threading.main_thread()))
            return read(*args, **options)

        return call

    with monkeypatch.context() as noted:
        noted.setattr(json, "loads", noting("loads", json.loads))
        decoder: Any = json.decoder
        noted.setattr(decoder, "JSONArray", noting("steps", decoder.JSONArray))
        await read_json(text)
    name, on_the_loop = used[0]
    return "at once" if on_the_loop else "steps" if name == "steps" else "beside"


async def test_the_shape_decides_how_it_is_read(monkeypatch: pytest.MonkeyPatch):
    at_once, values = limits.JSON_AT_ONCE, limits.JSON_VALUES
    assert await route_of("[" + " " * (at_once - 2) + "]", monkeypatch) == "at once"
    assert await route_of('["' + "x" * at_once + '"]', monkeypatch) == "beside"
    assert await route_of("[" + "1," * values + "1]", monkeypatch) == "steps"
    assert await route_of("[" + "[]," * (values // 2) + "[]]", monkeypatch) == "steps"


async def test_what_has_much_structure_gives_way_while_it_is_read():
    reading = asyncio.create_task(read_json("[" + "[]," * 30_000 + "[]]"))
    turns = 0
    while not reading.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 1 and len(await reading) == 30_001


# What the limits mean for answers and events.


class Endless(httpx.AsyncByteStream):
    """A body without an end, and how much of it was taken."""

    def __init__(self, piece: bytes = b" " * 1_000) -> None:
        self.taken = 0
        self._piece = piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += len(self._piece)
            yield self._piece


@pytest.mark.usefixtures("small")
async def test_an_answer_that_is_too_large_is_not_waited_for_and_said_to_be():
    body = Endless()
    server = FakeServer(httpx.Response(200, stream=body))
    with pytest.raises(TooLarge) as failed:
        await server.client().state(THREAD)
    assert "too large" in str(failed.value) and failed.value.advice
    assert body.taken < 10_000


@pytest.mark.usefixtures("small")
async def test_an_event_that_is_too_large_says_so_and_the_next_one_comes():
    large = frame("values", {"x": "y" * 6_000}, "1-0")
    server = FakeServer(streamed(large + frame("values", {"a": 1}, "2-0")), standing("success"))
    async with server.client().stream_run(THREAD, "agent", None) as stream:
        first, second = [item async for item in stream if isinstance(item, StreamEvent)]
    assert first.mode == "values" and "is not shown" in first.data and first.size > 6_000
    assert len(first.raw) < 200 and first.id == "1-0"
    assert second.data == {"a": 1}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("piece", [b" " * 1_000, b"data: 1\n" * 100, b"data: 1\r\n" * 100])
async def test_an_event_that_grows_on_and_on_is_given_up(piece: bytes):
    headers = {"content-type": "text/event-stream"}
    body = Endless(piece)
    server = FakeServer(httpx.Response(200, headers=headers, stream=body))
    with pytest.raises(TooLarge):
        async with server.client().stream_run(THREAD, "agent", None) as stream:
            async for _ in stream:
                pass
    assert body.taken < 20_000


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [1, 7, 1_000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
async def test_any_number_of_small_events_is_read_whatever_the_pieces(end: bytes, size: int):
    body = (b"event: custom" + end + b"data: 1" + end + end) * 1_000
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    server = FakeServer(streamed(pieces), standing("success"))
    async with server.client().stream_run(THREAD, "agent", None) as stream:
        assert len([item async for item in stream]) == 1_000


@pytest.mark.parametrize("line", [b"data: 1\n\n", b"\n", b":\n"])
async def test_a_flood_that_has_come_already_gives_way_to_others(line: bytes):
    server = FakeServer(streamed(line * 40_000), standing("success"))
    async with server.client().stream_run(THREAD, "agent", None) as stream:
        reading = asyncio.create_task(_read(stream))
        turns = 0
        while not reading.done():
            turns += 1
            await asyncio.sleep(0)
    assert turns >= len(line) * 40_000 / limits.STREAM_AT_ONCE


async def _read(stream: RunStream) -> None:
    async for _ in stream:
        pass


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "zstd"])
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_answer_that_is_packed_unasked_is_not_unpacked(encoding: str, status: int):
    body = Endless()
    packed = httpx.Response(status, headers={"content-encoding": encoding}, stream=body)
    server = FakeServer(packed)
    with pytest.raises(NotAnAgentServer):
        await server.client().state(THREAD)
    assert body.taken == 0
    assert server.requests[0].headers["accept-encoding"] == "identity"
