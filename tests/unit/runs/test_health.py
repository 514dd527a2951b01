"""Whether the agent server answers, told once for each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.unit.runs.agent import pause, until
from webchat.runs import health as link_module
from webchat.runs.health import Health, HealthState


class Server:
    """Answers or does not, and counts the questions."""

    address = "http://agent.example"

    def __init__(self, answers: bool) -> None:
        self.answers = answers
        self.asked = 0
        self.thinks = asyncio.Event()
        self.thinks.set()

    async def ok(self) -> bool:
        self.asked += 1
        answer = self.answers
        await self.thinks.wait()
        return answer


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
    monkeypatch.setattr(link_module, "CALM", 0.002)
    monkeypatch.setattr(link_module, "WORRIED", 0.001)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not ask a second time by itself."""
    monkeypatch.setattr(link_module, "CALM", 3600.0)
    monkeypatch.setattr(link_module, "WORRIED", 3600.0)


@pytest.mark.usefixtures("quick")
async def test_it_connects_loses_the_server_and_finds_it_again():
    server = Server(answers=False)
    health, seen = Health(server, grace=3600.0), []
    assert health.state == HealthState("connecting")
    async with asking(health):
        while server.asked < 3:
            await asyncio.sleep(0.001)
        assert health.state.word == "connecting", "it may still be coming up"
        for answers, word in [(True, "connected"), (False, "away"), (True, "connected")]:
            server.answers = answers
            await until(health.changed, lambda word=word: health.state.word == word)
            seen.append(health.state)
    assert [state.word for state in seen] == ["connected", "away", "connected"]
    assert server.address in seen[1].reason
    assert seen[0].reason == seen[2].reason == ""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("grace", [0.0, 0.01])
async def test_a_server_that_does_not_come_up_in_time_is_called_away(grace: float):
    health = Health(Server(answers=False), grace)
    async with asking(health):
        await until(health.changed, lambda: health.state.word == "away")


@pytest.mark.usefixtures("quick")
async def test_a_change_is_told_once_and_no_news_not_at_all(monkeypatch: pytest.MonkeyPatch):
    server = Server(answers=True)
    health, told = Health(server), []
    monkeypatch.setattr(health.changed, "fire", lambda: told.append(health.state.word))
    async with asking(health):
        for answers in (True, False, True):
            server.answers, before = answers, server.asked
            while server.asked < before + 4:
                await asyncio.sleep(0.001)
    assert told == ["connected", "away", "connected"]


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_is_asked_about_at_once():
    server = Server(answers=True)
    health = Health(server)
    async with asking(health):
        await pause()
        assert (server.asked, health.state.word) == (1, "connected")
        server.answers = False
        health.suspect()
        await pause()
        assert (server.asked, health.state.word) == (2, "away")


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_that_comes_while_it_asks_is_asked_about_next():
    server = Server(answers=True)
    health = Health(server)
    server.thinks.clear()
    async with asking(health):
        await pause()
        server.answers = False
        health.suspect()
        server.thinks.set()
        await pause()
        assert health.state.word == "away"
