"""Wide and narrow, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat
from tests.browser.texts import TEXTS

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height || box.right <= innerWidth + 1) return false;
    for (let up = element.parentElement; up; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== "visible") return false;
    return true;
}).map((element) => element.outerHTML.slice(0, 120))"""


async def no_sideways_scroll(page: Page) -> None:
    """Neither the page nor the conversation can be scrolled to the side."""
    assert await page.evaluate(STICKING_OUT) == []
    for box in ("document.documentElement", "document.querySelector('[role=log]')"):
        assert await page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth")


async def test_nothing_scrolls_sideways_on_a_phone(open_told: OpenChat) -> None:
    call = {"id": "c", "name": "search" * 20, "args": {"query": "wide" * 200}}
    messages = [
        {"type": "human", "id": "h", "content": "wide" * 100},
        *({"type": "ai", "id": name, "content": text} for name, text in TEXTS.items()),
        {"type": "ai", "id": "a", "content": "", "tool_calls": [call]},
        {"type": "tool", "id": "t", "tool_call_id": "c", "content": "wide" * 400},
        {"type": "ai", "id": "end", "content": "The end."},
    ]
    chat = await open_told(messages, **PHONE)
    await expect(chat.answer).to_contain_text("The end.")
    await chat.page.locator("summary").last.click()
    await expect(chat.page.locator(".json").first).to_be_visible()

    await no_sideways_scroll(chat.page)
    table = chat.page.locator(".table").filter(has_text="value 5/15")
    await table.scroll_into_view_if_needed()
    assert await table.evaluate("box => box.scrollWidth > box.clientWidth")


async def test_on_a_phone_all_controls_are_in_reach(open_chat: OpenChat) -> None:
    chat = await open_chat(**PHONE)
    for name in ("assistant-picker", "new-chat", "theme", "raw-toggle", "composer", "send"):
        await expect(chat.role(name)).to_be_in_viewport(ratio=1)
    await expect(chat.connection).to_be_in_viewport(ratio=1)
    await expect(chat.connection).to_contain_text("Connected")
    await chat.composer.fill("say weather")
    await chat.role("send").tap()
    await chat.ended()
    await expect(chat.text).to_contain_text("60°F")


async def test_on_a_phone_the_raw_view_lies_over_the_chat(open_chat: OpenChat) -> None:
    chat = await open_chat(**PHONE)
    await chat.ask_to_the_end("whats the weather in la")
    raw = await chat.open_raw("all")
    box = await raw.panel.bounding_box()

    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    for mode in ("values", "updates", "messages", "all"):
        await raw.choose(mode)
        await expect(raw.tab(mode)).to_be_in_viewport(ratio=0.9)
    await raw.rows.nth(1).locator("[data-event-head]").tap()
    await expect(raw.rows.nth(1).locator(".json")).to_be_visible()
    await no_sideways_scroll(chat.page)
    await chat.page.get_by_role("button", name="Close the raw view").tap()
    await expect(raw.panel).to_have_count(0)


async def test_wide_the_raw_view_stands_beside_the_chat(chat: Chat) -> None:
    raw = await chat.open_raw()
    panel, composer = await raw.panel.bounding_box(), await chat.composer.bounding_box()

    assert panel
    assert composer
    assert composer["x"] + composer["width"] < panel["x"]
    edge = chat.page.get_by_role("separator", name="Width of the raw view")
    await edge.focus()
    await edge.press("ArrowLeft")
    moved = await raw.panel.bounding_box()
    assert moved
    assert moved["width"] > panel["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_system_says_light_or_dark_until_one_switches(
    open_chat: OpenChat, scheme: str
) -> None:
    chat = await open_chat(color_scheme=scheme)
    other = "dark" if scheme == "light" else "light"
    assert await brightness(chat) == scheme
    await chat.role("theme").click()
    await expect(chat.page.locator(f"html.{other}")).to_have_count(1)
    assert await brightness(chat) == other
    await chat.page.reload()
    await chat.alive()
    assert await brightness(chat) == other


async def brightness(chat: Chat) -> str:
    """Whether the page is light or dark, by what it paints."""
    lightness = await chat.page.evaluate(
        """() => {
            const pixel = document.createElement("canvas").getContext("2d");
            pixel.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
            pixel.fillRect(0, 0, 1, 1);
            return Math.max(...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }"""
    )
    return "dark" if lightness < 128 else "light"


async def test_at_twice_the_size_everything_is_still_there(open_told: OpenChat) -> None:
    half = {"width": 720, "height": 450}
    chat = await open_told(TEXTS["markdown"], viewport=half, device_scale_factor=2)
    await expect(chat.text).to_contain_text("The end.")
    await no_sideways_scroll(chat.page)
    for name in ("assistant-picker", "new-chat", "theme", "raw-toggle", "composer", "send"):
        await expect(chat.role(name)).to_be_in_viewport(ratio=1)


async def test_reduced_motion_stills_the_page(open_chat: OpenChat, gates: Gates) -> None:
    chat = await open_chat(reduced_motion="reduce")
    await chat.ask(f'call held {{"gate": "{gates.new()}"}}')
    await expect(chat.tool("held")).to_have_attribute("data-tool-status", "running")
    endless = """document.getAnimations().filter(({effect}) =>
        effect.getComputedTiming().iterations === Infinity).length"""
    assert await chat.page.evaluate(endless) == 0


async def test_no_button_of_a_turn_is_cut_off(open_told: OpenChat) -> None:
    chat = await open_told("Short.", **PHONE)
    await expect(chat.text).to_contain_text("Short.")
    cut = await chat.page.evaluate(
        """() => [...document.querySelectorAll("[data-turn] button")].filter((button) => {
            const turn = button.closest("[data-turn]").getBoundingClientRect();
            const box = button.getBoundingClientRect();
            return box.height > 0 && (box.bottom > turn.bottom || box.top < turn.top);
        }).map((button) => button.textContent)"""
    )
    assert cut == []


async def test_an_empty_chat_is_read_from_its_top(open_chat: OpenChat) -> None:
    chat = await open_chat(viewport={"width": 568, "height": 320}, has_touch=True, is_mobile=True)
    await expect(chat.role("starter").first).to_be_attached()
    assert await chat.reader.evaluate("box => box.scrollHeight > box.clientHeight")
    await expect(chat.reader).to_have_js_property("scrollTop", 0)


async def test_twice_as_large_letters_cover_nothing(open_chat: OpenChat) -> None:
    chat = await open_chat(**PHONE, bypass_csp=True)
    await chat.page.add_style_tag(content="html { font-size: 200% }")
    await chat.role("raw-toggle").tap()
    await expect(chat.role("raw-panel")).to_be_visible()


async def test_the_columns_of_a_matrix_stand_apart(open_told: OpenChat) -> None:
    chat = await open_told(r"\[ \begin{pmatrix} a & b \\ c & d \end{pmatrix} \]")
    padding = "cell => parseFloat(getComputedStyle(cell).paddingLeft)"
    assert await chat.text.locator("mtd").first.evaluate(padding) > 2
