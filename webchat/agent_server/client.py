"""The agent server's API: one object for the app's life, one method for each thing it can do.

Knows paths and bodies; not what a message means.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from typing import Any, Literal, Self, cast

import httpx

from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import (
    About,
    from_transport,
    not_an_agent_server,
    unknown_assistant,
)
from webchat.agent_server.errors import AgentServerError, MalformedId, NotFound
from webchat.agent_server.paths import assistant_path, checked_id, run_path, thread_path
from webchat.agent_server.patience import PATIENT, Patience
from webchat.agent_server.streams import RunStream
from webchat.agent_server.thread_record import read_record
from webchat.agent_server.thread_stream import ThreadStream
from webchat.agent_server.types import (
    Assistant,
    Graph,
    Run,
    Schemas,
    ServerInfo,
    Thread,
    ThreadState,
)

STREAM_MODES = ("values", "updates", "messages-tuple", "custom", "tasks")
RECURSION_LIMIT = 100
"""Steps of a run where nobody set a limit; the server's own 10,007 let a loop eat its memory."""
LIMIT_KEPT = 60.0  # seconds that an assistant's own limit is taken from memory
PAGE = 100  # assistants asked for at once
HEALTH_PATIENCE = 5.0  # seconds
# A thread's `values` are its whole conversation: a list of threads does without.
THREAD_FIELDS = ("thread_id", "created_at", "updated_at", "metadata", "status")


