"""An agent server whose threads all hold the same, and whose stream says what a test tells it to.

It stands behind a real `AgentServer` as its transport, so that a feed is tested down to the wire.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from tests.unit.agent_server.fake import ADDRESS, RUN, THREAD, frame
from webchat.agent_server.client import AgentServer
from webchat.runs.signal import Signal

ROUTES = {
    "start": r"POST /threads/[^/]+/runs/stream",
    "join": r"GET /threads/[^/]+/runs/[^/]+/stream",
    "cancel": r"POST /threads/[^/]+/runs/[^/]+/cancel",
    "standing": r"GET /threads/[^/]+/runs/[^/]+",
    "runs": r"GET /threads/[^/]+/runs",
    "state": r"GET /threads/[^/]+/state",
    "update": r"POST /threads/[^/]+/state",
    "watch": r"GET /threads/[^/]+/stream",
    "thread": r"GET /threads/[^/]+|POST /threads/search",
    "create": r"POST /threads",
    "assistants": r"POST /assistants/search",
    "assistant": r"GET /assistants/[^/]+",
    "graph": r"GET /assistants/[^/]+/graph",
    "schemas": r"GET /assistants/[^/]+/schemas",
}
CUT = httpx.RemoteProtocolError("peer closed connection without sending complete message body")
FAULT = httpx.Response(500, text="Internal Server Error")
GONE = httpx.ConnectError("All connection attempts failed")

RESET = httpx.ReadError("Connection reset by peer")
NO_THREAD = httpx.Response(404, json={"detail": "Thread with ID 1 not found"})

Refusal = httpx.Response | Exception | list[httpx.Response | Exception]
"""What a route answers instead; a list: to one request after the other."""


class Wire(httpx.AsyncByteStream):
    """The body of one open stream, fed by the test."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self.pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece


class Agent(httpx.AsyncBaseTransport):
    """The server's side of the threads that a test uses.

    Attributes:
        state: What `GET /state` says; None where it says 400, as after input it can't read back.
        values: What `GET /threads/{id}` says that the thread holds.
        thread: What else it says of the thread, `status`, `error` and `updated_at` among it.
        runs: All runs, newest first.
        refusals: By the name of a route, what it answers instead.
        unanswered: The routes that do what they are asked and then break the connection.
        gates: By the name of a route, what an answer waits for.
        asked: How often each route was asked.
        bodies: What was sent to each route last.
        replay: What a stream that is joined says at once; it then goes on.
        assistants: Those that it has.
        changes: What the thread's stream tells.
        schema: The JSON schema of what each of them takes; None where the server can't tell.
        tools: What the graph of each of them names as its tools.
    """

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.state: dict[str, Any] | None = state or thread_state()
        self.values: dict[str, Any] = {}
        self.thread: dict[str, Any] = {}
        self.runs: list[dict[str, Any]] = []
        self.refusals: dict[str, Refusal] = {}
        self.unanswered: set[str] = set()
        self.gates: dict[str, asyncio.Event] = {}
        self.asked: Counter[str] = Counter()
        self.bodies: dict[str, Any] = {}
        self.replay: list[bytes] = []
        self.assistants: list[dict[str, Any]] = []
        self.schema: dict[str, Any] | None = None
        self.tools: Any = []
        self.wire = Wire()
        self.changes = Wire()

    def client(self) -> AgentServer:
        return AgentServer(ADDRESS, transport=self)

    # What a test makes it say and do.

    def say(self, *frames: bytes) -> None:
        for one in frames:
            self.wire.pieces.put_nowait(one)

    def cut(self) -> None:
        """Break the stream; the run goes on."""
        self.wire.pieces.put_nowait(CUT)

    def end(self, status: str = "success", state: dict[str, Any] | None = None) -> None:
        """The run is over: as on the real server, its status and state are known by then."""
        self.runs[0]["status"] = status
        if state is not None:
            self.state = state
        self.wire.pieces.put_nowait(None)

    # What it answers.

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.path}"
        name = next(name for name, route in ROUTES.items() if re.fullmatch(route, line))
        self.asked[name] += 1
        body = await request.aread()
        self.bodies[name] = json.loads(body) if body else None
        if name in self.gates:
            await self.gates[name].wait()
        refusal = self.refusals.get(name)
        if isinstance(refusal, list):
            refusal = refusal.pop(0) if refusal else None
        if isinstance(refusal, Exception):
            raise refusal
        if refusal is not None:
            return httpx.Response(refusal.status_code, content=refusal.content)
        answer = getattr(self, f"_{name}")(request)
        if name in self.unanswered:
            raise RESET
        return answer

    def _assistants(self, _: httpx.Request) -> httpx.Response:
        return said(self.assistants)

    def _assistant(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.path.split("/")[2]
        found = [one for one in self.assistants if one["assistant_id"] == wanted]
        return said(found[0])

    def _graph(self, _: httpx.Request) -> httpx.Response:
        node = {"id": "tools", "metadata": {"__tools": self.tools}}
        return said({"nodes": [{"id": "model"}, node], "edges": []})

    def _schemas(self, _: httpx.Request) -> httpx.Response:
        return said({"graph_id": "agent", "input_schema": self.schema})

    def _create(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"thread_id": self.bodies["create"]["thread_id"]})

    def _thread(self, request: httpx.Request) -> httpx.Response:
        """One thread with its content, or what a search for one by its id finds."""
        if request.method == "POST":
            asked = self.bodies["thread"]
            record = {key: self.thread[key] for key in asked["select"] if key in self.thread}
            return said([record | {"thread_id": id} for id in asked["ids"]])
        thread_id = request.url.path.split("/")[2]
        return said(self.thread | {"thread_id": thread_id, "values": self.values})

    def _watch(self, _: httpx.Request) -> httpx.Response:
        self.changes = Wire()
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=self.changes)

    def _state(self, _: httpx.Request) -> httpx.Response:
        if self.state is None:
            return httpx.Response(400, json={"detail": "Message dict must contain content"})
        return httpx.Response(200, json=self.state)

    def _update(self, _: httpx.Request) -> httpx.Response:
        assert self.state is not None
        written = self.bodies["update"]["values"]["messages"]
        messages = [*self.state["values"].get("messages", []), *written]
        due = ["model"] if self.bodies["update"].get("as_node") == "__start__" else []
        self.state = thread_state(*messages, checkpoint="after-update", next=due)
        return httpx.Response(200, json={"checkpoint": {}})

    def _runs(self, request: httpx.Request) -> httpx.Response:
        thread_id = request.url.path.split("/")[2]
        runs = [run for run in self.runs if run["thread_id"] == thread_id]
        return httpx.Response(200, json=runs[: int(request.url.params["limit"])])

    def _standing(self, request: httpx.Request) -> httpx.Response:
        run_id = request.url.path.split("/")[4]
        for run in self.runs:
            if run["run_id"] == run_id:
                return httpx.Response(200, json=run)
        return httpx.Response(404, json={"detail": "Run not found"})

    def _cancel(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={})

    def _start(self, request: httpx.Request) -> httpx.Response:
        run_id = run_named(len(self.runs))
        asked = self.bodies["start"] or {}
        known = {"metadata": asked.get("metadata"), "kwargs": {"input": asked.get("input")}}
        thread = {"thread_id": request.url.path.split("/")[2]}
        self.runs.insert(0, a_run(run_id) | thread | known)
        return self._streamed(request, run_id)

    def _join(self, request: httpx.Request) -> httpx.Response:
        run_id = request.url.path.split("/")[4]
        answer = self._streamed(request, run_id)
        self.say(*self.replay)
        if next(run for run in self.runs if run["run_id"] == run_id)["status"] != "running":
            self.wire.pieces.put_nowait(None)
        return answer

    def _streamed(self, request: httpx.Request, run_id: str) -> httpx.Response:
        self.wire = Wire()
        thread_id = request.url.path.split("/")[2]
        headers = {
            "content-type": "text/event-stream",
            "content-location": f"/threads/{thread_id}/runs/{run_id}",
        }
        return httpx.Response(200, headers=headers, stream=self.wire)


