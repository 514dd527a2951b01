"""The loops that the app cannot do without live on after any failure."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from tests.unit.runs.agent import Agent
from webchat import lifespan, supervise
from webchat.agent_server.client import AgentServer
from webchat.demo.server import EmbeddedServer
from webchat.runs import Feeds
from webchat.settings import Settings
from webchat.state.current import app

BROKEN = AttributeError("'NoneType' object has no attribute 'getpeername'")


class Breaks:
    """Raises so many times, then does what it replaced."""

    def __init__(self, instead: object, times: int = 2) -> None:
        self.times = times
        self.calls = 0
        self.done = asyncio.Event()
        self._instead = instead

    async def __call__(self, *args: object) -> object:
        self.calls += 1
        if self.calls <= self.times:
            raise BROKEN
        self.done.set()
        return self._instead


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise.supervise, "__defaults__", (0.0,))
    monkeypatch.setattr(lifespan, "PAUSE", 0.0)
    monkeypatch.setattr(lifespan.gc, "freeze", lambda: None)
    monkeypatch.delenv("WEBCHAT_AGENT_URL", raising=False)


def use(monkeypatch: pytest.MonkeyPatch, **given: object) -> None:
    monkeypatch.setattr(lifespan, "load_settings", lambda: Settings(**given))  # type: ignore[arg-type]


async def test_the_health_check_lives_on(monkeypatch: pytest.MonkeyPatch):
    use(monkeypatch, agent_url="http://agent.example")
    check = Breaks(None)
    monkeypatch.setattr(AgentServer, "check", check)
    async with lifespan.running():
        await check.done.wait()
        while app().health.state.word != "connected":
            await asyncio.sleep(0)


async def test_following_runs_again_lives_on(monkeypatch: pytest.MonkeyPatch):
    use(monkeypatch, agent_url="http://agent.example")
    heal = Breaks(None)
    monkeypatch.setattr(AgentServer, "check", Breaks(None, times=0))
    monkeypatch.setattr(Feeds, "heal", heal)
    async with lifespan.running():
        await heal.done.wait()
    assert heal.calls == 3


async def test_the_embedded_server_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    use(monkeypatch, data_dir=tmp_path)
    start = Breaks("http://127.0.0.1:1")
    monkeypatch.setattr(EmbeddedServer, "start", start)
    monkeypatch.setattr(AgentServer, "check", Breaks(None, times=0))
    async with lifespan.running():
        await start.done.wait()
    assert start.calls == 3


async def test_an_agent_that_answers_is_connected(monkeypatch: pytest.MonkeyPatch):
    use(monkeypatch, agent_url="http://agent.example")
    monkeypatch.setattr(lifespan, "_client", lambda *_: Agent().client())
    async with lifespan.running():
        while app().health.state.word != "connected":
            await asyncio.sleep(0)


async def test_a_key_that_is_not_sent_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(lifespan, "_log_as_asked", lambda _: None)
    monkeypatch.setattr(logging.getLogger("webchat"), "propagate", True)
    monkeypatch.setenv("LANGSMITH_API_KEY", "hush-hush-42")
    monkeypatch.setattr(AgentServer, "check", Breaks(None, times=0))
    use(monkeypatch, agent_url="http://agent.example")
    with caplog.at_level("WARNING", "webchat"):
        async with lifespan.running():
            pass
    assert "LANGSMITH_API_KEY is not sent" in caplog.text and "hush" not in caplog.text
