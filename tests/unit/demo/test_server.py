"""The embedded agent server, for real: a child process on loopback with a graph of one node."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import psutil
import pytest

from webchat.demo.server import EmbeddedServer, EmbeddedServerError, ServerState, back_off

GRAPH = """
import json, os, pathlib
from langgraph.graph import MessagesState, StateGraph

pathlib.Path({seen!r}).write_text(json.dumps(dict(os.environ)))
builder = StateGraph(MessagesState)
builder.add_node("greet", lambda state: {{"messages": [{{"role": "ai", "content": "hello"}}]}})
builder.set_entry_point("greet")
graph = builder.compile()
"""

Make = Callable[..., EmbeddedServer]


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    """Make servers of one small graph over one data folder; all are stopped in the end."""
    (tmp_path / "tiny_graph.py").write_text(GRAPH.format(seen=str(tmp_path / "seen.json")))
    monkeypatch.chdir(tmp_path)
    made: list[EmbeddedServer] = []

    def server(graph: str = "tiny_graph:graph", patience: float = 20) -> EmbeddedServer:
        made.append(
            EmbeddedServer(
                tmp_path / "data",
                graphs={"agent": graph},
                environment={"PYTHONPATH": str(tmp_path)},
                patience=patience,
            )
        )
        return made[-1]

    yield server
    for one in made:
        await one.stop()


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked after yet counts as well."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that is bound to happen."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def test_it_answers_on_loopback_once_it_is_started(make: Make):
    server = make()
    url = await server.start()
    assert url.startswith("http://127.0.0.1:")
    assert server.state is ServerState.RUNNING
    async with httpx.AsyncClient(base_url=url) as client:
        (assistant,) = (await client.post("/assistants/search", json={})).json()
        assert assistant["graph_id"] == "agent"


async def test_two_at_once_share_no_data(make: Make):
    first, second = make(), make()
    assert await first.start() != await second.start()
    assert first.log_file.parent != second.log_file.parent


async def test_when_it_dies_it_comes_back_at_the_same_address(make: Make):
    server = make()
    url = await server.start()
    dead = server.pid
    assert dead is not None
    os.kill(dead, signal.SIGKILL)
    await until(lambda: server.state is ServerState.RESTARTING)
    assert server.last_failure == "the embedded agent server ended (exit code -9)"
    await until(lambda: server.state is ServerState.RUNNING)
    assert server.pid != dead
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/ok")).json()["ok"] is True


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
async def test_when_it_hangs_it_is_killed_and_comes_back(make: Make):
    server = make(patience=3)
    url = await server.start()
    hung = server.pid
    assert hung is not None
    os.kill(hung, signal.SIGSTOP)
    await until(lambda: server.state is ServerState.RESTARTING)
    assert server.last_failure == "the embedded agent server did not answer for 3 s"
    await until(lambda: gone(hung))
    await until(lambda: server.state is ServerState.RUNNING, 60)
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/ok")).json()["ok"] is True


async def test_each_failure_in_a_row_makes_the_wait_for_the_next_start_longer(make: Make):
    server = make()
    await server.start()
    for count in (1, 2):
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await until(lambda: server.state is ServerState.RESTARTING)
        await until(lambda: server.state is ServerState.RUNNING, 60)
        assert server.failures == count
    waits = [back_off(count) for count in range(1, 10)]
    assert waits == sorted(waits) and waits[0] < waits[1] < waits[2]


async def test_conversations_outlive_a_stop(make: Make):
    server = make()
    async with httpx.AsyncClient(base_url=await server.start()) as client:
        thread = (await client.post("/threads", json={})).json()["thread_id"]
        run = {"assistant_id": "agent", "input": {"messages": []}}
        await client.post(f"/threads/{thread}/runs/wait", json=run, timeout=20)
    pid = server.pid
    assert pid is not None
    await server.stop()
    assert gone(pid)
    async with httpx.AsyncClient(base_url=await server.start()) as client:
        state = (await client.get(f"/threads/{thread}/state")).json()
        assert state["values"]["messages"][0]["content"] == "hello"


async def test_a_graph_that_cannot_be_loaded_is_told_with_the_end_of_the_log(make: Make):
    server = make("no_such_module:graph")
    with pytest.raises(EmbeddedServerError, match="No module named 'no_such_module'"):
        await server.start()
    assert server.pid is None
    assert server.state is ServerState.STOPPED


async def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    server = EmbeddedServer(tmp_path / "file" / "data")
    with pytest.raises(EmbeddedServerError, match="choose another folder with WEBCHAT_DATA_DIR"):
        await server.start()
    assert server.state is ServerState.STOPPED


async def test_its_address_is_known_before_it_is_started(make: Make):
    server = make()
    assert server.url == await server.start()


async def test_the_model_gets_its_key_and_the_server_none_of_ours(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("OPENAI_API_KEY=from-the-file\nLANGSMITH_TRACING=true\n")
    monkeypatch.setenv("TAVILY_API_KEY", "from-the-shell")
    monkeypatch.setenv("WEBCHAT_AGENT_API_KEY", "ours")
    monkeypatch.setenv("LANGSMITH_API_KEY", "ours")
    await make().start()
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["OPENAI_API_KEY"] == "from-the-file"
    assert seen["TAVILY_API_KEY"] == "from-the-shell"
    assert seen["LANGSMITH_TRACING"] == "false"
    assert not {"WEBCHAT_AGENT_API_KEY", "LANGSMITH_API_KEY"} & set(seen)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of our death")
async def test_it_ends_when_we_are_killed(make: Make, tmp_path: Path):
    make()
    program = (
        "import asyncio, pathlib\n"
        "from webchat.demo.server import EmbeddedServer\n"
        "async def main():\n"
        "    server = EmbeddedServer(pathlib.Path('data'), graphs={'agent': 'tiny_graph:graph'})\n"
        "    await server.start()\n"
        "    print(server.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[3]
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{tmp_path}"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    pid = int(await holder.stdout.readline())
    holder.kill()
    await holder.wait()
    await until(lambda: gone(pid))


BROKEN = AttributeError("'NoneType' object has no attribute 'getpeername'")


@pytest.mark.parametrize("place", ["httpx.AsyncClient.get", "asyncio.create_subprocess_exec"])
async def test_it_comes_back_though_what_watches_it_has_failed(
    make: Make, monkeypatch: pytest.MonkeyPatch, place: str
):
    server = make(patience=3)
    await server.start()
    dead, failed = server.pid, asyncio.Event()
    assert dead is not None

    async def fail(*_: object, **__: object) -> object:
        failed.set()
        monkeypatch.undo()
        raise BROKEN

    monkeypatch.setattr(place, fail)
    if place.startswith("asyncio"):
        os.kill(dead, signal.SIGKILL)
    await failed.wait()
    if place.startswith("httpx"):
        os.kill(dead, signal.SIGKILL)
    await until(lambda: server.state is ServerState.RUNNING and server.pid not in (dead, None), 60)
