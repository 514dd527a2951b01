"""The page's own background event: deltas to one var, until the page goes away."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.runs.agent import Agent, ai, human, pause, thread_state, token
from tests.unit.screen.page import Page
from tests.unit.state.browser import browser
from webchat.screen.app import App
from webchat.screen.tab import Tab
from webchat.state import live as live_module
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
    page, original, faults = Page(), Tab._frame, [RuntimeError("a bug")]

    def fails_once(self: Tab) -> object:
        if faults:
            raise faults.pop()
        return original(self)

    monkeypatch.setattr(Tab, "_frame", fails_once)
    async with browser() as one:
        one.on_var["delta"] = page.apply
        watching = asyncio.create_task(one.does(Live, "watch"))
        await one.until(lambda: page.records)
        note = page.records["composer"]["note"]
        assert "went wrong" in note and "a bug" not in note
        assert "a bug" in caplog.text
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
