"""The page's side of a tab: a store that takes deltas, and somebody who looks at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from webchat.screen.replica import Delta, Replica
from webchat.screen.tab import Tab


class Page:
    """What `store.js` does, in Python: `tests/fixtures/deltas.json` keeps them in step.

    Attributes:
        records: What it has, by key.
        woken: The keys whose subscribers each delta called, in order.
    """

    def __init__(self) -> None:
        self.records: dict[str, Any] = {}
        self.woken: list[str] = []
        self.epoch, self.seq = "", -1

    def apply(self, delta: list[Any]) -> bool:
        epoch, seq, ops = json.loads(json.dumps(delta))
        if epoch == self.epoch and seq <= self.seq:
            return True
        if seq != 0 and (epoch != self.epoch or seq != self.seq + 1):
            return False
        touched = dict.fromkeys(self.records if seq == 0 else ())
        if seq == 0:
            self.records = {}
        self.epoch, self.seq = epoch, seq
        for op in ops:
            self._op(*op)
            touched[op[1]] = None
        self.woken += touched
        return True

    def _op(self, kind: str, key: str, *rest: Any) -> None:
        old = self.records.get(key, {})
        match kind, rest:
            case "delete", _:
                self.records.pop(key, None)
            case "put", (record,):
                self.records[key] = record
            case "set", (field, value):
                self.records[key] = {**old, field: value}
            case "splice", (field, keep, add):
                kept = old[field].encode("utf-16-le", "surrogatepass")[: keep * 2]
                self.records[key] = {**old, field: kept.decode("utf-16-le", "surrogatepass") + add}
            case "append", (field, items):
                self.records[key] = {**old, field: [*old[field], *items]}
            case _:
                raise AssertionError(kind)


class Screen:
    """Somebody who looks at a tab.

    Attributes:
        deltas: What came, oldest first; each was fit to follow the one before.
    """

    def __init__(self, tab: Tab) -> None:
        self._page = Page()
        self._came = asyncio.Event()
        self._tab = tab
        self.deltas: list[Delta] = []

    @property
    def records(self) -> dict[str, Any]:
        """What it shows, by name."""
        return self._page.records

    async def look(self) -> None:
        """Take deltas until cancelled."""
        with self._tab.watching() as watch:
            async with aclosing(self._tab.deltas(watch)) as deltas:
                async for delta in deltas:
                    self.deltas.append(delta)
                    assert self._page.apply(delta), "a delta that does not follow the last"
                    self._came.set()

    async def until(self, true: Callable[[dict[str, Any]], object]) -> None:
        """Wait for a delta after which something is true of the records."""
        async with asyncio.timeout(60):
            while not true(self.records):
                self._came.clear()
                await self._came.wait()

    @property
    def texts(self) -> list[str]:
        """What stands in each turn: the plain text, or the HTML of its blocks."""
        turns = self.records.get("turns", {}).get("ids", [])
        return ["".join(map(self._text, self.records[turn]["parts"])) for turn in turns]

    def _text(self, part: str) -> str:
        record = self.records[part]
        if record["kind"] == "plain":
            return record["text"]
        blocks = [*record.get("blocks", ()), *filter(None, [record.get("tail")])]
        return "".join(self.records[block]["html"] for block in blocks)

    async def until_it_says(self, words: str) -> None:
        """Wait until these words stand in the last turn."""
        await self.until(lambda _: self.texts and words in self.texts[-1])


@asynccontextmanager
async def looking_at(tab: Tab) -> AsyncIterator[Screen]:
    """Look at a tab while inside."""
    screen = Screen(tab)
    task = asyncio.create_task(screen.look())
    try:
        await screen.until(lambda _: screen.deltas)
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
    while delta := replica.take():
        page.apply(delta)
    return page.records


def records_of(tab: Tab) -> dict[str, Any]:
    """What a page would have that began to look at this tab now."""
    page = Page()
    tab.restart()
    while delta := tab.draw():
        page.apply(delta)
    return page.records


def raw_rows(records: dict[str, Any]) -> list[list[Any]]:
    """The raw view's rows that a page has, oldest first."""
    chunks = records.get("rows", {}).get("chunks", [])
    return [row for chunk in chunks for row in records[chunk]["rows"]]
