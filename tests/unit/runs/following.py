"""What a feed shows, and waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.unit.runs.agent import Agent, ai, human, thread_state, token, until, values
from webchat.runs import Feed
from webchat.transcript import Text, Turn

ASKED = thread_state(human())
ANSWERED = thread_state(human(), {"type": "ai", "id": "a1", "content": "hello"}, checkpoint="c2")
LONGER = thread_state(human(), ai(content="hello"), human("h2", "more"), checkpoint="c3")


def said(feed: Feed) -> list[str]:
    """What a reader sees, turn by turn."""
    return [text_of(turn) for turn in feed.turns]


def text_of(turn: Turn) -> str:
    return " ".join(part.text for part in turn.parts if isinstance(part, Text))


def status(feed: Feed) -> str:
    assert feed.run is not None
    return feed.run.status


async def ended(feed: Feed) -> None:
    await until(feed.changed, lambda: not feed.live)


async def half_said(agent: Agent, feed: Feed) -> None:
    """Send a message and get half an answer."""
    await feed.send("agent", human())
    agent.say(values(human()), token("half"))
    await until(feed.changed, lambda: said(feed)[-1] == "half")


async def soon(true: Callable[[], object]) -> None:
    """Wait until something is true that no signal tells of."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.001)
