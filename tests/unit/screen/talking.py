"""A short thread, and a question asked in it."""

from __future__ import annotations

from tests.unit.runs.agent import THREAD, Agent, ai, human, thread_state, token
from tests.unit.screen.page import Screen
from webchat.screen.tab import Tab

ADDRESS = f"/thread/{THREAD}"
SHORT = thread_state(human("h", "short"), ai("a", "thread"), checkpoint="short")


async def ask(tab: Tab, agent: Agent, screen: Screen, said: str = "half") -> None:
    """Send a message and see the beginning of its answer."""
    assert tab.feed is not None
    await tab.feed.send("agent", human("new", "and now?"))
    agent.say(token(said, id="answer"))
    await screen.until_it_says(said)
