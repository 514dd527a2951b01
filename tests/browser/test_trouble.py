"""What goes wrong is said in words, with a way on."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat
from tests.wire.server import RealServer

NOWHERE = (
    "/thread/11111111-1111-4111-8111-111111111111",
    "/thread/not-a-thread",
    "/thread/..%2f..%2fassistants",
    "/thread/",
    "/nowhere",
)


async def test_an_address_that_leads_nowhere_says_so_and_leads_on(chat: Chat) -> None:
    for path in NOWHERE:
        await chat.go(path)
        await expect(chat.page.get_by_role("heading", name="There is no such")).to_be_visible()
        await expect(chat.page.get_by_role("link", name="Start a new chat")).to_be_visible()
    await chat.page.get_by_role("link", name="Start a new chat").click()
    await chat.ask_to_the_end("echo found my way")

    await expect(chat.text).to_have_text("found my way")


async def test_a_page_that_was_never_there_leads_on_too(open_chat: OpenChat) -> None:
    chat = await open_chat("/nowhere/at/all", tolerate="404")
    await expect(chat.page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await chat.page.get_by_role("link", name="Start a new chat").click()
    await expect(chat.page).to_have_url(f"{chat.home}/")
    await expect(chat.page.locator(".starter").first).to_be_visible()


async def test_a_failed_run_says_what_happened_and_can_be_tried_again(
    chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask_to_the_end(f"5 words; fail before {gate}; echo it worked")
    error = chat.parts("error")
    await expect(error).to_have_count(1)
    await expect(error).to_contain_text("the model broke off")
    await expect(chat.role("retry")).to_be_visible()

    gates.open(gate)
    await chat.role("retry").click()
    await expect(chat.text).to_contain_text("it worked")
    await chat.ended()
    await expect(error).to_have_count(0)
    await expect(chat.asked).to_have_count(1)


async def test_the_error_stays_over_a_reload(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask_to_the_end(f'call search {{"query": "tides"}}; fail before {gate}; echo fine')
    await expect(chat.parts("error")).to_contain_text("the model broke off")
    await chat.page.reload()

    await expect(chat.tool("search")).to_have_attribute("data-tool-status", "done")
    await expect(chat.parts("error")).to_contain_text("the model broke off")
    gates.open(gate)
    await chat.role("retry").click()
    await expect(chat.text).to_contain_text("fine")
    await chat.ended()


async def test_one_can_ask_something_else_after_a_failure(chat: Chat) -> None:
    await chat.ask_to_the_end("5 words; fail")
    await expect(chat.parts("error")).to_have_count(1)
    await chat.ask_to_the_end("echo something else")

    await expect(chat.text).to_have_text("something else")


async def test_an_unknown_assistant_is_named_and_another_can_be_chosen(
    tmp_path: Path, agents: RealServer, open_chat: OpenChat
) -> None:
    with App(tmp_path / "app.log", agents.url, "--assistant", "nobody") as app:
        chat = await open_chat(of=app)
        await expect(chat.page.get_by_text("nobody").first).to_be_visible()
        await chat.role("assistant-picker").select_option(label="agent")
        await chat.ask_to_the_end("echo hello")
        await expect(chat.text).to_have_text("hello")
        await chat.page.context.close()
