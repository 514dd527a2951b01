"""The page's side of a tab: a tree that takes frames, and somebody who looks at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from webchat.screen.replica import Frame, Replica
from webchat.screen.tab import Tab


class Page:
    """What `store.js` does, in Python: kept in step with it by the browser tests."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}
        self.epoch, self.seq = "", -1

    def apply(self, frame: list[Any]) -> bool:
        epoch, seq, ops = json.loads(json.dumps(frame))
        if epoch == self.epoch and seq <= self.seq:
            return True
        if seq != 0 and (epoch != self.epoch or seq != self.seq + 1):
            return False
        if seq == 0:
            self.nodes = {}
        self.epoch, self.seq = epoch, seq
        for op in ops:
            self._op(*op)
        return True

    def _op(self, kind: str, key: str, *rest: Any) -> None:
        old = self.nodes.get(key, {})
        if kind == "-":
            self.nodes.pop(key, None)
        elif kind == "=":
            self.nodes[key] = rest[0]
        elif kind == ".":
            self.nodes[key] = {**old, rest[0]: rest[1]}
        elif kind == "~":
            field, keep, add = rest
            kept = old[field].encode("utf-16-le", "surrogatepass")[: keep * 2]
            self.nodes[key] = {**old, field: kept.decode("utf-16-le", "surrogatepass") + add}
        elif kind == "+":
            self.nodes[key] = {**old, rest[0]: [*old[rest[0]], *rest[1]]}


class Screen:
    """Somebody who looks at a tab.

    Attributes:
        frames: What came, oldest first; each was fit to follow the one before.
    """

    def __init__(self, tab: Tab) -> None:
        self._page = Page()
        self._came = asyncio.Event()
        self._tab = tab
        self.frames: list[Frame] = []

    @property
    def nodes(self) -> dict[str, Any]:
        """What it shows, by name."""
        return self._page.nodes

    async def look(self) -> None:
        """Take frames until cancelled."""
        async with aclosing(self._tab.frames()) as frames:
            async for frame in frames:
                self.frames.append(frame)
                assert self._page.apply(frame), "a frame that does not follow the last"
                self._came.set()

    async def until(self, true: Callable[[dict[str, Any]], object]) -> None:
        """Wait for a frame after which something is true of the nodes."""
        async with asyncio.timeout(5):
            while not true(self.nodes):
                self._came.clear()
                await self._came.wait()

    @property
    def texts(self) -> list[str]:
        """What stands in each turn: the plain text, or the HTML of its blocks."""
        turns = self.nodes.get("turns", {}).get("ids", [])
        return ["".join(map(self._text, self.nodes[turn]["parts"])) for turn in turns]

    def _text(self, part: str) -> str:
        node = self.nodes[part]
        if node["kind"] == "plain":
            return node["text"]
        blocks = [*node.get("blocks", ()), *filter(None, [node.get("tail")])]
        return "".join(self.nodes[block]["html"] for block in blocks)

    async def until_it_says(self, words: str) -> None:
        """Wait until these words stand in the last turn."""
        await self.until(lambda _: self.texts and words in self.texts[-1])


@asynccontextmanager
async def looking_at(tab: Tab) -> AsyncIterator[Screen]:
    """Look at a tab while inside."""
    screen = Screen(tab)
    task = asyncio.create_task(screen.look())
    try:
        await screen.until(lambda _: screen.frames)
        yield screen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        await task


def shown(replica: Replica) -> dict[str, Any]:
    """What a page would have after a snapshot of this replica."""
    page = Page()
    replica.restart()
    page.apply(replica.take() or [])
    return page.nodes
