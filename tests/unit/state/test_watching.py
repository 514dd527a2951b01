"""The page's own background event: deltas to one var, until the page goes away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.runs.agent import Agent, ai, human, pause, thread_state, token
from tests.unit.screen.page import Page
from tests.unit.state.browser import TOKEN, browser
from webchat import limits
from webchat.screen.app import App
from webchat.screen.tab import Tab
from webchat.state import live as live_module
from webchat.state.current import app
from webchat.state.live import Live


async def test_the_page_is_fed_until_it_goes_away(tab: Tab, agent: Agent, shared: App):
    feed, page = shared.feeds.new(), Page()
    agent.state = thread_state(human(), ai())
    async with browser() as one:
        one.on_var["delta"] = page.apply
        one.path = f"/thread/{feed.thread_id}"
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records.get("page", {}).get("state") == "thread")
        assert tab.feed is not None
        await tab.feed.send("agent", human("new", "and now?"))
        agent.say(token("an answer", id="a2"))
        await one.until(lambda: any("an answer" in str(record) for record in page.records.values()))
        assert tab.feed.changed.subscribers == 1
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await pause()
        assert tab.feed.changed.subscribers == 0 and tab.feed.live, "its run goes on"


async def test_a_page_that_missed_a_frame_gets_a_snapshot(tab: Tab):
    page = Page()
    async with browser() as one:
        one.on_var["delta"] = page.apply
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records)
        epoch = page.epoch
        await one.does(Live, "resync")
        await one.until(lambda: page.epoch != epoch)
        assert page.records["page"]["state"] == "new"
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_a_fault_of_our_own_is_told_and_the_page_fed_again(
    tab: Tab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(live_module, "BREATH", 0.001)
    page, original, faults = Page(), Tab.draw, [RuntimeError("a bug")]

    def fails_once(self: Tab) -> object:
        if faults:
            raise faults.pop()
        return original(self)

    monkeypatch.setattr(Tab, "draw", fails_once)
    async with browser() as one:
        one.on_var["delta"] = page.apply
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records)
        note = page.records["composer"]["note"]
        assert "went wrong" in note and "a bug" not in note
        assert "a bug" in caplog.text
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_of_many_watches_of_one_tab_the_last_one_lives_and_few_snapshots_are_made(
    tab: Tab, agent: Agent
):
    feed, page = app().feeds.new(), Page()
    agent.state = thread_state(human(), ai())
    deltas: list[Any] = []

    def take(delta: Any) -> None:
        deltas.append(delta)
        page.apply(delta)

    async with browser() as one:
        one.on_var["delta"] = take
        one.path = f"/thread/{feed.thread_id}"
        watches = [asyncio.create_task(one.does(Live, "watch")) for _ in range(45)]
        await one.until(lambda: page.records.get("page", {}).get("state") == "thread")
        assert tab.feed is not None
        await tab.feed.send("agent", human("new", "and now?"))
        agent.say(token("an answer", id="a2"))
        await one.until(lambda: any("an answer" in str(one) for one in page.records.values()))
        await until_done(watches, 44)
        snapshots = [delta for delta in deltas if delta[1] == 0]
        assert len(snapshots) <= 2 * limits.SNAPSHOTS_AT_ONCE
        assert tab.feed.changed.subscribers == 1
        for watching in watches:
            watching.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def test_a_storm_of_calls_for_a_snapshot_makes_few_and_the_page_is_right(tab: Tab):
    page, deltas = Page(), []

    def take(delta: Any) -> None:
        deltas.append(delta)
        page.apply(delta)

    async with browser() as one:
        one.on_var["delta"] = take
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records)
        for _ in range(10 * limits.SNAPSHOTS_AT_ONCE):
            await one.does(Live, "resync")
        tab.note("still here")
        await one.until(lambda: page.records["composer"]["note"] == "still here")
        assert len(deltas) <= 2 * limits.SNAPSHOTS_AT_ONCE
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def until_done(tasks: list[asyncio.Task[None]], count: int) -> None:
    """Wait until so many are done."""
    async with asyncio.timeout(60):
        while sum(task.done() for task in tasks) < count:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=0.05)
    assert sum(task.done() for task in tasks) == count


async def test_a_page_too_many_is_told_so_and_those_that_are_open_go_on(
    tab: Tab, shared: App, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "PAGES", 1)
    page = Page()
    async with browser() as one:
        one.on_var["delta"] = page.apply
        with shared.tabs.of("another").watching():
            await one.does(Live, "watch")
            assert page.records["page"]["state"] == "error"
            assert "Too many pages" in page.records["page"]["title"]
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records["page"]["state"] == "new")
        again = asyncio.create_task(one.does(Live, "watch"))
        await until_done([watching], 1)
        assert page.records["page"]["state"] == "new"
        again.cancel()
        await asyncio.gather(watching, again, return_exceptions=True)


async def test_states_of_pages_that_are_gone_are_forgotten_and_those_of_open_ones_kept(
    tab: Tab, shared: App, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "STATES", 10)
    async with browser() as one:
        with shared.tabs.of("open").watching():
            for token in ("open", *(f"gone {n}" for n in range(30))):
                await one.knows(token)
            watching = asyncio.create_task(one.does(Live, "watch"))
            await one.until(lambda: "delta" in one.vars)
            kept = one.known
            assert len(kept) <= limits.STATES and {"open", TOKEN} <= kept
            assert "gone 29" in kept and "gone 0" not in kept
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
