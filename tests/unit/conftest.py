"""Tabs of an app whose agent server is scripted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator

import pytest

from tests.unit.runs.agent import Agent
from tests.unit.state.browser import TOKEN
from webchat.agent_server import Patience
from webchat.runs import Feeds, Health, HealthState
from webchat.screen import services as services_module
from webchat.screen import tab as tab_module
from webchat.screen.services import Services
from webchat.screen.tab import Tab


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
async def shared(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    """What the tabs share, connected."""
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    server = agent.client()
    feeds, health = Feeds(server), Health(server)
    health.state = HealthState("connected")
    shared = Services(server, feeds, health, embedded=False)
    monkeypatch.setattr(services_module, "_running", shared)
    yield shared
    await feeds.aclose()


@pytest.fixture
def tab(shared: Services, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """A tab, which is also the one that the events of a `browser` are about."""
    monkeypatch.setattr(tab_module.tabs, "_tabs", OrderedDict())
    return tab_module.tabs.of(TOKEN)
