"""A scripted agent server, and the feeds of its threads."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.runs.agent import Agent
from webchat.agent_server import Patience
from webchat.runs import Feed, Feeds


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
async def feeds(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Feeds]:
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    feeds = Feeds(agent.client())
    yield feeds
    await feeds.aclose()


@pytest.fixture
async def feed(feeds: Feeds) -> Feed:
    """The feed of a thread that does not exist yet."""
    return feeds.new()
