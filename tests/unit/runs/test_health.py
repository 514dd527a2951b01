"""Whether the agent server answers, told once for each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.unit.runs.agent import pause, until
from webchat.agent_server import (
    NotAnAgentServer,
    NotFound,
    ServerFault,
    Unauthorized,
    Unreachable,
)
from webchat.runs import health as health_module
from webchat.runs.health import Health, HealthState
from webchat.supervise import supervise

AWAY = Unreachable("It does not answer.", advice="Wait.")
BAD_KEY = Unauthorized("It asks for a valid API key.", advice="Check the key.")
NO_PATH = NotFound("It does not have this.", advice="Check its address.")
A_PAGE = NotAnAgentServer("It does not speak like one.", advice="Check its address.")
FAULT = ServerFault("It failed.", advice="Try again.")


class Server:
    """Fails its checks or does not, and counts them."""

    address = "http://agent.example"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked = 0
        self.thinks = asyncio.Event()
        self.thinks.set()

    async def check(self) -> None:
        self.asked += 1
        failure = self.failure
        await self.thinks.wait()
        if failure is not None:
            raise failure


@asynccontextmanager
async def asking(health: Health) -> AsyncIterator[None]:
    task = asyncio.create_task(health.keep_asking())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "CALM", 0.002)
    monkeypatch.setattr(health_module, "WORRIED", 0.001)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not ask a second time by itself."""
    monkeypatch.setattr(health_module, "CALM", 3600.0)
    monkeypatch.setattr(health_module, "WORRIED", 3600.0)


@pytest.mark.usefixtures("quick")
async def test_it_connects_loses_the_server_and_finds_it_again():
    server = Server(AWAY)
    health, seen = Health(server, grace=3600.0), []
    assert health.state == HealthState("connecting")
    async with asking(health):
        while server.asked < 3:
            await asyncio.sleep(0.001)
        assert health.state.word == "connecting", "it may still be coming up"
        for failure, word in [(None, "connected"), (AWAY, "away"), (None, "connected")]:
            server.failure = failure
            await until(health.changed, lambda word=word: health.state.word == word)
            seen.append(health.state)
    assert [state.word for state in seen] == ["connected", "away", "connected"]
    assert server.address in seen[1].reason
    assert seen[0].reason == seen[2].reason == ""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("grace", [0.0, 0.01])
async def test_a_server_that_does_not_come_up_in_time_is_called_away(grace: float):
    health = Health(Server(AWAY), grace)
    async with asking(health):
        await until(health.changed, lambda: health.state.word == "away")


@pytest.mark.usefixtures("quick")
async def test_a_change_is_told_once_and_no_news_not_at_all(monkeypatch: pytest.MonkeyPatch):
    server = Server()
    health, told = Health(server), []
    monkeypatch.setattr(health.changed, "fire", lambda: told.append(health.state.word))
    async with asking(health):
        for failure in (None, AWAY, None):
            server.failure, before = failure, server.asked
            while server.asked < before + 4:
                await asyncio.sleep(0.001)
    assert told == ["connected", "away", "connected"]


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_is_asked_about_at_once():
    server = Server()
    health = Health(server)
    async with asking(health):
        await pause()
        assert (server.asked, health.state.word) == (1, "connected")
        server.failure = AWAY
        health.suspect()
        await pause()
        assert (server.asked, health.state.word) == (2, "away")


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_that_comes_while_it_asks_is_asked_about_next():
    server = Server()
    health = Health(server)
    server.thinks.clear()
    async with asking(health):
        await pause()
        server.failure = AWAY
        health.suspect()
        server.thinks.set()
        await pause()
        assert health.state.word == "away"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("failure", [BAD_KEY, NO_PATH, A_PAGE], ids=["key", "path", "page"])
async def test_a_server_that_refuses_us_is_not_called_connected(failure: Exception):
    server = Server(failure)
    health = Health(server, grace=3600.0)
    async with asking(health):
        await until(health.changed, lambda: health.state.word == "refused")
        assert health.state.reason.endswith(".") and health.state.advice.endswith(".")
        server.failure = None
        await until(health.changed, lambda: health.state == HealthState("connected"))


@pytest.mark.usefixtures("quick")
async def test_a_key_that_is_no_longer_good_is_noticed():
    server = Server()
    health = Health(server)
    async with asking(health):
        await until(health.changed, lambda: health.state.word == "connected")
        server.failure = BAD_KEY
        await until(health.changed, lambda: health.state.word == "refused")
        assert health.state.reason == str(BAD_KEY)


@pytest.mark.usefixtures("quick")
async def test_a_server_that_fails_is_away():
    health = Health(Server(FAULT))
    async with asking(health):
        await until(health.changed, lambda: health.state.word == "away")


@pytest.mark.usefixtures("quick")
async def test_asking_goes_on_after_a_failure_that_nobody_foresaw():
    server = Server(AttributeError("'NoneType' object has no attribute 'getpeername'"))
    health = Health(server)
    task = asyncio.create_task(supervise("the health check", health.keep_asking, pause=0.0))
    while server.asked < 3:
        await asyncio.sleep(0.001)
    server.failure = None
    await until(health.changed, lambda: health.state.word == "connected")
    task.cancel()
