"""Tool cards and thoughts: what the agent does, at each moment of it."""

from __future__ import annotations

import json

from playwright.async_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Gates


def status(card: Locator) -> Locator:
    return card.locator(".tool-status")


async def test_a_card_goes_from_writing_over_running_to_done(chat: Chat, gates: Gates) -> None:
    written, gate = gates.new(), gates.new()
    await chat.ask(f"call held@{written} {json.dumps({'gate': gate})}; echo good")

    card = chat.tool("held")
    await expect(card).to_have_attribute("data-tool-status", "writing")
    await expect(card).to_contain_text('{"gate"')
    await expect(card).not_to_contain_text(gate)
    gates.open(written)
    await expect(card).to_have_attribute("data-tool-status", "running")
    await expect(card).to_contain_text(gate)
    await expect(status(card)).to_contain_text("Running")
    await expect(card).to_contain_text("half way there")
    await expect(card.get_by_role("progressbar")).to_have_attribute("value", "50")
    gates.open(gate)
    await expect(card).to_have_attribute("data-tool-status", "done")
    await expect(card).to_contain_text("released")
    await expect(card.get_by_role("progressbar")).to_have_count(0)
    await chat.ended()


async def test_a_failure_is_in_plain_sight(chat: Chat) -> None:
    await chat.ask_to_the_end("call faulty {}; echo sorry")

    card = chat.tool("faulty")
    await expect(card).to_have_attribute("data-tool-status", "failed")
    await expect(status(card)).to_contain_text("Failed")
    await expect(card.get_by_text("the faulty tool failed: no fuel left").first).to_be_visible()
    await expect(chat.parts("error")).to_have_count(0)
    await expect(chat.text).to_have_text("sorry")


async def test_parallel_calls_have_a_card_each_and_end_each_by_itself(
    chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask(
        f'call weather {{"city": "Paris"}}; call held {json.dumps({"gate": gate})}; echo both'
    )

    await expect(chat.tool("weather")).to_have_attribute("data-tool-status", "done")
    await expect(chat.tool("weather")).to_contain_text("Paris: rain")
    await expect(chat.tool("held")).to_have_attribute("data-tool-status", "running")
    gates.open(gate)
    await expect(chat.tool("held")).to_have_attribute("data-tool-status", "done")
    await chat.ended()
    await expect(chat.parts("tool")).to_have_count(2)
    await expect(chat.text).to_have_text("both")


async def test_two_calls_of_one_tool_keep_their_own_results(chat: Chat) -> None:
    await chat.ask_to_the_end(
        'call weather {"city": "Paris"}; call weather {"city": "Oslo"}; echo both'
    )

    await expect(chat.tool("weather")).to_have_count(2)
    await expect(chat.tool("weather").nth(0)).to_contain_text("Paris: rain")
    await expect(chat.tool("weather").nth(1)).to_contain_text("Oslo: rain")


async def test_an_opened_card_shows_arguments_and_result_as_trees_to_copy(chat: Chat) -> None:
    await chat.ask_to_the_end('call search {"query": "tides", "limit": 3}; echo found')
    card = chat.tool("search")
    await card.locator("summary").first.click()

    arguments = card.locator('[data-tree^="arguments:"]')
    await expect(arguments.locator(".json")).to_contain_text('query: "tides"')
    await expect(arguments.locator(".json")).to_contain_text("limit: 3")
    result = card.locator('[data-tree^="result:"]')
    await expect(result.locator(".json")).to_contain_text("60°F and sunny")
    await result.get_by_role("button", name="Copy").click()
    found = await chat.copied()
    assert json.loads(found) == [
        {"title": "Los Angeles", "content": "60°F and sunny", "asked": "tides"}
    ]
    await arguments.get_by_role("button", name="Copy").click()
    assert json.loads(await chat.copied(after=found)) == {"query": "tides", "limit": 3}


async def test_an_opened_card_stays_open_while_the_answer_goes_on(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f'call search {{"query": "tides"}}; 5 words; until {gate}; 200 words')
    await expect(chat.text).to_contain_text("w4")
    card = chat.tool("search")
    await card.locator("summary").first.click()
    await expect(card.locator('[data-tree^="result:"]')).to_be_visible()
    gates.open(gate)
    await chat.ended()

    await expect(card.locator('[data-tree^="result:"]')).to_be_visible()


async def test_cards_are_the_same_after_a_reload(chat: Chat) -> None:
    await chat.ask_to_the_end('call search {"query": "tides"}; call faulty {}; echo so it went')
    await chat.page.reload()

    await expect(chat.tool("search")).to_have_attribute("data-tool-status", "done")
    await expect(chat.tool("search")).to_contain_text("tides")
    await expect(chat.tool("faulty")).to_have_attribute("data-tool-status", "failed")
    await expect(chat.text).to_have_text("so it went")


async def test_a_long_result_is_cut_until_all_is_asked_for(chat: Chat) -> None:
    await chat.ask_to_the_end("pass on " + "tide " * 1500 + "the very end")
    card = chat.tool("echo")
    await card.locator("summary").first.click()

    result = card.locator('[data-tree^="result:"]')
    await expect(result).to_contain_text("tide tide")
    await expect(result).not_to_contain_text("the very end")
    await result.locator("[data-show]").click()
    await expect(result).to_contain_text("the very end")


async def test_thoughts_are_folded_and_say_how_long_they_took(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"think the moon pulls; until {gate}; think at the sea; echo tides")

    thoughts = chat.parts("reasoning")
    await expect(thoughts).to_contain_text("Thinking…")
    await expect(thoughts.get_by_text("the moon pulls")).to_be_hidden()
    gates.open(gate)
    await chat.ended()
    await expect(thoughts.locator("summary")).to_contain_text("Thought for")
    await thoughts.locator("summary").click()
    await expect(thoughts.get_by_text("the moon pulls at the sea")).to_be_visible()
    await expect(chat.text).to_have_text("tides")


async def test_the_wire_of_one_call_is_a_click_away(chat: Chat) -> None:
    await chat.ask_to_the_end('call search {"query": "tides"}; echo found')
    card = chat.tool("search")
    await card.locator("summary").first.click()
    await card.get_by_role("button", name="Show on the wire").click()

    rows = chat.role("raw-panel").locator("[data-event]")
    await expect(rows.first).to_be_visible()
    about = await rows.count()
    await chat.page.get_by_role("button", name="Show all events again").click()
    await expect(rows).not_to_have_count(about)


async def test_agents_within_agents_are_shown_by_name_to_any_depth(chat: Chat) -> None:
    task = {"task": 'call dive {"task": "echo deep down"}'}
    await chat.ask_to_the_end(f"call delegate {json.dumps(task)}; echo first says")

    outer = chat.tool("delegate")
    await expect(outer.locator(".subagent > summary").first).to_contain_text("second")
    inner = outer.locator('[data-part="tool"][data-tool-name="dive"]')
    await expect(inner.locator(".subagent > summary")).to_contain_text("third")
    await expect(inner.locator(".prose")).to_have_text("deep down")
    await expect(outer).to_contain_text("That is all.")