class AgentServer:
    """A LangGraph agent server.

    Made once and shared: it owns one pool of connections. Close it with `aclose`, or use it as
    an asynchronous context manager. Every method raises an `AgentServerError` when it fails,
    and nothing else; those that take ids raise `MalformedId` before they send anything.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:2024`.
        api_key: Sent as `x-api-key` if given.
        headers: Sent with every request; never those of a browser.
        recursion_limit: The most steps of any run, whatever its assistant says; None leaves it
            to the assistant.
        transport: Instead of the network, for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        recursion_limit: int | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(
            base_url, api_key=api_key, headers=headers, transport=transport
        )
        self._recursion_limit = recursion_limit
        self._limits: dict[str, tuple[int | None, float]] = {}  # by assistant, until when

    @property
    def address(self) -> str:
        """The server's address without credentials, fit to be shown."""
        return self._connection.address

    async def aclose(self) -> None:
        """Close every connection; runs go on."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # The server itself.

    async def check(self) -> None:
        """Return if the server answers, is an agent server, and accepts our key.

        Asks for one assistant: `/ok` and `/info` answer everybody, and other makes lack them.

        Raises:
            AgentServerError: It does not; `Unreachable` after a few seconds without an answer.
        """
        about, body = About(), {"limit": 1}
        try:
            async with asyncio.timeout(HEALTH_PATIENCE):
                answer = await self._connection.post(
                    "/assistants/search", about, body, repeatable=True, urgent=True
                )
        except TimeoutError as error:
            raise from_transport(
                httpx.ReadTimeout(f"no answer in {HEALTH_PATIENCE:.0f} s"), self.address, about
            ) from error
        _many(answer)

    async def info(self) -> ServerInfo:
        """What the server says of itself; empty where it does not say."""
        try:
            return cast(ServerInfo, _one(await self._connection.get("/info", About())))
        except NotFound:
            return {}

    # Assistants.

    async def assistants(self, graph_id: str | None = None) -> list[Assistant]:
        """All assistants, or all of one graph, the oldest first."""
        found: list[Assistant] = []
        about = About(assistant_id=graph_id)
        while True:
            body: dict[str, Any] = {"limit": PAGE, "offset": len(found)}
            if graph_id is not None:
                body["graph_id"] = graph_id
            page = _many(
                await self._connection.post("/assistants/search", about, body, repeatable=True)
            )
            found += cast(list[Assistant], page)
            if len(page) < PAGE:
                return sorted(found, key=lambda assistant: assistant.get("created_at", ""))

    async def assistant(self, id: str) -> Assistant:
        """One assistant.

        Args:
            id: Its id, or the name of a graph, which stands for that graph's default assistant.

        Raises:
            UnknownAssistant: There is none.
        """
        try:
            assistant_id = checked_id("assistant", id)
        except MalformedId:
            return _default_of(await self.assistants(graph_id=id), id)
        about = About(assistant_id=id)
        return cast(
            Assistant, _one(await self._connection.get(f"/assistants/{assistant_id}", about))
        )

    async def default_assistant(self) -> Assistant:
        """The assistant to talk to where none is chosen.

        It is the first that the server made by itself, without a configuration; where it made
        none, the first without a configuration; else the first.

        Raises:
            UnknownAssistant: The server has no assistants.
        """
        return _default_of(await self.assistants(), "default")

    async def graph(self, assistant_id: str) -> Graph:
        """An assistant's graph with what is inside its steps; its tools stand in the nodes."""
        about, path = assistant_path(assistant_id)
        return cast(
            Graph, _one(await self._connection.get(f"{path}/graph", about, {"xray": "true"}))
        )

    async def schemas(self, assistant_id: str) -> Schemas:
        """An assistant's JSON schemas; some 50 KB."""
        about, path = assistant_path(assistant_id)
        return cast(Schemas, _one(await self._connection.get(f"{path}/schemas", about)))

    async def recursion_limit(self, assistant_id: str) -> int | None:
        """The steps to allow a run of an assistant; None where the assistant says so itself.

        It is this server's `recursion_limit` if it was given one, else the assistant's own, else
        `RECURSION_LIMIT`. What an assistant says is kept for a minute.
        """
        if self._recursion_limit is not None:
            return self._recursion_limit
        limit, until = self._limits.get(assistant_id, (None, 0.0))
        if time.monotonic() < until:
            return limit
        try:
            config = (await self.assistant(assistant_id)).get("config") or {}
        except AgentServerError:
            return RECURSION_LIMIT  # the request for the run says what is wrong
        limit = None if "recursion_limit" in config else RECURSION_LIMIT
        self._limits[assistant_id] = (limit, time.monotonic() + LIMIT_KEPT)
        return limit

    # Threads.

    async def create_thread(
        self, thread_id: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> Thread:
        """Make a thread, or get the one that has this id already.

        Args:
            thread_id: A UUID; a new one by default.
            metadata: Kept with the thread, and repeated by the server with every token: keep
                it tiny, and without secrets.
        """
        about = About(checked_id("thread", thread_id or str(uuid.uuid4())))
        body = {
            "thread_id": about.thread_id,
            "metadata": dict(metadata or {}),
            "if_exists": "do_nothing",
        }
        return cast(
            Thread, _one(await self._connection.post("/threads", about, body, repeatable=True))
        )

    async def thread(self, thread_id: str) -> Thread:
        """One thread with its status, its error and all its content; `state` knows that better."""
        about, path = thread_path(thread_id)
        return cast(Thread, _one(await self._connection.get(path, about)))

    async def thread_record(self, thread_id: str) -> Thread:
        """One thread's id, status and time of its last change, without its content."""
        return await read_record(self._connection, checked_id("thread", thread_id))

    async def search_threads(
        self, metadata: Mapping[str, Any] | None = None, *, limit: int = 20, offset: int = 0
    ) -> list[Thread]:
        """Threads without their content, the last changed first.

        Args:
            metadata: What a thread's metadata must contain.
            limit: How many at most, up to 1,000.
            offset: How many to skip.
        """
        body = {
            "metadata": dict(metadata or {}),
            "limit": limit,
            "offset": offset,
            "sort_by": "updated_at",
            "sort_order": "desc",
            "select": THREAD_FIELDS,
        }
        answer = await self._connection.post("/threads/search", About(), body, repeatable=True)
        return cast(list[Thread], _many(answer))

    async def state(self, thread_id: str) -> ThreadState:
        """A thread's content as it stands; `values` is empty before the first run."""
        about, path = thread_path(thread_id)
        return cast(ThreadState, _one(await self._connection.get(f"{path}/state", about)))

    async def history(self, thread_id: str, limit: int = 10) -> list[ThreadState]:
        """A thread's last states, the newest first, each with the whole content of its time."""
        about, path = thread_path(thread_id)
        answer = await self._connection.get(f"{path}/history", about, {"limit": limit})
        return cast(list[ThreadState], _many(answer))

    async def update_state(
        self, thread_id: str, values: Mapping[str, Any], as_node: str | None = None
    ) -> None:
        """Write to a thread's state; a message with a known id replaces that one in its place.

        Args:
            thread_id: The thread; it must have had a run.
            values: What a node would have returned.
            as_node: The node in whose name; by default the last one.

        Raises:
            Busy: A run is at work on the thread.
        """
        about, path = thread_path(thread_id)
        body = {"values": dict(values)} | ({"as_node": as_node} if as_node else {})
        await self._connection.post(f"{path}/state", about, body)

    # Runs.

    async def runs(self, thread_id: str, limit: int = 10) -> list[Run]:
        """A thread's runs, the newest first."""
        about, path = thread_path(thread_id)
        answer = await self._connection.get(f"{path}/runs", about, {"limit": limit})
        return [_without_credentials(run) for run in _many(answer)]

    async def run(self, thread_id: str, run_id: str) -> Run:
        """One run with its status."""
        about, path = run_path(thread_id, run_id)
        return _without_credentials(_one(await self._connection.get(path, about)))

    async def cancel(
        self,
        thread_id: str,
        run_id: str,
        action: Literal["interrupt", "rollback"] = "interrupt",
        *,
        wait: bool = True,
    ) -> None:
        """Stop a run; one that has ended already is left as it is.

        The server forgets the text that was being written.

        Args:
            thread_id: The run's thread.
            run_id: The run.
            action: `interrupt` keeps what finished steps did; `rollback` takes the run back,
                with the message that started it.
            wait: Whether to return only once it has stopped.

        Raises:
            UnknownRun: The thread has no such run.
        """
        about, path = run_path(thread_id, run_id)
        params = {"action": action, "wait": int(wait)}
        try:
            await self._connection.post(
                f"{path}/cancel", about, params=params, repeatable=True, urgent=True
            )
        except NotFound:  # so it says of a finished run, too
            await self._connection.get(path, about)

    def stream_run(
        self,
        thread_id: str,
        assistant_id: str,
        input: Mapping[str, Any] | None,
        *,
        create: bool = True,
        recursion_limit: int | None = RECURSION_LIMIT,
        metadata: Mapping[str, str] | None = None,
        patience: Patience = PATIENT,
    ) -> RunStream:
        """Start a run, to be entered with `async with` and iterated.

        The run goes on when its stream is left.

        Args:
            thread_id: The thread, a UUID.
            assistant_id: An assistant's id, or a graph's name.
            input: The graph's input, such as `{"messages": [...]}`; messages with ids of the
                client's making can be sent twice without harm. None goes on where the thread
                stands.
            create: Whether the thread is made if there is none.
            recursion_limit: The most steps it may take; None leaves it to the assistant.
            metadata: Kept with the run, and listed with it; tiny, and without secrets.
            patience: How long a cut stream is tried again.

        Raises:
            MalformedId: `thread_id` is no UUID. Entering raises `Busy`, `UnknownAssistant` and
                the others; see `RunStream`.
        """
        body: dict[str, Any] = {
            "assistant_id": assistant_id,
            "input": None if input is None else dict(input),
            "stream_mode": STREAM_MODES,
            "stream_subgraphs": True,
            "stream_resumable": True,
            "on_disconnect": "continue",
            "multitask_strategy": "reject",
            "if_not_exists": "create" if create else "reject",
        }
        if recursion_limit is not None:
            body["config"] = {"recursion_limit": recursion_limit}
        if metadata:
            body["metadata"] = dict(metadata)
        thread = checked_id("thread", thread_id)
        return RunStream(self._connection, thread, body=body, patience=patience)

    def join_run(self, thread_id: str, run_id: str, *, patience: Patience = PATIENT) -> RunStream:
        """Follow a run from its first event, whether it is at work or has ended.

        Raises:
            MalformedId: An id is no UUID. Entering raises `UnknownRun` and the others; see
                `RunStream`.
        """
        thread, run = checked_id("thread", thread_id), checked_id("run", run_id)
        return RunStream(self._connection, thread, run_id=run, patience=patience)

    def watch_thread(
        self, thread_id: str, *, events: bool = True, patience: Patience = PATIENT
    ) -> ThreadStream:
        """Follow what happens on a thread from now on, whoever does it.

        Args:
            thread_id: The thread.
            events: Whether the runs' events are wanted, too, not only their starts and ends.
            patience: How long a cut stream is tried again.

        Raises:
            MalformedId: `thread_id` is no UUID. Entering raises `UnknownThread`, and `NotFound`
                where the server has no thread streams; see `ThreadStream`.
        """
        thread = checked_id("thread", thread_id)
        return ThreadStream(self._connection, thread, events=events, patience=patience)


def _default_of(assistants: list[Assistant], wanted: str) -> Assistant:
    plain = [each for each in assistants if not each.get("config")]
    systems = [each for each in plain if (each.get("metadata") or {}).get("created_by") == "system"]
    for choice in (systems, plain, assistants):
        if choice:
            return choice[0]
    raise unknown_assistant("nothing found", About(assistant_id=wanted))


def _without_credentials(run: dict[str, Any]) -> Run:
    """A run with the `input` out of its `kwargs`, in which the server repeats who asked, and how.

    The headers and the user that stand there beside the input go no further.
    """
    kwargs = run.pop("kwargs", None)
    run["input"] = kwargs.get("input") if isinstance(kwargs, dict) else None
    return cast(Run, run)


def _one(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise not_an_agent_server(f"answered {type(answer).__name__}, not an object", About())
    return answer


def _many(answer: Any) -> list[dict[str, Any]]:
    if not (isinstance(answer, list) and all(isinstance(item, dict) for item in answer)):
        raise not_an_agent_server("answered something other than a list of objects", About())
    return answer
