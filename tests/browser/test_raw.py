"""The raw view against what the agent server really sent, recorded beside it."""

from __future__ import annotations

import json

from playwright.async_api import expect

from tests.browser.chat import THREAD_URL, Chat, Raw
from tests.browser.conftest import Gates, OpenChat
from tests.browser.wire import Sent, filled_thread, last_run, sent, state_of, update_state
from tests.wire.server import RealServer
from webchat.rendering.text import human_size

QUESTION = "whats the weather in la"
MODES = ("values", "updates", "messages")


async def rows_of(raw: Raw) -> list[tuple[int, str, str]]:
    """Number, mode and size of each row."""
    return [
        (int(number), mode, size)
        for number, mode, size in await raw.rows.evaluate_all(
            r"""rows => rows.map(row => [row.dataset.event, row.dataset.mode,
                row.firstChild.textContent.match(/[\d.]+ [kMG]?B/)[0]])"""
        )
    ]


def expected(events: list[Sent], mode: str) -> list[tuple[int, str, str]]:
    return [
        (number, event.mode, human_size(len(event.data.encode())))
        for number, event in enumerate(events, 1)
        if mode in ("all", event.mode)
    ]


async def copied_from(raw: Raw, number: int) -> object:
    """What the copy button of an opened row gives."""
    await raw.chat.page.evaluate("navigator.clipboard.writeText('')")
    await raw.row(number).get_by_role("button", name="Copy").click()
    return json.loads(await raw.chat.copied())


async def test_each_tab_shows_what_the_server_sent(chat: Chat, agents: RealServer) -> None:
    raw = await chat.open_raw()
    await chat.ask_to_the_end(QUESTION)
    events = await sent(agents, await chat.thread_id())

    for mode in (*MODES, "all"):
        await raw.choose(mode)
        rows = expected(events, mode)
        assert rows
        await expect(raw.rows).to_have_count(len(rows))
        assert await rows_of(raw) == rows
        await expect(raw.tab(mode)).to_contain_text(str(len(rows)))
    updates = expected(events, "updates")
    for (number, _, _), node in zip(updates, ("model", "tools", "model"), strict=True):
        await expect(raw.row(number)).to_contain_text(node)


async def test_a_row_opens_to_its_json_and_gives_it_to_the_clipboard(
    chat: Chat, agents: RealServer
) -> None:
    await chat.ask_to_the_end(QUESTION)
    events = await sent(agents, await chat.thread_id())
    raw = await chat.open_raw()

    for mode in ("values", "updates"):
        await raw.choose(mode)
        for number, _, _ in expected(events, mode):
            await raw.toggle(number)
            await expect(raw.row(number).locator(".json")).to_be_visible()
            assert await copied_from(raw, number) == events[number - 1].value
    last = [number for number, _, _ in expected(events, "updates")][-1]
    await expect(raw.row(last).locator(".json")).to_contain_text("60°F and sunny")
    await raw.toggle(last)
    await expect(raw.row(last).locator(".json")).to_have_count(0)


async def test_the_final_state_is_the_threads_state(chat: Chat, agents: RealServer) -> None:
    await chat.ask_to_the_end(QUESTION)
    thread_id = await chat.thread_id()
    await update_state(agents, thread_id, {"messages": [{"type": "ai", "content": "35.5"}]})
    raw = await chat.open_raw("all")
    await expect(raw.rows.first).to_be_visible()
    await chat.role("final-state").click()

    state = raw.panel.get_by_role("region", name="Thread state")
    await expect(state.locator(".json")).to_contain_text("checkpoint_id")
    await chat.page.evaluate("navigator.clipboard.writeText('')")
    await state.get_by_role("button", name="Copy").click()
    assert json.loads(await chat.copied()) == await state_of(agents, thread_id)
    await expect(raw.rows).to_have_count(0)
    await chat.role("final-state").click()
    await expect(raw.rows.first).to_be_visible()


async def test_a_thread_that_no_run_made_has_a_state_and_no_wire(
    open_chat: OpenChat, agents: RealServer
) -> None:
    chat = await open_chat(f"/thread/{await filled_thread(agents, 3)}")
    raw = await chat.open_raw("all")
    await expect(raw.panel).to_contain_text("Nothing was sent yet.")
    await chat.role("final-state").click()
    await expect(raw.panel.locator(".json")).to_contain_text("messages")


