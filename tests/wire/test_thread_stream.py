"""What the real server tells of a thread that others work on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.wire.following import follow, question
from tests.wire.server import RealServer
from webchat.agent_server import StreamNotice, UnknownThread, thread_stream
from webchat.agent_server.client import AgentServer
from webchat.agent_server.thread_stream import RunDone, RunEvent, RunStarted, StateUpdated

TOKENS = ["values", "messages-tuple"]


class Watcher:
    """Everything that a thread's stream has told so far."""

    def __init__(self, client: AgentServer, thread_id: str) -> None:
        self.items: list[object] = []
        self.failure: Exception | None = None
        self._stream = client.watch_thread(thread_id)
        self._more = asyncio.Event()
        self.entered = asyncio.Event()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async with self._stream as stream:
                self.entered.set()
                async for item in stream:
                    self.items.append(item)
                    self._more.set()
        except Exception as error:
            self.failure = error
        self._more.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not done():
                self._more.clear()
                await self._more.wait()

    def of(self, kind: type) -> list[object]:
        return [item for item in self.items if isinstance(item, kind)]


@pytest.fixture
async def watcher(client: AgentServer, thread_id: str) -> AsyncIterator[Watcher]:
    await client.create_thread(thread_id)
    watcher = Watcher(client, thread_id)
    await watcher.entered.wait()
    yield watcher
    watcher.reading.cancel()


async def start(other: httpx.AsyncClient, thread_id: str, text: str) -> str:
    body = {"assistant_id": "agent", "input": question(text), "stream_mode": TOKENS}
    answer = await other.post(f"/threads/{thread_id}/runs", json=body)
    return answer.raise_for_status().json()["run_id"]


async def test_a_run_of_somebody_else_is_told_from_start_to_end(
    watcher: Watcher, other: httpx.AsyncClient, thread_id: str
):
    run = await start(other, thread_id, "hello")
    await watcher.until(lambda: RunDone(run) in watcher.items)

    assert watcher.items[0] == RunStarted(run)
    events = [item for item in watcher.items if isinstance(item, RunEvent)]
    assert {item.run_id for item in events} == {run}
    assert {item.event.mode for item in events} == {"metadata", "values", "messages"}
    assert watcher.items[-1] == RunDone(run)


async def test_a_run_of_our_own_is_told_too(watcher: Watcher, client: AgentServer, thread_id: str):
    own = await follow(client.stream_run(thread_id, "agent", question("hello")))
    await watcher.until(lambda: RunDone(str(own.run_id)) in watcher.items)
    assert RunStarted(str(own.run_id)) in watcher.items


@pytest.mark.parametrize("action", ["interrupt", "rollback"])
async def test_a_cancelled_run_is_done(
    watcher: Watcher, other: httpx.AsyncClient, thread_id: str, action: str
):
    run = await start(other, thread_id, "500x0.02")
    await watcher.until(lambda: len(watcher.of(RunEvent)) > 5)
    path = f"/threads/{thread_id}/runs/{run}/cancel"
    await other.post(path, params={"wait": 0, "action": action})
    await watcher.until(lambda: RunDone(run) in watcher.items)


async def test_a_failed_run_is_done(watcher: Watcher, other: httpx.AsyncClient, thread_id: str):
    run = await start(other, thread_id, "fail after 3")
    await watcher.until(lambda: RunDone(run) in watcher.items)
    events = [item.event for item in watcher.items if isinstance(item, RunEvent)]
    assert events[-1].mode == "error"


async def test_a_state_written_by_somebody_else_is_told_whole(
    watcher: Watcher, other: httpx.AsyncClient, client: AgentServer, thread_id: str
):
    await follow(client.stream_run(thread_id, "agent", question("hello")))
    message = {"type": "ai", "id": "from-outside", "content": "written by a script"}
    await other.post(f"/threads/{thread_id}/state", json={"values": {"messages": [message]}})
    await watcher.until(lambda: bool(watcher.of(StateUpdated)))

    (update,) = watcher.of(StateUpdated)
    assert isinstance(update, StateUpdated)
    assert update.state["values"]["messages"][-1]["id"] == "from-outside"
    assert update.state["values"] == (await client.state(thread_id))["values"]


async def test_a_deleted_thread_is_told(
    watcher: Watcher,
    other: httpx.AsyncClient,
    thread_id: str,
):
    await other.delete(f"/threads/{thread_id}")
    await watcher.until(lambda: watcher.failure is not None)
    assert isinstance(watcher.failure, UnknownThread)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_stream, "DELETION_CHECK", 0.2)


async def test_an_unknown_thread_is_told(client: AgentServer, thread_id: str):
    with pytest.raises(UnknownThread):
        await client.watch_thread(thread_id).__aenter__()


async def test_it_survives_a_restart_of_the_server(mortal_server: RealServer, thread_id: str):
    async with AgentServer(mortal_server.url) as client:
        await client.create_thread(thread_id)
        watcher = Watcher(client, thread_id)
        await watcher.entered.wait()
        await asyncio.to_thread(mortal_server.stop)
        await asyncio.to_thread(mortal_server.start)
        await watcher.until(
            lambda: any(
                isinstance(item, StreamNotice) and item.kind == "resumed" for item in watcher.items
            )
        )
        own = await follow(client.stream_run(thread_id, "agent", question("hello")))
        await watcher.until(lambda: RunDone(str(own.run_id)) in watcher.items)
        watcher.reading.cancel()
