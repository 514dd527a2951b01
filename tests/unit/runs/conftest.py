"""A scripted agent server, and the feeds of its threads."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.runs.agent import Agent
from webchat.agent_server import Patience
from webchat.runs import Feed, Feeds, sending
from webchat.runs import feeds as feeds_module


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
async def feeds(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Feeds]:
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    monkeypatch.setattr(sending, "LOOKS", (0.0,) * len(sending.LOOKS))
    monkeypatch.setattr(feeds_module, "OPENING", (0.0,) * len(feeds_module.OPENING))
    feeds = Feeds(agent.client())
    yield feeds
    await feeds.aclose()


@pytest.fixture
def feed(feeds: Feeds) -> Feed:
    """The feed of a thread that does not exist yet."""
    return feeds.new()
