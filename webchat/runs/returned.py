"""Messages that came back: their run ended before the thread took them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webchat.agent_server.types import Run
from webchat.runs.run_facts import message_ids

FAILED = ("error", "timeout", "interrupted")
"""The statuses of runs that may have ended before the thread took their messages in."""

SentMessage = Mapping[str, Any]
"""`{"type": "human", "id": ..., "content": ...}`, as a page sends it."""


class Returned:
    """The messages of a thread that came back, and that nobody has taken yet.

    They are in no thread: they stay until a page has taken them, or until they are sent again.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, SentMessage] = {}
        self._taken: set[str] = set()

    @property
    def messages(self) -> tuple[SentMessage, ...]:
        """All that wait, the first one that was sent first."""
        return tuple(self._waiting.values())

    def add(self, messages: Iterable[SentMessage]) -> None:
        """Their run has just ended without them."""
        for message in messages:
            self._taken.discard(message["id"])
            self._waiting[message["id"]] = message

    def found(self, messages: Iterable[SentMessage]) -> None:
        """The server's list of runs tells of them; those that a page has are not handed out again.

        Args:
            messages: In the order in which they were sent.
        """
        self._waiting |= {one["id"]: one for one in messages if one["id"] not in self._taken}

    def taken(self, message_id: str) -> SentMessage | None:
        """A page has this message; it is handed out no more.

        Returns:
            The message, None where no such one waits.
        """
        message = self._waiting.pop(message_id, None)
        if message is not None:
            self._taken.add(message_id)
        return message

    def sent_again(self, message_id: str) -> None:
        """A run goes on with it: it may come back once more."""
        self._waiting.pop(message_id, None)
        self._taken.discard(message_id)


def left_out(
    run_input: Mapping[str, Any] | None, state: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """The messages of a run's input, as a page sends them, that the thread has not taken in.

    Another program's message may have no id; the server then gives it one, and nobody can tell
    whether the thread has it.
    """
    known = set(message_ids((state or {}).get("values")))
    return [message for message in _pages_messages(run_input) if message["id"] not in known]


def left_out_by(runs: list[Run], state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages that the latest runs left out.

    The runs after the last one that the thread took something of are looked at. What an older
    one began with may have been in the thread, and removed since.

    Args:
        runs: The thread's runs, newest first.
        state: The thread's state.

    Returns:
        The messages, in the order in which they were sent.
    """
    found: list[dict[str, Any]] = []
    for run in runs:
        sent, missing = _pages_messages(run.get("input")), left_out(run.get("input"), state)
        if run.get("status") not in FAILED or len(missing) < len(sent):
            break
        found = missing + found
    return found


def _pages_messages(run_input: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    messages = run_input.get("messages") if isinstance(run_input, Mapping) else None
    return [m for m in messages if _is_a_pages(m)] if isinstance(messages, list) else []


def _is_a_pages(message: Any) -> bool:
    """Whether a message is such as a page sends: a person's text, with an id."""
    return (
        isinstance(message, dict)
        and message.get("type") == "human"
        and all(isinstance(message.get(key), str) for key in ("id", "content"))
    )
