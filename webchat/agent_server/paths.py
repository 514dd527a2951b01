"""Ids from anywhere, checked, and the paths made of them.

Knows how the server's addresses look; sends nothing.
"""

from __future__ import annotations

import uuid

from webchat.agent_server.error_mapping import About
from webchat.agent_server.errors import MalformedId


def checked_id(noun: str, value: str) -> str:
    """An id in its canonical form, fit to stand in a path.

    Args:
        noun: What it names, for the message: `thread`, `run` or `assistant`.
        value: Text from anywhere, a browser's address bar included.

    Raises:
        MalformedId: It is not a UUID.
    """
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise MalformedId(
            f"This is not the id of a {noun}.",
            advice="Check it for missing or added characters, or start a new chat.",
            detail=f"not a UUID: {value[:80]!r}",
        ) from None


def assistant_path(assistant_id: str) -> tuple[About, str]:
    """Where an assistant lives."""
    id = checked_id("assistant", assistant_id)
    return About(assistant_id=id), f"/assistants/{id}"


def thread_path(thread_id: str) -> tuple[About, str]:
    """Where a thread lives."""
    id = checked_id("thread", thread_id)
    return About(id), f"/threads/{id}"


def run_path(thread_id: str, run_id: str) -> tuple[About, str]:
    """Where a run lives."""
    thread, run = checked_id("thread", thread_id), checked_id("run", run_id)
    return About(thread, run), f"/threads/{thread}/runs/{run}"
