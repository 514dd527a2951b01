"""Large things: the page stays small and goes on answering.

Nothing here is timed. That the page answers is shown by doing something that needs browser, app
and server; that it stays small is shown by counting.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.wire import filled_thread
from tests.wire.server import RealServer
from webchat.limits import LONGEST_MESSAGE

PATIENT = 60_000


async def elements(page: Page) -> int:
    return await page.evaluate("document.querySelectorAll('*').length")


async def html_size(page: Page) -> int:
    return await page.evaluate("document.body.innerHTML.length")


async def still_answers(chat: Chat) -> None:
    """One can open the raw view, and ask something else."""
    raw = await chat.open_raw("values")
    await expect(raw.rows.first).to_be_visible(timeout=PATIENT)
    await chat.role("raw-toggle").click()
    await expect(raw.panel).to_have_count(0)
    await chat.ask("echo still here")
    await expect(chat.text).to_have_text("still here", timeout=PATIENT)
    await chat.ended()


async def test_a_tool_result_of_5_mb(chat: Chat) -> None:
    await chat.ask('call large {"megabytes": 5}; echo that was much')
    await expect(chat.text).to_have_text("that was much", timeout=PATIENT)
    await chat.ended()
    assert await html_size(chat.page) < 100_000

    card = chat.tool("large")
    await card.locator("summary").first.click()
    await expect(card.locator('[data-tree^="result:"] .json')).to_be_visible(timeout=PATIENT)
    await expect(card.locator('[data-tree^="result:"]')).to_contain_text("row")
    assert await html_size(chat.page) < 500_000
    await still_answers(chat)


async def test_the_wire_of_a_5_mb_result_opens_cut_short(chat: Chat) -> None:
    await chat.ask('call large {"megabytes": 5}; echo that was much')
    await expect(chat.text).to_have_text("that was much", timeout=PATIENT)
    await chat.ended()
    raw = await chat.open_raw("updates")
    await expect(raw.rows).to_have_count(3, timeout=PATIENT)
    await raw.rows.nth(1).locator("[data-event-head]").click()
    await expect(raw.rows.nth(1).locator(".json")).to_be_visible(timeout=PATIENT)

    await expect(raw.rows.nth(1).locator("[data-event-head]")).to_contain_text("MB")
    assert await html_size(chat.page) < 500_000


async def test_an_answer_of_a_megabyte(chat: Chat) -> None:
    await chat.ask("1000000 letters; echo the end")
    await expect(chat.text).to_contain_text("the end", timeout=PATIENT)
    await chat.ended()
    await still_answers(chat)


async def test_the_longest_question(chat: Chat) -> None:
    await chat.composer.fill("5 words;" + " " * 10 + "x" * (LONGEST_MESSAGE - 20))
    await chat.composer.press("Enter")
    await expect(chat.asked).to_have_count(1, timeout=PATIENT)
    await expect(chat.answer).to_contain_text("w4", timeout=PATIENT)
    await expect(chat.role("stop").or_(chat.role("send"))).to_be_visible()
    if await chat.role("stop").is_visible():
        await chat.role("stop").click()
    await expect(chat.role("send")).to_be_visible(timeout=PATIENT)
    await still_answers(chat)


async def test_300_tool_calls(chat: Chat) -> None:
    await chat.ask("300 calls; echo all counted")
    await expect(chat.text).to_have_text("all counted", timeout=PATIENT)
    await chat.ended()

    await expect(chat.tool("count")).to_have_count(300)
    await expect(chat.tool("count").last).to_have_attribute("data-tool-status", "done")
    await expect(chat.tool("count").last).to_contain_text("number 299")
    await still_answers(chat)


async def test_10_000_events_with_the_raw_view_open(chat: Chat) -> None:
    raw = await chat.open_raw("all")
    await chat.ask('call chatty {"events": 10000}; echo said enough')
    await expect(chat.text).to_have_text("said enough", timeout=PATIENT)
    await chat.ended()

    await expect(raw.tab("all")).to_contain_text("100", timeout=PATIENT)
    assert await raw.rows.count() < 300
    await expect(raw.rows.last).to_be_in_viewport()
    before = await raw.rows.count()
    await raw.panel.get_by_role("button", name="Earlier events").click()
    await expect(raw.rows).not_to_have_count(before)
    await raw.rows.last.locator("[data-event-head]").click()
    await expect(raw.rows.last.locator(".json")).to_be_visible()


async def test_a_long_thread_costs_the_page_no_more_than_its_newest_turns(
    open_chat: OpenChat, agents: RealServer
) -> None:
    counts = []
    for questions in (40, 400):
        thread_id = await filled_thread(agents, questions)
        chat = await open_chat(f"/thread/{thread_id}")
        await expect(chat.text).to_have_text(f"answer {questions - 1}")
        counts.append(await elements(chat.page))

    assert counts[1] <= counts[0] * 1.05


@pytest.mark.parametrize("raw_open", [False, True])
async def test_a_token_costs_the_socket_the_same_in_a_long_answer(
    chat: Chat, raw_open: bool
) -> None:
    received = 0

    def note(frame: str | bytes) -> None:
        nonlocal received
        received += len(frame)

    chat.page.on("websocket", lambda socket: socket.on("framereceived", note))
    await chat.page.reload()
    await chat.alive()
    if raw_open:
        await chat.open_raw("messages")
    costs = []
    for tokens in (100, 500):
        before = received
        await chat.ask_to_the_end(f"{tokens} words")
        costs.append((received - before) / tokens)

    assert costs[1] < 2 * costs[0], costs  # five times, if each token sent all before it
