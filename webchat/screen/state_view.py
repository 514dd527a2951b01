"""The thread's state as the agent server has it: values, what is next, tasks, the checkpoint."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from webchat import limits
from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.rendering.json_tree import offers, tree
from webchat.rendering.text import SENTENCE, shortened
from webchat.runs import Feed
from webchat.screen.replica import Replica

log = logging.getLogger(__name__)


class StateView:
    """Reads a thread's state when asked to, and shows it.

    Args:
        server: Whom to ask.
        wake: Called when there is something new to show.

    Attributes:
        open: Whether it is shown.
        value: What was read last; None before that.
    """

    def __init__(self, server: AgentServer, wake: Callable[[], None]) -> None:
        self._server = server
        self._wake = wake
        self._task: asyncio.Task[None] | None = None
        self._known: Mapping[str, Any] | None = None
        self._pointers: tuple[str, ...] = ()
        self._html = self._error = ""
        self.open = False
        self.value: Any = None

    def close(self) -> None:
        """Show it no more."""
        if self._task is not None:
            self._task.cancel()
        self.open, self.value, self._known = False, None, None
        self._html = self._error = ""
        self._pointers = ()
        self._wake()

    def read(self, feed: Feed) -> None:
        """Show the state of a thread as it is now."""
        if self._task is not None:
            self._task.cancel()
        self.open, self._known = True, feed.state
        self._task = asyncio.create_task(self._read(feed.thread_id))
        self._wake()

    def show_more(self, pointer: str) -> None:
        """Show all of a place that the tree had cut short."""
        if self.value is None or not offers(self.value, pointer, self._pointers):
            return
        self._pointers = (*self._pointers, pointer)[-limits.EXPANDED_PLACES :]
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._draw())

    def put(self, replica: Replica, feed: Feed | None) -> None:
        """Give a tab the state; it is read again after each run of the thread."""
        if self.open and feed is not None and feed.state is not self._known:
            self.read(feed)
        replica.put(
            "state",
            {
                "open": self.open,
                "facts": _facts(self.value),
                "error": self._error,
                "html": self._html,
            },
        )

    async def _read(self, thread_id: str) -> None:
        try:
            self.value = await self._server.state(thread_id)
        except AgentServerError as error:
            self.value, self._html = None, ""
            self._error = shortened(f"{error} {error.advice}".strip(), SENTENCE)
            self._wake()
        else:
            self._error = ""
            await self._draw()

    async def _draw(self) -> None:
        self._html = await asyncio.to_thread(tree, self.value, expanded=self._pointers)
        self._wake()


def _facts(state: Any) -> str:
    """What is next, and which checkpoint it is."""
    if not isinstance(state, Mapping):
        return ""
    due = state.get("next")
    names = [shortened(str(one), 60) for one in due[:5]] if isinstance(due, list) else []
    facts = [f"next: {', '.join(names)}" if names else "nothing is next"]
    checkpoint = state.get("checkpoint")
    id = checkpoint.get("checkpoint_id") if isinstance(checkpoint, Mapping) else None
    if isinstance(id, str):
        facts.append(f"checkpoint {shortened(id, 36)}")
    return " · ".join(facts)
