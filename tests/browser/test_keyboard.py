"""The keyboard alone is enough, and one always sees where one is."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat

FOCUSED = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const rings = [at, at.closest(".composer-box"), at.querySelector(":scope > *")].filter(Boolean);
    const seen = (element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1);
    };
    const box = at.getBoundingClientRect();
    const bare = getComputedStyle(at).backgroundColor;
    return {
        name: at.dataset.role || at.getAttribute("aria-label") || at.innerText || at.tagName,
        ring: rings.some(seen) || (at.matches(".edge") && bare !== "rgba(0, 0, 0, 0)"),
        inside: box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    };
}"""


TO_THE_START = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
}"""


async def stops(page: Page) -> list[str]:
    """Press Tab until it comes round; each stop must be visible and ringed."""
    names: list[str] = []
    await page.evaluate(TO_THE_START)
    for _ in range(80):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        if at is None:
            break
        assert at["inside"], at
        assert at["ring"], at
        if names and at["name"] == names[0]:
            break
        names.append(at["name"])
    return names


async def test_tab_reaches_everything_and_one_sees_where_one_is(chat: Chat) -> None:
    await chat.ask_to_the_end("call faulty {}; say markdown")
    await chat.open_raw("updates")
    await expect(chat.role("raw-panel").locator("[data-event]").first).to_be_visible()
    reached = await stops(chat.page)

    for name in ("assistant-picker", "new-chat", "theme", "raw-toggle", "composer", "send"):
        assert name in reached, reached
    boxes = {"Conversation", "Events", "Width of the raw view"}
    actions = {"Copy message", "Show this message on the wire", "final-state"}
    assert (boxes | actions) - set(reached) == set()


async def test_a_conversation_without_a_mouse(chat: Chat, gates: Gates) -> None:
    keys = chat.page.keyboard
    await expect(chat.composer).to_be_focused()
    await keys.type(f"10 words; until {gates.new()}")
    await keys.press("Enter")
    await expect(chat.text).to_contain_text("w9")
    await keys.press("Tab")
    await expect(chat.role("stop")).to_be_focused()
    await keys.press("Enter")
    await chat.ended()
    await expect(chat.answer).to_contain_text("Stopped")
    await chat.composer.focus()
    await keys.type('call search {"query": "tides"}; echo and on')
    await keys.press("Enter")
    await expect(chat.text).to_have_text("and on")

    card = chat.tool("search").locator("summary").first
    await card.focus()
    await keys.press("Enter")
    await expect(chat.tool("search").locator(".json").first).to_be_visible()
    await chat.role("raw-toggle").focus()
    await keys.press("Enter")
    await expect(chat.role("raw-panel")).to_be_visible()
    await chat.role("raw-panel").locator('[data-raw-mode="updates"]').focus()
    await keys.press("Enter")
    heads = chat.role("raw-panel").locator("[data-event-head]")
    await expect(heads).to_have_count(3)
    await heads.first.focus()
    await keys.press("ArrowDown")
    await keys.press("ArrowRight")
    await expect(chat.role("raw-panel").locator(".json")).to_have_count(1)


async def test_the_skip_link_leads_to_the_message_box(open_told: OpenChat) -> None:
    chat = await open_told("An answer.")
    address = chat.page.url
    await chat.page.evaluate(TO_THE_START)
    await chat.page.keyboard.press("Tab")
    await expect(chat.page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await chat.page.keyboard.type("here")

    await expect(chat.composer).to_have_value("here")
    assert chat.page.url.startswith(address)


async def test_focus_is_not_lost_when_stop_becomes_send(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"10 words; until {gate}")
    await expect(chat.text).to_contain_text("w9")
    await chat.role("stop").focus()
    gates.open(gate)
    await chat.ended()

    assert await chat.page.evaluate("document.activeElement !== document.body")


async def test_news_is_announced_by_blocks_not_by_tokens(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    await chat.ask(f"say weather; until {gate}; 20 words")
    log = chat.page.get_by_role("log")
    await expect(chat.text.locator("li")).to_have_count(2)

    await expect(log).to_have_attribute("aria-live", "polite")
    growing = chat.text.locator('[aria-live="off"]')
    await expect(growing).to_have_count(1)
    await expect(growing).not_to_contain_text("The weather in Los Angeles")
    gates.open(gate)
    await chat.ended()
    await expect(growing).to_have_count(0)
