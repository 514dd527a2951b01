"""Stop: the run ends on the server, and what was said stays."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.chat import THREAD_URL, Chat
from tests.browser.conftest import Gates
from tests.browser.wire import last_run
from tests.wire.server import RealServer


async def test_stop_cancels_the_run_and_keeps_what_was_said(
    chat: Chat, gates: Gates, agents: RealServer
) -> None:
    await chat.ask(f"30 words; until {gates.new()}; echo never said")
    await expect(chat.text).to_contain_text("w29")
    await expect(chat.page).to_have_url(THREAD_URL)
    await chat.role("stop").click()
    await chat.ended()

    words = " ".join(f"w{number}" for number in range(30))
    await expect(chat.text).to_have_text(words)
    await expect(chat.answer).to_contain_text("Stopped by you.")
    run = await last_run(agents, await chat.thread_id())
    assert run["status"] == "interrupted"
    await chat.page.reload()
    await expect(chat.text).to_have_text(words)
    await expect(chat.answer).to_contain_text("Stopped")
    await expect(chat.role("send")).to_be_visible()


async def test_one_can_go_on_after_a_stop(chat: Chat, gates: Gates) -> None:
    await chat.ask(f"5 words; until {gates.new()}")
    await expect(chat.text).to_contain_text("w4")
    await chat.role("stop").click()
    await chat.ended()
    await chat.ask_to_the_end("echo and on")

    await expect(chat.text).to_have_text("and on")
    await expect(chat.turns).to_have_count(4)
    await expect(chat.answers.first).to_contain_text("w4")


async def test_stop_during_a_tool_says_that_the_tool_was_stopped(chat: Chat, gates: Gates) -> None:
    await chat.ask(f'call held {{"gate": "{gates.new()}"}}; echo never said')
    card = chat.tool("held")
    await expect(card).to_have_attribute("data-tool-status", "running")
    await chat.role("stop").click()
    await chat.ended()

    await expect(card).to_have_attribute("data-tool-status", "cancelled")
    await expect(chat.answer).to_contain_text("Stopped by you.")


async def test_stop_works_from_another_tab(chat: Chat, gates: Gates) -> None:
    await chat.ask(f"5 words; until {gates.new()}")
    await expect(chat.text).to_contain_text("w4")
    await expect(chat.page).to_have_url(THREAD_URL)
    other = await chat.another_tab()
    await other.role("stop").click()

    await chat.ended()
    await other.ended()
    await expect(chat.answer).to_contain_text("Stopped")


async def test_a_question_that_was_stopped_at_once_is_not_lost(chat: Chat) -> None:
    for number in range(5):
        words = f"40 words; echo question {number}"
        await chat.ask(words)
        await chat.role("stop").click()
        await chat.ended()
        kept = chat.asked.filter(has_text=f"question {number}")
        returned = chat.waiting.filter(has_text=f"question {number}")
        await expect(kept.or_(returned)).to_have_count(1)
        await chat.page.reload()
        await expect(kept.or_(returned)).to_have_count(1)
        await chat.role("new-chat").click()
        await expect(chat.turns).to_have_count(0)
