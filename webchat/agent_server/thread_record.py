"""How a thread stands, without its content."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About, not_an_agent_server
from webchat.agent_server.errors import NotFound, Rejected, Unauthorized
from webchat.agent_server.types import Thread

FIELDS = ("thread_id", "status", "updated_at")


async def read_record(connection: Connection, thread_id: str) -> Thread:
    """A thread's id, its status, and when it last changed.

    A server that can't look a thread up by its id, or lets nobody search, gives all of it; its
    content is dropped here.

    Args:
        connection: The server.
        thread_id: The thread, in canonical form.

    Raises:
        UnknownThread: There is none.
        AgentServerError: It can't be read.
    """
    about = About(thread_id)
    body = {"ids": [thread_id], "select": FIELDS, "limit": 1}
    with suppress(NotFound, Rejected, Unauthorized):
        found = await connection.post("/threads/search", about, body, repeatable=True)
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict) and each.get("thread_id") == thread_id:
                return cast(Thread, each)
    thread = await connection.get(f"/threads/{thread_id}", about)
    if not isinstance(thread, dict):
        raise not_an_agent_server(f"answered {type(thread).__name__}, not an object", about)
    return cast(Thread, {key: value for key, value in thread.items() if key != "values"})
