"""Draws the JSON of expanded rows as trees, away from the event loop: an event may be megabytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from webchat.rendering.json_tree import tree
from webchat.runs import WireEvent
from webchat.screen.rows import ExpandedRow, body_of


class RowTrees:
    """The trees of one tab that are being drawn.

    Args:
        drawn: Called when one is ready, in its row.
    """

    def __init__(self, drawn: Callable[[], None]) -> None:
        self._drawn = drawn
        self._tasks: set[asyncio.Task[None]] = set()

    def draw(self, event: WireEvent, row: ExpandedRow) -> None:
        """Draw an event below its row, with the places that were asked for until now."""
        task = asyncio.create_task(self._draw(event, row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _draw(self, event: WireEvent, row: ExpandedRow) -> None:
        pointers = row.pointers

        def draw() -> tuple[Any, str]:
            body = row.body if row.html else body_of(event)
            return body, tree(body, expanded=pointers)

        body, html = await asyncio.to_thread(draw)
        if row.pointers == pointers:
            row.body, row.html = body, html
            self._drawn()
