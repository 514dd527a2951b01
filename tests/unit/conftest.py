"""Tabs of an app whose agent server is scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.runs.agent import Agent
from tests.unit.state.browser import TOKEN
from webchat.agent_server import Patience
from webchat.runs import Feeds, Health, HealthState
from webchat.screen.app import App
from webchat.screen.tab import Tab
from webchat.state.current import serving


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
async def shared(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """What the tabs share, connected."""
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    server = agent.client()
    feeds, health = Feeds(server), Health(server)
    health.state = HealthState("connected")
    with serving(App(server, feeds, health)) as shared:
        yield shared
    await feeds.aclose()


@pytest.fixture
def tab(shared: App) -> Tab:
    """A tab, which is also the one that the events of a `browser` are about."""
    return shared.tabs.of(TOKEN)
