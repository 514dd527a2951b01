"""A flood from one socket waits with its sender: other pages and this process's memory go free."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import Gates
from webchat import limits
from webchat.state.live import Live
from webchat.state.raw import Raw

WHERE = {"pathname": "/", "asPath": "/", "query": {}}


def event(name: str, **payload: Any) -> str:
    """An event as a page's socket sends it."""
    sent = {"name": name, "payload": payload, "router_data": WHERE}
    return f"42/_event,{json.dumps(['event', sent])}"


FLOODS = {
    "watches": [event(f"{Live.get_full_name()}.watch")] * 5_000,
    "snapshots": [event(f"{Live.get_full_name()}.resync")] * 5_000,
    "toggles": [event(f"{Raw.get_full_name()}.toggle")] * 5_000,
    "copies": [event(f"{Live.get_full_name()}.clip", key="turn:t:1")] * 5_000,
    "unknown": [event("no.such.handler")] * 5_000,
}


@asynccontextmanager
async def socket(app: App) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A raw socket of a page, as a program opens it."""
    address = f"{app.url}/_event/?EIO=4&transport=websocket&token={uuid4()}"
    async with aiohttp.ClientSession() as session:
        ws = await session.ws_connect(address.replace("http", "ws"), origin=app.url, max_msg_size=0)
        await ws.receive_str()
        await ws.send_str("40/_event,")
        while not (await ws.receive_str()).startswith("40/_event"):
            pass
        yield ws


async def pong(ws: aiohttp.ClientWebSocketResponse) -> None:
    """Wait for the answer to a ping."""
    async for message in ws:
        if message.type is aiohttp.WSMsgType.TEXT and '"pong"' in message.data:
            return


@pytest.mark.parametrize("kind", FLOODS)
async def test_a_flood_of_events_waits_and_another_tab_streams_on(
    app: App, chat: Chat, gates: Gates, kind: str
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}; 40 words; echo the end")
    await expect(chat.text).to_contain_text("w4")
    async with socket(app) as mean:
        for number, one in enumerate(FLOODS[kind]):
            await mean.send_str(one)
            if number % 50 == 0:
                await asyncio.sleep(0)
        await mean.send_str('42/_event,["ping"]')  # answered when all before it was read
        answered = asyncio.create_task(pong(mean))
        gates.open(gate)
        await chat.ended()
        await expect(chat.text).to_contain_text("the end")
        assert not answered.done(), "the flood was read faster than it may be"
        answered.cancel()


async def test_what_no_page_sends_closes_its_own_socket_alone(app: App, chat: Chat) -> None:
    for costly in (
        event("a.b", key=[[]] * 300_000),
        "42" + "[" * 1_000_000,
        event("a.b", **{str(n): n for n in range(limits.STRUCTURE)}),
    ):
        async with socket(app) as mean:
            await mean.send_str(costly)
            async with asyncio.timeout(20):
                while (await mean.receive()).type is aiohttp.WSMsgType.TEXT:
                    pass
    await chat.ask_to_the_end("echo unharmed")
    await expect(chat.text).to_have_text("unharmed")
