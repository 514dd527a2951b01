"""The agent server away at start, dying in mid-answer, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import THREAD_URL
from tests.browser.conftest import GRAPHS, Gates, OpenChat
from tests.browser.wire import client
from tests.wire.server import RealServer

RETURN = 40_000
"""Milliseconds that a server may take to be back and noticed."""


@dataclass(frozen=True, slots=True)
class Mortal:
    """An agent server that tests may end, and the app that talks to it."""

    server: RealServer
    app: App

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.server.url}/ok", timeout=2, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def up(self) -> None:
        if not self.is_up():
            self.server.start()

    def down(self) -> None:
        if self.is_up():
            self.server.stop()


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """The app is up before its server is."""
    server = RealServer(tmp_path_factory.mktemp("mortal"), GRAPHS)
    with App(tmp_path_factory.mktemp("mortal-app") / "app.log", server.url) as app:
        yield Mortal(server, app)
        server.stop()


@pytest.fixture
def mortal_gates(mortal: Mortal) -> Iterator[Gates]:
    gates = Gates(mortal.server.folder)
    yield gates
    gates.open_all()


async def test_a_page_opened_before_its_server_waits_for_it(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.down()
    chat = await open_chat(of=mortal.app, awake=False)
    await expect(chat.connection).to_have_attribute("data-state", "away", timeout=RETURN)
    await expect(chat.connection).to_contain_text("Server away")
    why = f"The agent server at {mortal.server.url} is away."
    await expect(chat.page.get_by_text(why)).to_be_visible()

    mortal.up()
    await expect(chat.connection).to_have_attribute("data-state", "connected", timeout=RETURN)
    await expect(chat.role("assistant-picker").locator("option")).to_have_text(["agent"])
    await chat.ask_to_the_end("echo here at last")
    await expect(chat.text).to_have_text("here at last")


async def test_an_answer_goes_on_after_its_server_was_restarted(
    mortal: Mortal, mortal_gates: Gates, open_chat: OpenChat
) -> None:
    mortal.up()
    gate = mortal_gates.new()
    chat = await open_chat(of=mortal.app)
    await chat.ask(f"30 words; until {gate}; echo the end")
    await expect(chat.text).to_contain_text("w29")
    await expect(chat.page).to_have_url(THREAD_URL)
    await chat.composer.fill("a draft for later")
    mortal.down()

    await expect(chat.connection).not_to_have_attribute("data-state", "connected")
    await expect(chat.text).to_contain_text("w29")
    await expect(chat.composer).to_have_value("a draft for later")
    mortal.up()
    mortal_gates.open(gate)
    await expect(chat.connection).to_have_attribute("data-state", "connected", timeout=RETURN)
    await expect(chat.text).to_contain_text("the end", timeout=RETURN)
    await chat.ended()
    words = " ".join(f"w{number}" for number in range(30))
    await expect(chat.text).to_have_text(f"{words} the end")
    await expect(chat.turns).to_have_count(2)
    await expect(chat.parts("error")).to_have_count(0)
    await expect(chat.composer).to_have_value("a draft for later")


async def test_a_thread_opened_while_the_server_is_away_comes_by_itself(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.up()
    first = await open_chat(of=mortal.app)
    await first.ask_to_the_end("echo remember me")
    thread_id = await first.thread_id()
    mortal.down()
    chat = await open_chat(f"/thread/{thread_id}", of=mortal.app, awake=False)
    await expect(chat.connection).to_have_attribute("data-state", "away")

    mortal.up()
    await expect(chat.connection).to_have_attribute("data-state", "connected", timeout=RETURN)
    await expect(chat.text).to_have_text("remember me", timeout=RETURN)


async def test_a_message_sent_while_the_server_is_away_waits_for_it(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.up()
    chat = await open_chat(of=mortal.app)
    await chat.ask_to_the_end("echo before")
    await chat.composer.press_sequentially("echo aft")
    mortal.down()
    await expect(chat.connection).to_have_attribute("data-state", "away", timeout=RETURN)
    await expect(chat.composer).to_be_focused()
    await chat.page.keyboard.type("er")
    await chat.page.keyboard.press("Enter")
    await expect(chat.waiting).to_have_attribute("data-waiting", "away")
    await expect(chat.composer).to_have_value("")
    await chat.page.reload()
    await expect(chat.waiting).to_contain_text("echo after")

    mortal.up()
    await expect(chat.text).to_have_text("after", timeout=RETURN)
    await chat.ended()
    await expect(chat.turns).to_have_count(4)
    await expect(chat.waiting).to_have_count(0)


async def test_a_new_chat_begun_while_the_server_is_away_is_not_lost(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.up()
    chat = await open_chat(of=mortal.app)
    mortal.down()
    await chat.ask("echo first words")
    await expect(chat.waiting).to_have_attribute("data-waiting", "away", timeout=RETURN)
    await chat.page.reload()
    await expect(chat.waiting).to_have_attribute("data-waiting", "away", timeout=RETURN)

    mortal.up()
    await expect(chat.text).to_have_text("first words", timeout=RETURN)
    await chat.ended()
    await expect(chat.turns).to_have_count(2)


async def test_a_page_that_lost_webchat_says_so_and_comes_back(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.up()
    chat = await open_chat(of=mortal.app, tolerate="WebSocket connection")
    await chat.ask_to_the_end("echo before")
    await chat.composer.fill("echo after")
    assert mortal.app.stop() == 143
    await expect(chat.connection).to_have_attribute("data-state", "reconnecting", timeout=RETURN)
    await expect(chat.text).to_have_text("before")

    mortal.app.start()
    await expect(chat.connection).to_have_attribute("data-state", "connected", timeout=RETURN)
    await expect(chat.composer).to_have_value("echo after")
    await chat.composer.press("Enter")
    await expect(chat.text).to_have_text("after")
    await chat.ended()
    await expect(chat.turns).to_have_count(4)


async def test_a_restart_of_webchat_loses_no_message_of_a_page_and_sends_none_twice(
    mortal: Mortal, open_chat: OpenChat
) -> None:
    mortal.up()
    chat = await open_chat(of=mortal.app, tolerate="WebSocket connection")
    await chat.ask_to_the_end("echo before")
    await chat.ask("echo just then")
    assert mortal.app.stop() == 143
    await expect(chat.connection).to_have_attribute("data-state", "reconnecting", timeout=RETURN)
    await chat.ask("echo meanwhile")
    await expect(chat.waiting.last).to_have_attribute("data-waiting", "offline")

    mortal.app.start()
    await expect(chat.text).to_have_text("meanwhile", timeout=RETURN)
    await chat.ended()
    await expect(chat.turns).to_have_count(6)
    await expect(chat.waiting).to_have_count(0)
    async with client(mortal.server) as http:
        runs = (await http.get(f"/threads/{await chat.thread_id()}/runs")).json()
    assert [run["status"] for run in runs] == ["success"] * 3
