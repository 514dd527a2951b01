"""Whether the agent server answers, told once for each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.unit.runs.agent import pause, until
from webchat.runs import link as link_module
from webchat.runs.link import Link, LinkState


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
async def asking(link: Link) -> AsyncIterator[None]:
    task = asyncio.create_task(link.keep_asking())
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
    link, seen = Link(server, grace=3600.0), []
    assert link.state == LinkState("connecting")
    async with asking(link):
        while server.asked < 3:
            await asyncio.sleep(0.001)
        assert link.state.word == "connecting", "it may still be coming up"
        for answers, word in [(True, "connected"), (False, "away"), (True, "connected")]:
            server.answers = answers
            await until(link.changed, lambda word=word: link.state.word == word)
            seen.append(link.state)
    assert [state.word for state in seen] == ["connected", "away", "connected"]
    assert server.address in seen[1].reason
    assert seen[0].reason == seen[2].reason == ""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("grace", [0.0, 0.01])
async def test_a_server_that_does_not_come_up_in_time_is_called_away(grace: float):
    link = Link(Server(answers=False), grace)
    async with asking(link):
        await until(link.changed, lambda: link.state.word == "away")


@pytest.mark.usefixtures("quick")
async def test_a_change_is_told_once_and_no_news_not_at_all(monkeypatch: pytest.MonkeyPatch):
    server = Server(answers=True)
    link, told = Link(server), []
    monkeypatch.setattr(link.changed, "fire", lambda: told.append(link.state.word))
    async with asking(link):
        for answers in (True, False, True):
            server.answers, before = answers, server.asked
            while server.asked < before + 4:
                await asyncio.sleep(0.001)
    assert told == ["connected", "away", "connected"]


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_is_asked_about_at_once():
    server = Server(answers=True)
    link = Link(server)
    async with asking(link):
        await pause()
        assert (server.asked, link.state.word) == (1, "connected")
        server.answers = False
        link.suspect()
        await pause()
        assert (server.asked, link.state.word) == (2, "away")


@pytest.mark.usefixtures("patient")
async def test_a_suspicion_that_comes_while_it_asks_is_asked_about_next():
    server = Server(answers=True)
    link = Link(server)
    server.thinks.clear()
    async with asking(link):
        await pause()
        server.answers = False
        link.suspect()
        server.thinks.set()
        await pause()
        assert link.state.word == "away"