def said(body: Any) -> httpx.Response:
    """An answer in JSON, of ASCII alone, so that it may hold what no encoding has."""
    return httpx.Response(200, content=json.dumps(body))


def run_named(place: int) -> str:
    """The id of the run that was started in that place."""
    return f"{RUN[:-1]}{place:x}"


def a_run(run_id: str = RUN, status: str = "running") -> dict[str, Any]:
    return {"run_id": run_id, "thread_id": THREAD, "status": status, "assistant_id": "agent"}


def human(id: str = "h1", content: Any = "hi") -> dict[str, Any]:
    return {"type": "human", "id": id, "content": content}


def ai(id: str = "a1", content: Any = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "ai", "id": id, "content": content, **more}


def thread_state(*messages: Any, checkpoint: str = "c1", **more: Any) -> dict[str, Any]:
    values = {"messages": list(messages)} if messages else {}
    known = {"checkpoint": {"checkpoint_id": checkpoint}, "checkpoint_id": checkpoint}
    return {"values": values, "next": [], "tasks": [], **known, **more}


def token(text: str, id: str = "a1", event_id: str = "") -> bytes:
    """One token of the answer, as the wire has it."""
    chunk = {"type": "AIMessageChunk", "id": id, "content": text}
    return frame("messages", [chunk, {"langgraph_node": "model"}], event_id)


def values(*messages: Any, event_id: str = "") -> bytes:
    return frame("values", {"messages": list(messages)}, event_id)


def metadata(run_id: str = RUN, event_id: str = "") -> bytes:
    return frame("metadata", {"run_id": run_id, "attempt": 1}, event_id)


async def until(changed: Signal, true: Callable[[], object]) -> None:
    """Wait for a change after which something is true."""
    wake = asyncio.Event()
    with changed.watching(wake):
        async with asyncio.timeout(60):
            while not true():
                await wake.wait()
                wake.clear()


async def pause() -> None:
    """Let everything else on the loop come to rest, as far as it waits for nothing outside."""
    for _ in range(50):
        await asyncio.sleep(0)