async def test_rows_come_while_the_run_goes_on(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    raw = await chat.open_raw("messages")
    await chat.ask(f"10 words; until {gate}; 10 words")

    await expect(raw.rows).to_have_count(10)
    gates.open(gate)
    await expect(raw.rows).to_have_count(21)  # the last one has the usage
    await chat.ended()


async def test_the_run_is_named_on_top(chat: Chat, agents: RealServer) -> None:
    await chat.ask_to_the_end(QUESTION)
    raw = await chat.open_raw("all")
    run = await last_run(agents, await chat.thread_id())

    await expect(raw.panel).to_contain_text(run["run_id"])
    await expect(raw.panel).to_contain_text("success")
    await raw.toggle(1)
    await expect(raw.row(1)).to_have_attribute("data-mode", "metadata")
    await expect(raw.row(1).locator(".json")).to_contain_text(run["run_id"])


async def test_the_wire_is_there_again_after_a_reload(chat: Chat, agents: RealServer) -> None:
    await chat.ask_to_the_end(QUESTION)
    await chat.page.reload()
    await chat.alive()
    raw = await chat.open_raw("all")

    rows = expected(await sent(agents, await chat.thread_id()), "all")
    await expect(raw.rows).to_have_count(len(rows))
    assert await rows_of(raw) == rows


async def test_an_earlier_run_can_be_chosen(chat: Chat, agents: RealServer) -> None:
    await chat.ask_to_the_end(QUESTION)
    first = await sent(agents, await chat.thread_id())
    await chat.ask_to_the_end("echo short")
    raw = await chat.open_raw("updates")
    await expect(raw.rows).to_have_count(1)
    await raw.panel.get_by_label("Run").select_option(index=1)

    await expect(raw.rows).to_have_count(3)
    assert await rows_of(raw) == expected(first, "updates")


async def test_the_tab_is_kept_over_a_reload_in_mid_answer(chat: Chat, gates: Gates) -> None:
    gate = gates.new()
    raw = await chat.open_raw("messages")
    await chat.ask(f"10 words; until {gate}; 10 words")
    await expect(raw.rows).to_have_count(10)
    await expect(chat.page).to_have_url(THREAD_URL)
    await chat.page.reload()

    await expect(raw.rows).to_have_count(10)
    await expect(raw.tab("messages")).to_have_attribute("aria-selected", "true")
    gates.open(gate)
    await expect(raw.rows).to_have_count(21)


async def test_the_newest_row_is_followed_until_one_scrolls(chat: Chat, gates: Gates) -> None:
    first, second = gates.new(), gates.new()
    raw = await chat.open_raw("messages")
    box = raw.panel.get_by_role("region", name="Events")
    await chat.ask(f"100 words; until {first}; 100 words; until {second}; 80 words")
    await expect(raw.row(102)).to_be_in_viewport()
    gates.open(first)
    await expect(raw.row(202)).to_be_in_viewport()

    await box.hover()
    await chat.page.mouse.wheel(0, -1500)
    jump = chat.role("jump-raw")
    await expect(jump).to_be_visible()
    top = await box.evaluate("box => box.scrollTop")
    reading = await raw.rows.evaluate_all(
        """rows => rows.find((row) => row.getBoundingClientRect().top > 300).dataset.event"""
    )
    gates.open(second)
    await chat.ended()
    await expect(raw.tab("messages")).to_contain_text("281")
    assert await box.evaluate("box => box.scrollTop") == top
    await expect(raw.row(reading)).to_be_in_viewport()
    await jump.click()
    await expect(raw.rows.last).to_be_in_viewport()


async def test_arrows_move_open_and_shut_rows_and_c_copies(chat: Chat, agents: RealServer) -> None:
    await chat.ask_to_the_end(QUESTION)
    raw = await chat.open_raw("updates")
    await expect(raw.rows).to_have_count(3)
    numbers = [number for number, _, _ in await rows_of(raw)]
    keys = chat.page.keyboard
    await raw.row(numbers[0]).locator("[data-event-head]").focus()
    await keys.press("ArrowDown")
    await expect(raw.row(numbers[1]).locator("[data-event-head]")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(raw.row(numbers[1]).locator(".json")).to_be_visible()
    await keys.press("c")
    await expect(raw.row(numbers[1]).get_by_text("Copied")).to_be_visible()
    events = await sent(agents, await chat.thread_id())
    assert json.loads(await chat.copied()) == events[numbers[1] - 1].value
    await keys.press("ArrowLeft")
    await expect(raw.row(numbers[1]).locator(".json")).to_have_count(0)
    await keys.press("ArrowUp")
    await expect(raw.row(numbers[0]).locator("[data-event-head]")).to_be_focused()


async def test_shut_it_costs_nothing(chat: Chat) -> None:
    frames: list[str] = []

    def note(frame: str | bytes) -> None:
        frames.append(str(frame))

    chat.page.on("websocket", lambda socket: socket.on("framereceived", note))
    await chat.page.reload()
    await chat.alive()
    await chat.ask_to_the_end("100 words")
    assert frames
    assert not any('"w:' in frame for frame in frames)
    await chat.open_raw("all")
    await expect(chat.role("raw-panel").locator("[data-event]").first).to_be_visible()
    assert any('"w:' in frame for frame in frames)
