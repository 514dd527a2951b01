"""Reading while it grows: nothing that one is reading moves."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Gates

SHIFTS = """() => {
    window.shifts = [];
    const box = ({x, y, width, height}) => [x, y, width, height].map(Math.round).join(" ");
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue;
            const moved = entry.sources.map(({node, previousRect, currentRect}) => [
                node?.className ?? node?.nodeName, box(previousRect), box(currentRect)]);
            window.shifts.push([entry.value, ...moved]);
        }
    }).observe({type: "layout-shift"});
}"""


async def distance_to_end(chat: Chat) -> float:
    return await chat.reader.evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight")


async def shift(page: Page) -> tuple[float, list[list[object]]]:
    shifts = await page.evaluate("shifts")
    return sum(value for value, *_ in shifts), shifts


async def test_the_newest_text_is_followed(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"say paragraphs; until {gate}; echo the very end")
    await expect(chat.text).to_contain_text("Paragraph 39.")
    assert await distance_to_end(chat) < 2
    gates.open(gate)
    await chat.ended()

    await expect(chat.text.get_by_text("the very end")).to_be_in_viewport()
    assert await distance_to_end(chat) < 2
    await expect(chat.role("jump-latest")).to_be_hidden()


async def test_it_is_followed_through_many_questions(chat: Chat) -> None:
    for question in ("say code", "call faulty {}; say weather", "say table"):
        await chat.ask_to_the_end(question)
        await expect(chat.role("jump-latest")).to_be_hidden()
        assert await distance_to_end(chat) < 2


async def test_whoever_scrolls_up_is_left_alone_until_they_jump(chat: Chat, gates: Gates) -> None:
    first, second = gates.new(), gates.new()
    await chat.ask(f"say paragraphs; until {first}; say paragraphs; until {second}; echo end")
    await expect(chat.text).to_contain_text("Paragraph 39.")
    await chat.reader.hover()
    await chat.page.mouse.wheel(0, -1200)
    jump = chat.role("jump-latest")
    await expect(jump).to_be_visible()
    read = chat.text.get_by_text("Paragraph 33.").first
    before = await read.bounding_box()
    gates.open(first)
    await expect(chat.text.get_by_text("Paragraph 39.")).to_have_count(2)

    assert await read.bounding_box() == before
    await expect(jump).to_be_visible()
    await jump.click()
    await expect(jump).to_be_hidden()
    assert await distance_to_end(chat) < 2
    gates.open(second)
    await chat.ended()
    assert await distance_to_end(chat) < 2


async def test_sending_brings_one_back_to_the_newest(chat: Chat) -> None:
    await chat.ask_to_the_end("say paragraphs")
    await chat.reader.hover()
    await chat.page.mouse.wheel(0, -1200)
    await expect(chat.role("jump-latest")).to_be_visible()
    await chat.ask_to_the_end("echo hello again")

    await expect(chat.text).to_be_in_viewport()
    await expect(chat.role("jump-latest")).to_be_hidden()


async def test_nothing_shifts_while_an_answer_is_written(chat: Chat) -> None:
    await chat.ask_to_the_end("echo before")
    await chat.page.evaluate(SHIFTS)
    await chat.ask_to_the_end(
        'think of it first; call search {"query": "tides"}; 20 words; call faulty {}; say markdown'
    )

    total, shifts = await shift(chat.page)
    assert total < 0.005, shifts


async def test_nothing_shifts_above_the_one_who_scrolled_up(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"say paragraphs; until {gate}; say markdown")
    await expect(chat.text).to_contain_text("Paragraph 39.")
    await chat.reader.hover()
    await chat.page.mouse.wheel(0, -1200)
    await expect(chat.role("jump-latest")).to_be_visible()
    await chat.page.evaluate(SHIFTS)
    gates.open(gate)
    await chat.ended()

    total, shifts = await shift(chat.page)
    assert total < 0.005, shifts


async def test_a_selection_in_a_settled_block_outlives_the_growth(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"say weather; until {gate}; say paragraphs")
    await expect(chat.text.locator("li")).to_have_count(2)
    await chat.text.locator("p").first.evaluate("p => getSelection().selectAllChildren(p)")
    gates.open(gate)
    await chat.ended()

    assert "60°F and sunny" in await chat.page.evaluate("getSelection().toString()")


async def test_what_one_unfolds_stays_where_it_is(chat: Chat) -> None:
    await chat.ask_to_the_end('say paragraphs; call search {"query": "tides"}; echo the end')
    head = chat.tool("search").locator("summary").first
    before = await head.bounding_box()
    await head.click()
    await expect(chat.tool("search").locator('[data-tree^="result:"] .json')).to_be_visible()
    assert await head.bounding_box() == before

    await head.click()
    await expect(chat.role("jump-latest")).to_be_hidden()
    await chat.ask_to_the_end("say paragraphs")
    assert await distance_to_end(chat) < 2


async def test_a_message_stays_where_it_is_when_it_gets_into_its_thread(chat: Chat) -> None:
    places = """() => {
        window.places = new Set();
        const look = () => {
            const bubble = document.querySelector(".plain")?.getBoundingClientRect();
            if (bubble) places.add([bubble.x, bubble.y, bubble.width, bubble.height].join(" "));
            requestAnimationFrame(look);
        };
        look();
    }"""
    await chat.page.evaluate(places)
    await chat.ask_to_the_end("echo a word")
    assert await chat.page.evaluate("places.size") == 1
