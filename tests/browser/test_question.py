"""The road from a question to its answer, and back to it."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.chat import THREAD_URL, Chat
from tests.browser.conftest import Gates, OpenChat
from tests.browser.texts import MARKDOWN
from tests.browser.wire import filled_thread
from tests.wire.server import RealServer

QUESTION = "whats the weather in la"


async def test_the_notebooks_question_is_searched_for_and_answered(chat: Chat) -> None:
    await chat.ask(QUESTION)

    await expect(chat.tool("search")).to_have_attribute("data-tool-status", "done")
    await expect(chat.tool("search")).to_contain_text("weather in los angeles")
    await expect(chat.text).to_contain_text("The weather in Los Angeles is 60°F and sunny.")
    await expect(chat.text.locator("li")).to_have_count(2)
    await chat.ended()
    await expect(chat.asked.locator('[data-part="text"]')).to_have_text(QUESTION)
    await expect(chat.answer).to_contain_text("to first token")
    await expect(chat.answer).to_contain_text("tokens")


async def test_an_answer_is_read_while_it_is_written(chat: Chat, gates: Gates) -> None:
    first, second = gates.new(), gates.new()
    await chat.ask(f"20 words; until {first}; echo and then; until {second}; echo the end")

    await expect(chat.text).to_contain_text("w19")
    await expect(chat.text).not_to_contain_text("and then")
    gates.open(first)
    await expect(chat.text).to_contain_text("and then")
    await expect(chat.role("stop")).to_be_visible()
    gates.open(second)
    await expect(chat.text).to_contain_text("the end")
    await chat.ended()


async def test_markdown_becomes_what_it_means(open_told: OpenChat) -> None:
    text = (await open_told(MARKDOWN)).text

    await expect(text.get_by_role("heading")).to_have_text("A heading")
    await expect(text.locator("table tbody tr")).to_have_count(2)
    await expect(text.locator("pre code")).to_contain_text("def greet(name: str) -> str:")
    await expect(text.locator("math")).to_have_count(2)
    await expect(text).to_contain_text("It costs $5 and $10.")
    await expect(text.get_by_role("img", name="Done")).to_have_count(1)
    await expect(text.get_by_role("img", name="To do")).to_have_count(1)
    link = text.get_by_role("link", name="link")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))


async def test_code_and_answers_can_be_copied_as_they_were_written(open_told: OpenChat) -> None:
    chat = await open_told(MARKDOWN)
    await chat.text.locator("[data-copy]").click()
    code = await chat.copied()
    assert code == 'def greet(name: str) -> str:\n    return f"hello {name}"\n'
    await chat.answer.hover()
    await chat.answer.get_by_role("button", name="Copy message").click()
    assert (await chat.copied(after=code)).strip() == MARKDOWN.strip()


async def test_the_conversation_stands_at_its_address(chat: Chat, open_chat: OpenChat) -> None:
    await chat.ask_to_the_end(QUESTION)
    thread_id = await chat.thread_id()

    other = await open_chat(f"/thread/{thread_id}")
    await expect(other.text).to_contain_text("60°F and sunny")
    assert await shown(other) == await shown(chat)


async def test_a_second_question_goes_on_in_the_same_thread(chat: Chat) -> None:
    await chat.ask_to_the_end("echo first answer")
    thread_id = await chat.thread_id()
    await chat.ask_to_the_end("echo second answer")

    assert await chat.thread_id() == thread_id
    await expect(chat.turns).to_have_count(4)
    await expect(chat.text).to_have_text("second answer")


async def test_new_chat_leaves_the_thread_and_begins_another(chat: Chat) -> None:
    await chat.ask_to_the_end("echo first answer")
    thread_id = await chat.thread_id()
    await chat.role("new-chat").click()

    await expect(chat.turns).to_have_count(0)
    await chat.alive()
    await chat.ask_to_the_end("echo elsewhere")
    assert await chat.thread_id() != thread_id
    await expect(chat.turns).to_have_count(2)


async def test_going_back_shows_the_thread_before(chat: Chat) -> None:
    await chat.ask_to_the_end("echo first answer")
    address = chat.page.url
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await chat.page.go_back()

    await expect(chat.page).to_have_url(address)
    await expect(chat.text).to_have_text("first answer")


async def test_a_reload_in_mid_answer_goes_on_with_the_same_answer(
    chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask(f"30 words; until {gate}; echo after the reload")
    await expect(chat.text).to_contain_text("w29")
    await expect(chat.page).to_have_url(THREAD_URL)
    await chat.page.reload()

    await expect(chat.text).to_contain_text("w0 w1")
    await expect(chat.text).to_contain_text("w29")
    await expect(chat.role("stop")).to_be_visible()
    gates.open(gate)
    await chat.ended()
    words = " ".join(f"w{number}" for number in range(30))
    await expect(chat.text).to_have_text(f"{words} after the reload")
    await expect(chat.turns).to_have_count(2)


async def test_two_tabs_on_one_thread_both_stream(chat: Chat, gates: Gates) -> None:
    first, second = gates.new(), gates.new()
    await chat.ask(f"10 words; until {first}; echo both; until {second}; echo done")
    await expect(chat.text).to_contain_text("w9")
    await expect(chat.page).to_have_url(THREAD_URL)
    other = await chat.another_tab()
    await expect(other.text).to_contain_text("w9")
    gates.open(first)

    for tab in (chat, other):
        await expect(tab.text).to_contain_text("both")
        await expect(tab.role("stop")).to_be_visible()
    gates.open(second)
    for tab in (chat, other):
        await tab.ended()
    assert await shown(chat) == await shown(other)


async def test_a_question_from_one_tab_appears_in_the_other(chat: Chat) -> None:
    await chat.ask_to_the_end("echo first answer")
    other = await chat.another_tab()
    await expect(other.text).to_have_text("first answer")
    await chat.ask_to_the_end("echo second answer")

    await expect(other.turns).to_have_count(4)
    await expect(other.text).to_have_text("second answer")


async def test_a_starter_sends_on_click(chat: Chat) -> None:
    starter = chat.page.locator(".starter").first
    words = await starter.inner_text()
    await starter.click()

    await expect(chat.asked.locator('[data-part="text"]')).to_have_text(words)
    await chat.ended()


async def test_the_empty_chat_says_whom_one_talks_to_and_what_it_can_do(chat: Chat) -> None:
    await expect(chat.page.get_by_role("heading", name="agent")).to_be_visible()
    tools = chat.page.get_by_role("list", name="Its tools").get_by_role("listitem")
    await expect(tools).to_contain_text(["search", "weather", "faulty"])


async def test_a_thread_that_others_filled_opens_with_its_newest_turns(
    open_chat: OpenChat, agents: RealServer
) -> None:
    thread_id = await filled_thread(agents, 60)
    chat = await open_chat(f"/thread/{thread_id}")

    await expect(chat.text).to_have_text("answer 59")
    shown_at_first = await chat.turns.count()
    assert shown_at_first < 120
    await chat.reader.evaluate("box => box.scrollTo(0, 0)")
    await expect(chat.turns).not_to_have_count(shown_at_first)


async def shown(chat: Chat) -> list[str]:
    """The text of each part of the conversation."""
    return await chat.page.locator("[data-part]").all_text_contents()
