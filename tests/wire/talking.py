"""What a person does with a feed, and what they read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.wire.following import question
from webchat.runs import Feed
from webchat.transcript import Text


def message(text: str) -> dict[str, Any]:
    return question(text)["messages"][0]


def said(feed: Feed) -> list[str]:
    return [
        " ".join(part.text for part in turn.parts if isinstance(part, Text)) for turn in feed.turns
    ]


async def until(feed: Feed, true: Callable[[], object]) -> None:
    wake = asyncio.Event()
    with feed.changed.watching(wake):
        async with asyncio.timeout(20):
            while not true():
                await wake.wait()
                wake.clear()


async def answered(feed: Feed, text: str) -> None:
    await feed.send("agent", message(text))
    await until(feed, lambda: not feed.live)


async def soon(true: Callable[[], object]) -> None:
    """Wait until something is true that no signal tells of."""
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)
