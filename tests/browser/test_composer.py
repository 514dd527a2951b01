"""Writing and sending: once, when it was meant, and never lost."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat

COMPOSING = """box => box.dispatchEvent(new KeyboardEvent("keydown",
    {key: "Enter", code: "Enter", bubbles: true, cancelable: true, isComposing: true}))"""


async def test_a_double_click_sends_once(chat: Chat) -> None:
    await chat.composer.fill("echo once")
    await chat.role("send").dblclick()

    await chat.ended()
    await expect(chat.text).to_have_text("once")
    await expect(chat.turns).to_have_count(2)


async def test_a_double_enter_sends_once(chat: Chat) -> None:
    await chat.composer.fill("echo once")
    await chat.composer.evaluate(
        """box => { for (const _ of [1, 2, 3]) box.dispatchEvent(new KeyboardEvent("keydown",
        {key: "Enter", bubbles: true, cancelable: true})) }"""
    )

    await expect(chat.text).to_have_text("once")
    await chat.ended()
    await expect(chat.turns).to_have_count(2)


async def test_shift_enter_breaks_the_line_and_enter_sends(chat: Chat) -> None:
    await chat.composer.press_sequentially("echo one")
    await chat.composer.press("Shift+Enter")
    await chat.composer.press_sequentially("two")
    await expect(chat.composer).to_have_value("echo one\ntwo")
    await expect(chat.turns).to_have_count(0)
    await chat.composer.press("Enter")

    await expect(chat.asked.locator('[data-part="text"]')).to_have_text("echo one\ntwo")
    await expect(chat.composer).to_have_value("")
    await chat.ended()


async def test_enter_during_composition_sends_nothing(chat: Chat) -> None:
    await chat.composer.fill("echo にほん")
    await chat.composer.evaluate(COMPOSING)
    await expect(chat.composer).to_have_value("echo にほん")
    await chat.composer.press("End")
    await chat.composer.press_sequentially("ご")
    await chat.composer.press("Enter")

    await expect(chat.text).to_have_text("にほんご")
    await chat.ended()
    await expect(chat.turns).to_have_count(2)


async def test_nothing_but_space_is_not_sent(chat: Chat) -> None:
    await chat.composer.fill("  \n ")
    await chat.composer.press("Enter")
    await chat.ask_to_the_end("echo something")

    await expect(chat.turns).to_have_count(2)


async def test_a_draft_survives_a_reload(chat: Chat) -> None:
    await chat.composer.press_sequentially("half a thou")
    await chat.page.reload()
    await chat.alive()

    await expect(chat.composer).to_have_value("half a thou")
    await chat.composer.fill("")
    await chat.page.reload()
    await chat.alive()
    await expect(chat.composer).to_have_value("")


async def test_each_thread_keeps_a_draft_of_its_own(open_told: OpenChat) -> None:
    chat = await open_told("An answer.")
    await chat.composer.fill("for this thread")
    address = chat.page.url
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await expect(chat.composer).to_have_value("")
    await chat.page.goto(address)

    await expect(chat.composer).to_have_value("for this thread")


async def test_a_starter_leaves_the_draft_in_its_chat(chat: Chat) -> None:
    await chat.composer.fill("a draft")
    await chat.role("starter").first.click()
    await chat.ended()

    await expect(chat.composer).to_have_value("a draft")
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await expect(chat.composer).to_have_value("")


async def test_what_is_typed_right_after_enter_is_the_new_chats_draft(chat: Chat) -> None:
    await chat.ask("echo first")
    await chat.composer.press_sequentially("the next thought")
    await chat.ended()

    await expect(chat.composer).to_have_value("the next thought")
    await chat.page.reload()
    await expect(chat.composer).to_have_value("the next thought")
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await expect(chat.composer).to_have_value("")


async def test_the_box_grows_with_its_text_and_shrinks_again(chat: Chat) -> None:
    async def height() -> float:
        box = await chat.composer.bounding_box()
        assert box
        return box["height"]

    at_rest = await height()
    await chat.composer.fill("echo " + "line\n" * 5)
    assert await height() > 3 * at_rest
    await chat.composer.press("Enter")
    await expect(chat.composer).to_have_value("")
    assert await height() == at_rest
    await chat.ended()
