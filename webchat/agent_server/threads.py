"""The API of threads: their records, their states, and what happens on them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About
from webchat.agent_server.paths import checked_id, thread_path
from webchat.agent_server.patience import PATIENT, Patience
from webchat.agent_server.shapes import many, one
from webchat.agent_server.thread_record import read_record
from webchat.agent_server.thread_stream import ThreadStream
from webchat.agent_server.types import Thread, ThreadState

# A thread's `values` are its whole conversation: a list of threads does without.
THREAD_FIELDS = ("thread_id", "created_at", "updated_at", "metadata", "status")


class Threads:
    """The threads of a server.

    Args:
        connection: The way to the server.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
            Thread, one(await self._connection.post("/threads", about, body, repeatable=True))
        )

    async def thread(self, thread_id: str) -> Thread:
        """One thread with its status, its error and all its content; `state` knows that better."""
        about, path = thread_path(thread_id)
        return cast(Thread, one(await self._connection.get(path, about)))

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
        return cast(list[Thread], many(answer))

    async def state(self, thread_id: str) -> ThreadState:
        """A thread's content as it stands; `values` is empty before the first run."""
        about, path = thread_path(thread_id)
        return cast(ThreadState, one(await self._connection.get(f"{path}/state", about)))

    async def history(self, thread_id: str, limit: int = 10) -> list[ThreadState]:
        """A thread's last states, the newest first, each with the whole content of its time."""
        about, path = thread_path(thread_id)
        answer = await self._connection.get(f"{path}/history", about, {"limit": limit})
        return cast(list[ThreadState], many(answer))

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
