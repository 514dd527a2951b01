"""Strings from outside, all of them hostile, in every place that shows strings.

That nothing runs and nothing is fetched is asserted by the `open_chat` fixture, which watches
for dialogs, errors and requests to other hosts in every test; here the page is fed.
"""

from __future__ import annotations

import json
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.wire import client, filled_thread, state_of
from tests.unit.rendering.hostile import STRINGS
from tests.wire.server import RealServer

TRAP = """() => {
    window.sprung = [];
    for (const name of ["alert", "confirm", "prompt", "open"])
        window[name] = () => window.sprung.push(name);
    addEventListener("submit", (event) => {
        if (!event.target.matches(".composer")) window.sprung.push("form");
    }, true);
}"""
FOREIGN_ELEMENTS = """() => [...document.querySelectorAll(
    "[data-turn] :is(script, iframe, object, embed, form, style, link, base, meta, video, audio)," +
    ".raw :is(script, iframe, object, embed, form, style, link, base, meta, video, audio)")]
    .map((element) => element.outerHTML.slice(0, 200))"""
ACTIVE_ATTRIBUTES = """() => [...document.querySelectorAll("[data-turn] *, .raw *")].filter(
    (element) => [...element.attributes].some(({name, value}) =>
        /^on/i.test(name) || (!name.startsWith("data-") &&
            /^\\s*(javascript|vbscript|data:text)/i.test(value))))
    .map((element) => element.outerHTML.slice(0, 200))"""
BETWEEN = "\n\n---\n\n"
ALL = BETWEEN.join(STRINGS)


async def open_everything(page: Page) -> None:
    """Unfold what is folded, point at it and click on what is no link."""
    for _ in range(2):
        await page.evaluate(
            "document.querySelectorAll('details:not([open]) > summary').forEach(s => s.click())"
        )
        await page.wait_for_function(
            "document.querySelectorAll('[data-turn] details:not([open])').length === 0"
        )
    await page.evaluate(
        """document.querySelectorAll('[data-turn] *').forEach((element) => {
            for (const kind of ["pointerenter", "mouseover", "focus", "toggle", "load", "error"])
                element.dispatchEvent(new Event(kind));
        })"""
    )


async def nothing_happened(chat: Chat) -> None:
    """Neither by itself nor when everything is opened and touched."""
    await open_everything(chat.page)
    assert await chat.page.evaluate("sprung") == []
    assert await chat.page.evaluate(FOREIGN_ELEMENTS) == []
    assert await chat.page.evaluate(ACTIVE_ATTRIBUTES) == []
    await expect(chat.composer).to_be_visible()
    assert "127.0.0.1" in chat.page.url


async def test_as_a_question_and_as_an_answer(chat: Chat) -> None:
    await chat.page.evaluate(TRAP)
    await chat.ask_to_the_end("echo " + ALL)

    await expect(chat.asked).to_contain_text("<script>alert(1)</script>")
    await nothing_happened(chat)


async def test_as_an_argument_and_a_result_of_a_tool(chat: Chat) -> None:
    await chat.page.evaluate(TRAP)
    await chat.ask_to_the_end("pass on " + ALL)
    await chat.tool("echo").locator("summary").first.click()
    for side in ("arguments", "result"):
        tree = chat.tool("echo").locator(f'[data-tree^="{side}:"]')
        await tree.locator("[data-show]").first.click()
        await expect(tree).to_contain_text("<script>alert(1)</script>")

    await nothing_happened(chat)


async def test_on_the_wire(chat: Chat) -> None:
    await chat.page.evaluate(TRAP)
    await chat.ask_to_the_end("pass on " + "\n".join(STRINGS[:60]))
    raw = await chat.open_raw("updates")
    await expect(raw.rows).to_have_count(3)
    for head in await raw.rows.locator("[data-event-head]").all():
        await head.click()
    await expect(raw.panel.locator(".json")).to_have_count(3)

    await nothing_happened(chat)


async def test_as_keys_ids_names_and_kinds_in_a_threads_state(
    open_chat: OpenChat, agents: RealServer
) -> None:
    messages = []
    for number, hostile in enumerate(STRINGS[::3]):
        text = hostile.encode(errors="ignore").decode()  # no server takes half a character
        call = {"id": f"c{number}{text[:40]}", "name": text[:60], "args": {text: text}}
        messages += [
            {"type": "human", "id": f"h{number}", "content": text, "name": text[:60]},
            {"type": "ai", "id": f"a{number}", "content": text, "tool_calls": [call]},
            {"type": "tool", "tool_call_id": call["id"], "content": text, "name": text[:60]},
        ]
    messages.append({"type": "ai", "id": "end", "content": "That was all."})
    thread_id = await filled_thread(agents, messages)
    chat = await open_chat(f"/thread/{thread_id}")
    await chat.page.evaluate(TRAP)
    await expect(chat.answer).to_contain_text("That was all.")
    while await chat.page.locator("[data-earlier]").count():
        before = await chat.turns.count()
        await chat.reader.evaluate("box => { box.scrollTop = 0; }")
        await expect(chat.turns).not_to_have_count(before)

    await nothing_happened(chat)


async def test_as_an_assistants_name(open_chat: OpenChat, agents: RealServer) -> None:
    name = f"<img src=x onerror=alert(1)><script>alert(1)</script> {uuid4().hex}"
    about = "</p><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>"
    async with client(agents) as http:
        starters = {"starters": ["<svg onload=alert(1)>"]}
        body = {"graph_id": "agent", "name": name, "description": about, "metadata": starters}
        made = (await http.post("/assistants", json=body)).raise_for_status().json()
        try:
            chat = await open_chat()
            await chat.page.evaluate(TRAP)
            await chat.role("assistant-picker").select_option(label=name)
            await expect(chat.page.get_by_role("heading", name=name)).to_be_visible()
            await expect(chat.page.get_by_text("<iframe srcdoc=")).to_be_visible()
            await expect(chat.page.get_by_role("button", name="<svg onload=")).to_be_visible()
            await nothing_happened(chat)
        finally:
            await http.delete(f"/assistants/{made['assistant_id']}")


async def test_foreign_images_are_links_that_fetch_nothing_until_followed(chat: Chat) -> None:
    await chat.ask_to_the_end("echo ![a chart](https://example.org/chart.png)")

    link = chat.text.get_by_role("link", name="a chart")
    await expect(link).to_have_attribute("href", "https://example.org/chart.png")
    await expect(chat.text.locator("img")).to_have_count(0)


async def test_a_hostile_link_is_no_link(chat: Chat) -> None:
    await chat.ask_to_the_end("echo [one](java&#9;script:alert(1)) [two](javascript:alert(1))")

    await expect(chat.text).to_contain_text("two")
    await expect(chat.text.get_by_role("link")).to_have_count(0)


async def test_what_was_asked_is_kept_to_the_letter(chat: Chat, agents: RealServer) -> None:
    question = "echo <b>&amp;\t\"quoted\" 'and' \\n \u202etsrif\u202c 😀 \u0301e"
    await chat.ask_to_the_end(question)
    state = await state_of(agents, await chat.thread_id())

    assert json.loads(json.dumps(state["values"]["messages"][0]["content"])) == question
