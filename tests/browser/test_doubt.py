"""A message whose request got no answer, and messages of several tabs and threads at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat
from tests.browser.proxy import Fault, Proxy, proxied
from tests.browser.wire import runs_of, state_of
from tests.wire.server import RealServer

STARTS = "/runs/stream HTTP"
LATE = 40_000
"""Milliseconds that an outage may take to be noticed, and to be over."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def proxy(agents: RealServer) -> AsyncIterator[Proxy]:
    async with proxied(agents.port) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def breakable(tmp_path_factory: pytest.TempPathFactory, proxy: Proxy) -> AsyncIterator[App]:
    """An app whose way to the agent server can be broken."""
    app = App(tmp_path_factory.mktemp("breakable") / "app.log", proxy.url)
    await asyncio.to_thread(app.start)
    yield app
    await asyncio.to_thread(app.stop)


async def asked(agents: RealServer, chat: Chat) -> list[str]:
    """The questions that the thread holds."""
    messages = (await state_of(agents, await chat.thread_id()))["values"]["messages"]
    return [message["content"] for message in messages if message["type"] == "human"]


@pytest.mark.parametrize("fault", ["swallowed", "unanswered"])
async def test_what_may_have_been_sent_is_said_to_and_is_in_the_thread_once(
    breakable: App, proxy: Proxy, open_chat: OpenChat, agents: RealServer, fault: Fault
) -> None:
    chat = await open_chat(of=breakable)
    await chat.ask_to_the_end("echo before")
    proxy.fault(STARTS, fault)
    await chat.ask("echo in doubt")
    await expect(chat.waiting).to_have_attribute("data-waiting", "unknown", timeout=LATE)
    await expect(chat.waiting).to_contain_text("It may have been sent; it is looked for.")
    await expect(chat.role("message-back")).to_have_count(0)
    await expect(chat.connection).to_have_attribute("data-state", "away", timeout=LATE)
    await chat.composer.fill("a draft for later")
    await chat.page.reload()
    await expect(chat.waiting).to_have_attribute("data-waiting", "unknown")
    await expect(chat.role("message-back")).to_have_count(0)
    proxy.heal()

    await expect(chat.text).to_have_text("in doubt", timeout=LATE)
    await chat.ended()
    await expect(chat.waiting).to_have_count(0)
    await expect(chat.composer).to_have_value("a draft for later")
    assert await asked(agents, chat) == ["echo before", "echo in doubt"]
    assert len(await runs_of(agents, await chat.thread_id())) == 2


async def test_a_tab_that_waits_for_the_other_to_deliver_can_go_on_in_another_thread(
    breakable: App, proxy: Proxy, open_chat: OpenChat, agents: RealServer
) -> None:
    chat = await open_chat(of=breakable)
    await chat.ask_to_the_end("echo before")
    other = await chat.another_tab()
    proxy.fault(STARTS, "held")
    await chat.ask("echo first")
    await expect(chat.waiting.or_(chat.asked).last).to_contain_text("first")
    await other.ask("echo second")
    await expect(other.waiting.last).to_contain_text("second")
    locks = await other.page.evaluate("navigator.locks.query()")
    assert len(locks["held"]) == 1, locks
    await other.role("new-chat").click()
    await expect(other.turns).to_have_count(0)
    await other.ask_to_the_end("echo elsewhere")
    await expect(other.text).to_have_text("elsewhere")
    assert await asked(agents, other) == ["echo elsewhere"]

    proxy.heal()
    await expect(chat.text).to_have_text("second", timeout=LATE)
    await chat.ended()
    assert await asked(agents, chat) == ["echo before", "echo first", "echo second"]
    await expect(chat.waiting).to_have_count(0)
    await expect(other.role("waiting-elsewhere")).to_have_count(0)


async def test_a_message_that_waits_in_a_thread_is_sent_by_the_tab_that_stays_there(
    chat: Chat, gates: Gates, agents: RealServer
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}")
    await expect(chat.text).to_contain_text("w4")
    other = await chat.another_tab()
    await chat.ask("echo in turn")
    await expect(other.waiting).to_have_attribute("data-waiting", "queued")
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await chat.ask_to_the_end("echo elsewhere")
    await expect(chat.role("waiting-elsewhere")).to_be_visible()
    gates.open(gate)

    await expect(other.text).to_have_text("in turn")
    await other.ended()
    assert len(await runs_of(agents, await other.thread_id())) == 2
    await expect(chat.role("waiting-elsewhere")).to_have_count(0)
    assert await asked(agents, chat) == ["echo elsewhere"]
