"""The state of a thread without messages, in the place of the conversation, as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from webchat.rendering.json_tree import offers, tree
from webchat.runs import Feed
from webchat.screen.expanded import Expanded
from webchat.screen.records import GraphRecord
from webchat.screen.replica import Replica

NO_MESSAGES = "This graph has no messages: its state is shown as it changes."
NOTHING_SAID = "Nothing has been said in this conversation yet."


class _Source:
    """What a drawing is made from; equal only if the same objects are."""

    __slots__ = ("input", "values", "version")

    def __init__(self, values: Any, input: Any, version: int) -> None:
        self.values, self.input, self.version = values, input, version

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source) and (
            self.values is other.values
            and self.input is other.input
            and self.version == other.version
        )

    __hash__ = None  # type: ignore[assignment]


class GraphState:
    """Draws the state of one thread, one drawing at a time and away from the event loop.

    Args:
        expanded: What the tab has expanded.
        wake: Called when there is something new to show.
    """

    def __init__(self, expanded: Expanded, wake: Callable[[], None]) -> None:
        self._expanded = expanded
        self._wake = wake
        self._task: asyncio.Task[None] | None = None
        self._drawn: _Source | None = None
        self._html = self._input = ""

    def leave(self) -> None:
        """The tab looks at another thread."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._drawn = None
        self._html = self._input = ""

    def put(self, replica: Replica, feed: Feed, *, takes_messages: bool) -> None:
        """Give a tab the state as last drawn, and draw it again if it has changed.

        Args:
            replica: The tab's replica.
            feed: The thread that it looks at.
            takes_messages: Whether messages are what its assistant takes.
        """
        values, turns = feed.transcript.values, feed.turns
        no_talk = not turns or (len(turns) == 1 and turns[0].role == "agent")
        shown = values is not None or (no_talk and not takes_messages)
        if shown:
            self._draw(_Source(values, feed.input, self._expanded.version))
        nothing_said = not turns and not shown and not feed.live
        replica.put(
            "graph",
            GraphRecord(
                shown=shown,
                note=NO_MESSAGES if shown else NOTHING_SAID if nothing_said else "",
                input=self._input if shown else "",
                html=self._html if shown else "",
                live=shown and feed.live,
            ),
        )

    def offers(self, feed: Feed, name: str, pointer: str) -> bool:
        """Whether one of its trees offers to show what it has left out at a place."""
        value = value_named(feed, name)
        return value is not None and offers(value, pointer, self._expanded.pointers(name))

    def _draw(self, source: _Source) -> None:
        if source == self._drawn or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.create_task(self._redraw(source))

    async def _redraw(self, source: _Source) -> None:
        html = await self._tree("graph:values", source.values)
        self._input = await self._tree("graph:input", source.input)
        self._html, self._drawn, self._task = html, source, None
        self._wake()  # to give it to the tab, and to draw what changed since

    async def _tree(self, name: str, value: Any) -> str:
        asked = tuple(self._expanded.pointers(name))
        return "" if value is None else await asyncio.to_thread(tree, value, expanded=asked)


def value_named(feed: Feed, name: str) -> Any:
    """What a tree is about: `graph:values` or `graph:input`; None for any other name."""
    if name == "graph:values":
        return feed.transcript.values
    return feed.input if name == "graph:input" else None
