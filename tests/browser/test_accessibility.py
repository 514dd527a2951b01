"""axe finds nothing to print_error of, in any state of the page."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat
from tests.browser.test_screens import PHONE


async def faults(chat: Chat) -> list[str]:
    """What axe finds, a line for each kind of fault."""
    await chat.page.mouse.move(0, 0)
    await expect(chat.page).to_have_title("webchat")  # set anew when the address changes
    found = await Axe().run(chat.page)
    return [
        f"{fault['id']} ({fault['impact']}): {[node['html'][:160] for node in fault['nodes'][:4]]}"
        for fault in found.response["violations"]
    ]


async def a_full_conversation(chat: Chat) -> None:
    await chat.ask_to_the_end(
        'think of it; call search {"query": "tides"}; call faulty {}; say markdown'
    )
    await chat.ask_to_the_end("5 words; fail")
    for summary in await chat.page.locator("summary").all():
        await summary.click()
    await expect(chat.tool("search").locator(".json").first).to_be_visible()


async def a_row_open(chat: Chat) -> None:
    raw = await chat.open_raw("all")
    await raw.rows.nth(1).locator("[data-event-head]").click()
    await expect(raw.panel.locator(".json")).to_be_visible()


async def test_an_empty_chat(chat: Chat) -> None:
    await expect(chat.page.locator(".starter").first).to_be_visible()
    assert await faults(chat) == []


async def test_in_the_middle_of_an_answer(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f'call search {{"query": "tides"}}; 10 words; until {gate}')
    await expect(chat.text).to_contain_text("w9")
    assert await faults(chat) == []


async def test_tools_thoughts_markdown_an_error_and_the_raw_view(chat: Chat) -> None:
    await a_full_conversation(chat)
    await a_row_open(chat)
    assert await faults(chat) == []


async def test_the_same_in_the_dark(open_chat: OpenChat) -> None:
    chat = await open_chat(color_scheme="dark")
    await a_full_conversation(chat)
    await a_row_open(chat)
    assert await faults(chat) == []


async def test_on_a_phone(open_chat: OpenChat) -> None:
    chat = await open_chat(**PHONE)
    await chat.ask_to_the_end('call search {"query": "tides"}; say table')
    assert await faults(chat) == []
    await chat.open_raw("all")
    assert await faults(chat) == []


async def test_a_page_that_shows_a_load_error(open_chat: OpenChat) -> None:
    chat = await open_chat("/thread/not-a-thread")
    await expect(chat.page.get_by_role("link", name="Start a new chat")).to_be_visible()
    assert await faults(chat) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_messages_that_wait(open_chat: OpenChat, scheme: str) -> None:
    chat = await open_chat(color_scheme=scheme)
    await chat.ask('call confirm {"question": "Shall I go on?"}')
    await chat.ended()
    await expect(chat.parts("interrupt")).to_be_visible()
    await chat.ask("echo something else")
    await chat.ask("echo and more")
    await expect(chat.waiting.first).to_have_attribute("data-waiting", "asking")
    assert await faults(chat) == []
