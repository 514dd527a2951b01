"""A thread's stream where the world is bad: no such route, a cut, a deletion, a garbled event."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import httpx
import pytest

from tests.unit.agent_server.fake import RUN, THREAD, FakeServer, frame, said, streamed
from webchat.agent_server import (
    NotFound,
    Patience,
    StreamLost,
    StreamNotice,
    UnknownThread,
    thread_stream,
)
from webchat.agent_server.thread_stream import (
    RunDone,
    RunEvent,
    RunStarted,
    StateUpdated,
    ThreadItem,
    ThreadStream,
)

QUICK = Patience(tries=3, first_wait=0.0)
GONE = httpx.ConnectError("refused")
STARTED = frame("metadata", {"run_id": RUN, "attempt": 1})
DONE = frame("metadata", {"run_id": RUN, "status": "run_done"})


def there() -> httpx.Response:
    return said([{"thread_id": THREAD}])


def watched(server: FakeServer) -> ThreadStream:
    return server.client().watch_thread(THREAD, patience=QUICK)


async def read(stream: ThreadStream) -> list[ThreadItem]:
    """All that is told until the stream is lost."""
    items: list[ThreadItem] = []
    async with stream:
        with suppress(StreamLost):
            async for item in stream:
                items.append(item)  # noqa: PERF401
    return items


def told(items: list[ThreadItem]) -> list[ThreadItem]:
    return [item for item in items if not isinstance(item, StreamNotice)]


async def test_runs_and_writes_are_told():
    state = {"values": {"messages": []}, "next": []}
    body = [
        STARTED,
        frame("messages", [{"content": "hi"}, {}], "1-0"),
        DONE,
        frame("state_update", {"state": state}),
    ]
    server = FakeServer(streamed(body), there(), GONE, GONE, GONE, GONE, GONE, GONE)
    items = told(await read(watched(server)))

    assert [type(item) for item in items] == [RunStarted, RunEvent, RunEvent, RunDone, StateUpdated]
    assert items[0] == RunStarted(RUN)
    assert [item.run_id for item in items[1:3] if isinstance(item, RunEvent)] == [RUN, RUN]
    assert items[3:] == [RunDone(RUN), StateUpdated(state)]
    assert server.requests[0].url.params["stream_modes"] == "run_modes,lifecycle,state_update"


async def test_only_starts_and_ends_where_events_are_not_wanted():
    server = FakeServer(streamed(b""), there())
    async with server.client().watch_thread(THREAD, events=False):
        assert server.requests[0].url.params["stream_modes"] == "lifecycle,state_update"


async def test_a_run_that_was_at_work_already_is_named_by_its_messages():
    body = [frame("values", {}), frame("messages", [{"content": "x"}, {"run_id": RUN}])]
    server = FakeServer(streamed(body), there(), *[GONE] * 6)
    items = told(await read(watched(server)))
    assert [item.run_id for item in items if isinstance(item, RunEvent)] == ["", RUN]


@pytest.mark.parametrize("data", [None, [], "x", 7, {"run_id": 7}, {"state": None}])
@pytest.mark.parametrize("mode", ["metadata", "state_update", "messages", "unheard_of"])
async def test_no_event_ends_it(mode: str, data: object):
    server = FakeServer(streamed([frame(mode, data), STARTED]), there(), *[GONE] * 6)
    assert RunStarted(RUN) in await read(watched(server))


@pytest.mark.parametrize("status", [404, 405, 422])
async def test_a_server_without_thread_streams_is_told_from_an_unknown_thread(status: int):
    server = FakeServer(said({"detail": "Not Found"}, status))
    with pytest.raises(NotFound) as failed:
        await watched(server).__aenter__()
    assert not isinstance(failed.value, UnknownThread)


async def test_an_unknown_thread_is_not_waited_for():
    gone = said({"detail": f"Thread with ID {THREAD} not found"}, 404)
    server = FakeServer(streamed(b""), said([]), gone)
    with pytest.raises(UnknownThread):
        await watched(server).__aenter__()


async def test_a_search_that_knows_no_ids_does_not_hide_a_thread():
    server = FakeServer(streamed(b""), said([{"thread_id": RUN}]), said({"thread_id": THREAD}))
    async with watched(server):
        pass


async def test_the_threads_record_is_read_when_the_stream_is_there_and_nothing_can_be_missed():
    record = {"thread_id": THREAD, "status": "idle", "updated_at": "2026-11-21T17:00:00+00:00"}
    server = FakeServer(streamed(b""), said([record]))
    async with watched(server) as stream:
        assert stream.thread == record
    assert [line.partition(" ")[0] for line in server.asked] == ["GET", "POST"]


async def test_a_cut_stream_is_opened_again_and_says_so():
    server = FakeServer(
        streamed(STARTED, then=httpx.ReadError("reset")),
        there(),
        GONE,
        streamed(DONE),
        there(),
        *[GONE] * 6,
    )
    items = await read(watched(server))
    kinds = [item.kind if isinstance(item, StreamNotice) else type(item) for item in items]
    assert kinds[:6] == [RunStarted, RunEvent, "reconnecting", "reconnecting", "resumed", RunDone]


async def test_a_server_that_stays_away_loses_the_stream():
    server = FakeServer(streamed(b""), there(), *[GONE] * 6)
    with pytest.raises(StreamLost):
        async with watched(server) as stream:
            async for _ in stream:
                pass


async def test_a_thread_deleted_in_silence_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(thread_stream, "DELETION_CHECK", 0.01)

    class Silent(httpx.AsyncByteStream):
        async def __aiter__(self):
            await asyncio.Event().wait()
            yield b""

    silent = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Silent())
    gone = said({"detail": f"Thread with ID {THREAD} not found"}, 404)
    server = FakeServer(silent, there(), there(), GONE, GONE, said([]), gone)
    with pytest.raises(UnknownThread):
        async with watched(server) as stream:
            async for _ in stream:
                pass
