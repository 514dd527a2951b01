"""The API of runs: starting, joining and cancelling them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from webchat.agent_server.assistants import RECURSION_LIMIT
from webchat.agent_server.connection import Connection
from webchat.agent_server.errors import NotFound
from webchat.agent_server.paths import checked_id, run_path, thread_path
from webchat.agent_server.patience import PATIENT, Patience
from webchat.agent_server.shapes import many, one
from webchat.agent_server.streams import RunStream
from webchat.agent_server.types import Run

STREAM_MODES = ("values", "updates", "messages-tuple", "custom", "tasks")


class Runs:
    """The runs of a server's threads.

    Args:
        connection: The way to the server.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def runs(self, thread_id: str, limit: int = 10) -> list[Run]:
        """A thread's runs, the newest first."""
        about, path = thread_path(thread_id)
        answer = await self._connection.get(f"{path}/runs", about, {"limit": limit})
        return [_without_credentials(run) for run in many(answer)]

    async def run(self, thread_id: str, run_id: str) -> Run:
        """One run with its status."""
        about, path = run_path(thread_id, run_id)
        return _without_credentials(one(await self._connection.get(path, about)))

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


def _without_credentials(run: dict[str, Any]) -> Run:
    """A run with the `input` out of its `kwargs`, in which the server repeats who asked, and how.

    The headers and the user that stand there beside the input go no further.
    """
    kwargs = run.pop("kwargs", None)
    run["input"] = kwargs.get("input") if isinstance(kwargs, dict) else None
    return cast(Run, run)
