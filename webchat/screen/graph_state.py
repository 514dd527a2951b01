"""The state of a thread without messages, in the place of the conversation, as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webchat.rendering.json_tree import offers, tree
from webchat.runs import Feed
from webchat.screen.expanded import Expanded
from webchat.screen.records import GraphRecord
from webchat.screen.replica import Replica

TREES = ("graph:values", "graph:input", "graph:earlier")
"""The names of its trees: the state, the latest run's input, and those of the runs before it."""

NO_MESSAGES = "This graph has no messages: its state is shown as it changes."
NOTHING_SAID = "Nothing has been said in this conversation yet."


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One of the trees as last drawn: of what, under which choices, and its HTML."""

    value: Any = None
    version: int = -1
    html: str = ""


_NOT_DRAWN = _Drawing()


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
        self._drawn: dict[str, _Drawing] = {}
        self._earlier: dict[str, Any] | None = None

    def leave(self) -> None:
        """The tab looks at another thread."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self._drawn.clear()
        self._earlier = None

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
            self._draw({name: self._value(feed, name) for name in TREES})
        nothing_said = not turns and not shown and not feed.live
        replica.put(
            "graph",
            GraphRecord(
                shown=shown,
                note=NO_MESSAGES if shown else NOTHING_SAID if nothing_said else "",
                input=self._html("graph:input") if shown else "",
                earlier=self._html("graph:earlier") if shown else "",
                html=self._html("graph:values") if shown else "",
                live=shown and feed.live,
            ),
        )

    def offers(self, feed: Feed, name: str, pointer: str) -> bool:
        """Whether one of its trees offers to show what it has left out at a place."""
        value = value_named(feed, name)
        return value is not None and offers(value, pointer, self._expanded.pointers(name))

    def _value(self, feed: Feed, name: str) -> Any:
        """What a tree is about: the same object until that changes."""
        value = value_named(feed, name)
        if name != "graph:earlier":
            return value
        if not _holds_the_same(value, self._earlier):
            self._earlier = value
        return self._earlier

    def _html(self, name: str) -> str:
        return self._drawn.get(name, _NOT_DRAWN).html

    def _draw(self, values: Mapping[str, Any]) -> None:
        if self._task is not None and not self._task.done():
            return
        version = self._expanded.version
        due = {
            name: value
            for name, value in values.items()
            for drawn in (self._drawn.get(name, _NOT_DRAWN),)
            if drawn.value is not value or drawn.version != version
        }
        if due:
            self._task = asyncio.create_task(self._redraw(due, version))

    async def _redraw(self, due: Mapping[str, Any], version: int) -> None:
        for name, value in due.items():
            html = await self._tree(name, value)
            self._drawn[name] = _Drawing(value, version, html)
        self._task = None
        self._wake()  # to give it to the tab, and to draw what changed since

    async def _tree(self, name: str, value: Any) -> str:
        asked = tuple(self._expanded.pointers(name))
        return "" if value is None else await asyncio.to_thread(tree, value, expanded=asked)


def value_named(feed: Feed, name: str) -> Any:
    """What a tree is about.

    Args:
        feed: The thread.
        name: One of `TREES`.

    Returns:
        None where there is nothing, and for any other name.
    """
    match name:
        case "graph:values":
            return feed.transcript.values
        case "graph:input":
            return feed.input
        case "graph:earlier":
            before = [run for run in reversed(feed.runs) if run is not feed.run]
            return {run.run_id: run.input for run in before if run.input is not None} or None
        case _:
            return None


def _holds_the_same(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two dicts have the same objects under the same keys."""
    if one is None or other is None:
        return one is other
    return one.keys() == other.keys() and all(one[key] is other[key] for key in one)
