"""A flood from one socket waits with its sender: other pages and this process's memory go free."""

from __future__ import annotations

import asyncio

import pytest
import reflex as rx
from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import Gates
from tests.browser.sockets import event, raw_socket
from webchat import limits
from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.state.session import Session

_LIVE, _RAW, _STATE = Live.get_full_name(), Raw.get_full_name(), rx.State.get_full_name()
FLOODS = {
    "watches": event(f"{_LIVE}.watch"),
    "snapshots": event(f"{_LIVE}.resync"),
    "toggles": event(f"{_RAW}.toggle"),
    "copies": event(f"{_LIVE}.clip", key="turn:t:1"),
    "unknown": event("no.such.handler"),
    "hydrations": event(f"{_STATE}.hydrate"),
    "loads": event(f"{Session.get_full_name()}.load"),
    "errors": '42/_event,["client_error", {"error_type": "x", "message": "y"}]',
}
"""What is sent over and over."""
MANY = 5_000


NO_PAGES = {
    "many lists": event("a.b", key=[[]] * 300_000),
    "brackets": "42" + "[" * 1_000_000,
    "many fields": event("a.b", **{str(n): n for n in range(limits.STRUCTURE)}),
}
"""What no page sends."""


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_of_events_waits_and_another_tab_streams_on(
    app: App, chat: Chat, gates: Gates, kind: str
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}; 40 words; echo the end")
    await expect(chat.text).to_contain_text("w4")
    async with raw_socket(app) as mean:
        for number in range(MANY):
            await mean.send(FLOODS[kind])
            if number % 50 == 0:
                await asyncio.sleep(0)
        await mean.send('42/_event,["ping"]')  # answered when all before it was read
        gates.open(gate)
        await chat.ended()
        await expect(chat.text).to_contain_text("the end")
        assert not any('"pong"' in frame for frame in mean.came), "it was read too fast"


@pytest.mark.parametrize("kind", NO_PAGES)
async def test_what_no_page_sends_closes_its_own_socket_alone(
    app: App, chat: Chat, kind: str
) -> None:
    async with raw_socket(app) as mean:
        await mean.send(NO_PAGES[kind])
        async with asyncio.timeout(20):
            await mean.closed.wait()
    await chat.ask_to_the_end("echo unharmed")
    await expect(chat.text).to_have_text("unharmed")
