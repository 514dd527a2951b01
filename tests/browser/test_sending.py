"""A message is sent once, whatever happens to the page and its connection after Enter."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.chat import THREAD_URL, Chat
from tests.browser.conftest import Gates, OpenChat
from tests.browser.wire import client, runs_of, state_of
from tests.wire.server import RealServer

ASK = 'call confirm {"question": "Shall I go on?"}; echo on it goes'
CUT = """
    window.sockets = [];
    window.cut = false;
    window.WebSocket = class extends WebSocket {
        constructor(...args) {
            super(...args);
            if (window.cut) this.close();
            window.sockets.push(this);
        }
    };
"""
"""Lets a test cut the page's connection and keep it cut: `offline`, `online`."""


async def offline(chat: Chat) -> None:
    """Cut the page's connection to webchat, and wait until the page says so."""
    await chat.page.evaluate("() => { cut = true; sockets.forEach((one) => one.close()); }")
    await expect(chat.connection).to_have_attribute("data-state", "reconnecting")


async def online(chat: Chat) -> None:
    """Let the page connect again."""
    await chat.page.evaluate("() => { cut = false; }")
    await chat.alive()


async def cuttable(open_chat: OpenChat, path: str = "/") -> Chat:
    """A chat whose connection can be cut."""
    chat = await open_chat(path, tolerate="WebSocket")
    await chat.page.add_init_script(CUT)
    await chat.page.reload()
    return await chat.alive()


async def reload(chat: Chat) -> Chat:
    await chat.page.reload()
    return chat


async def close_and_return(chat: Chat) -> Chat:
    address = chat.page.url
    context = chat.page.context
    page = await context.new_page()
    await chat.page.close()
    await page.goto(address)
    return Chat(page, chat.home)


async def cut_socket(chat: Chat) -> Chat:
    await chat.page.evaluate("() => sockets.at(-1).close()")
    return chat


async def asked_once(agents: RealServer, chat: Chat) -> None:
    """The thread has one question with its answer, of one run."""
    thread_id = await chat.thread_id()
    messages = (await state_of(agents, thread_id))["values"]["messages"]
    assert [message["type"] for message in messages] == ["human", "ai"]
    assert len(await runs_of(agents, thread_id)) == 1


@pytest.mark.parametrize("blow", [reload, close_and_return, cut_socket])
@pytest.mark.parametrize("delay", [0, 30, 150])
async def test_the_first_message_survives_a_blow_right_after_enter(
    open_chat: OpenChat,
    agents: RealServer,
    blow: Callable[[Chat], Awaitable[Chat]],
    delay: int,
) -> None:
    chat = await cuttable(open_chat)
    await chat.ask("5 words; echo the end")
    await chat.page.wait_for_timeout(delay)
    chat = await blow(chat)

    await expect(chat.text).to_have_text("w0 w1 w2 w3 w4 the end")
    await chat.ended()
    await expect(chat.turns).to_have_count(2)
    await expect(chat.waiting).to_have_count(0)
    await expect(chat.composer).to_have_value("")
    await asked_once(agents, chat)
    await chat.page.reload()
    await expect(chat.text).to_have_text("w0 w1 w2 w3 w4 the end")


async def test_a_message_without_a_connection_waits_and_is_sent_once(
    open_chat: OpenChat, agents: RealServer
) -> None:
    chat = await cuttable(open_chat)
    await offline(chat)
    await chat.ask("echo here at last")
    await expect(chat.waiting).to_have_attribute("data-waiting", "offline")
    await expect(chat.waiting).to_contain_text("Waiting to be sent")
    await expect(chat.composer).to_have_value("")
    await chat.composer.press_sequentially("the next draft")
    await online(chat)

    await expect(chat.text).to_have_text("here at last")
    await chat.ended()
    await expect(chat.waiting).to_have_count(0)
    await expect(chat.composer).to_have_value("the next draft")
    await asked_once(agents, chat)
    await chat.role("new-chat").click()
    await expect(chat.turns).to_have_count(0)
    await expect(chat.composer).to_have_value("")


async def test_a_message_that_was_taken_back_is_never_sent(
    open_chat: OpenChat, agents: RealServer
) -> None:
    chat = await cuttable(open_chat)
    await chat.ask_to_the_end("echo before")
    await offline(chat)
    await chat.ask("echo never")
    await chat.composer.fill("a draft")
    await chat.role("message-back").click()
    await expect(chat.waiting).to_have_count(0)
    await expect(chat.composer).to_have_value("echo never\n\na draft")
    await expect(chat.composer).to_be_focused()
    await chat.composer.fill("echo after")
    await online(chat)
    await chat.composer.press("Enter")

    await expect(chat.text).to_have_text("after")
    await chat.ended()
    assert len(await runs_of(agents, await chat.thread_id())) == 2


async def test_a_chat_whose_only_message_was_taken_back_begins_anew(open_chat: OpenChat) -> None:
    chat = await cuttable(open_chat)
    await offline(chat)
    await chat.ask("echo first thought")
    await expect(chat.page).to_have_url(THREAD_URL)
    await chat.role("message-back").click()

    await expect(chat.page).to_have_url(re.compile(r"^[^/]+//[^/]+/$"))
    await expect(chat.composer).to_have_value("echo first thought")
    await online(chat)
    await expect(chat.role("starter").first).to_be_visible()
    await chat.composer.press("Enter")
    await expect(chat.text).to_have_text("first thought")
    await chat.ended()


async def test_messages_that_wait_are_sent_in_their_order_each_after_the_run_before(
    chat: Chat, gates: Gates, agents: RealServer
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}")
    await expect(chat.text).to_contain_text("w4")
    for words in ("echo second", "echo third"):
        await chat.ask(words)
    await expect(chat.waiting.first).to_have_attribute("data-waiting", "queued")
    await expect(chat.waiting.last).to_have_attribute("data-waiting", "behind")
    await chat.page.reload()
    await expect(chat.waiting).to_have_count(2)
    gates.open(gate)

    await expect(chat.text).to_have_text("third")
    await chat.ended()
    await expect(chat.asked).to_have_text(
        [re.compile("until"), re.compile("second"), re.compile("third")]
    )
    assert len(await runs_of(agents, await chat.thread_id())) == 3


async def test_two_tabs_show_a_waiting_message_and_send_it_once(
    chat: Chat, gates: Gates, agents: RealServer
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}")
    await expect(chat.text).to_contain_text("w4")
    other = await chat.another_tab()
    await chat.ask("echo once")
    for tab in (chat, other):
        await expect(tab.waiting).to_have_attribute("data-waiting", "queued")
    gates.open(gate)

    for tab in (chat, other):
        await expect(tab.text).to_have_text("once")
        await expect(tab.waiting).to_have_count(0)
        await expect(tab.turns).to_have_count(4)
    await chat.ended()
    assert len(await runs_of(agents, await chat.thread_id())) == 2


async def test_a_tab_that_is_closed_leaves_its_waiting_message_to_the_other(
    chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}")
    await expect(chat.text).to_contain_text("w4")
    other = await chat.another_tab()
    await chat.ask("echo still sent")
    await expect(other.waiting).to_have_count(1)
    await chat.page.close()
    gates.open(gate)

    await expect(other.text).to_have_text("still sent")
    await other.ended()


async def test_a_message_that_waits_elsewhere_is_pointed_to(
    open_chat: OpenChat, agents: RealServer
) -> None:
    chat = await cuttable(open_chat)
    await offline(chat)
    await chat.ask("echo do not forget me")
    await chat.page.goto(chat.home)
    await chat.alive()
    await chat.role("waiting-elsewhere").click()

    await expect(chat.text).to_have_text("do not forget me")
    await chat.ended()
    await asked_once(agents, chat)
    await expect(chat.role("waiting-elsewhere")).to_have_count(0)


async def test_a_refused_message_says_why_and_can_be_sent_again_or_taken_back(
    open_chat: OpenChat, agents: RealServer
) -> None:
    async with client(agents) as http:
        body = {"graph_id": "agent", "name": "short-lived"}
        made = (await http.post("/assistants", json=body)).raise_for_status().json()
        chat = await open_chat()
        await chat.role("assistant-picker").select_option("short-lived")
        await expect(chat.page.get_by_role("heading", name="short-lived")).to_be_visible()
        (await http.delete(f"/assistants/{made['assistant_id']}")).raise_for_status()
    await chat.ask("echo once more")
    await expect(chat.waiting).to_have_attribute("data-waiting", "refused")
    await expect(chat.waiting).to_contain_text("Not sent.")
    gone = chat.page.get_by_role("alert").filter(has_text="no “short-lived” any more")
    await expect(gone).to_be_visible()
    await chat.page.reload()
    await expect(chat.waiting).to_have_attribute("data-waiting", "refused")

    await chat.role("assistant-picker").select_option("agent")
    await chat.role("message-again").click()
    await expect(chat.text).to_have_text("once more")
    await chat.ended()
    await asked_once(agents, chat)


async def test_messages_that_came_back_while_nobody_looked_come_back_in_order_and_once(
    open_chat: OpenChat, agents: RealServer
) -> None:
    thread_id = str(uuid.uuid4())
    async with client(agents) as http:
        (await http.post("/threads", json={"thread_id": thread_id})).raise_for_status()
        for words in ("echo first", "echo second"):
            message = {"type": "human", "id": str(uuid.uuid4()), "content": words}
            nonsense = {"type": "no such type", "content": ""}  # the run fails before it begins
            body = {"assistant_id": "agent", "input": {"messages": [message, nonsense]}}
            await http.post(f"/threads/{thread_id}/runs/wait", json=body)
    chat = await open_chat(f"/thread/{thread_id}")
    for _ in range(2):
        await expect(chat.waiting).to_have_count(2)
        await expect(chat.waiting.first).to_contain_text("echo first")
        await expect(chat.waiting.last).to_contain_text("Not sent.")
        await chat.page.reload()

    await chat.role("message-back").first.click()
    await expect(chat.composer).to_have_value("echo first")
    await chat.role("message-again").click()
    await expect(chat.text).to_have_text("second")
    await chat.ended()
    await chat.page.reload()
    await expect(chat.text).to_have_text("second")
    await expect(chat.waiting).to_have_count(0)


async def test_a_message_while_the_agent_asks_is_sent_only_when_it_is_meant(chat: Chat) -> None:
    await chat.ask(ASK)
    await expect(chat.parts("interrupt")).to_be_visible()
    await chat.ended()
    await expect(chat.page.locator("#composer-hint")).to_contain_text("drops its question")
    await chat.ask("echo something else")
    await expect(chat.waiting).to_have_attribute("data-waiting", "asking")
    await expect(chat.parts("interrupt")).to_be_visible()

    await chat.composer.press("Shift+Tab")
    await expect(chat.role("message-back")).to_be_focused()
    await chat.page.keyboard.press("Shift+Tab")
    await expect(chat.role("message-anyway")).to_be_focused()
    await chat.page.keyboard.press("Enter")
    await expect(chat.text).to_have_text("something else")
    await chat.ended()
    await expect(chat.waiting).to_have_count(0)


async def test_a_message_that_waits_for_the_run_does_not_drop_the_question_it_ends_in(
    chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask(f"5 words; until {gate}; {ASK}")
    await expect(chat.text).to_contain_text("w4")
    await chat.ask("echo something else")
    gates.open(gate)

    await expect(chat.waiting).to_have_attribute("data-waiting", "asking")
    await expect(chat.parts("interrupt")).to_be_visible()
    await chat.role("message-back").click()
    await expect(chat.composer).to_have_value("echo something else")


async def test_a_message_to_a_deleted_thread_is_refused_and_its_words_are_kept(
    open_told: OpenChat, agents: RealServer
) -> None:
    chat = await open_told("An answer.")
    await expect(chat.text).to_have_text("An answer.")
    thread_id = await chat.thread_id()
    async with client(agents) as http:
        (await http.delete(f"/threads/{thread_id}")).raise_for_status()
        await chat.ask("echo anybody there")
        await expect(chat.waiting).to_have_attribute("data-waiting", "refused")
        assert (await http.get(f"/threads/{thread_id}")).status_code == 404

    await chat.role("message-back").click()
    await expect(chat.composer).to_have_value("echo anybody there")


async def test_a_run_that_others_started_can_be_stopped_and_a_message_waits_for_its_end(
    open_told: OpenChat, agents: RealServer, gates: Gates
) -> None:
    chat = await open_told("An answer.")
    await expect(chat.text).to_have_text("An answer.")
    thread_id = await chat.thread_id()
    asked = {"type": "human", "content": f"5 words; until {gates.new()}"}
    async with client(agents) as http:
        body = {"assistant_id": "agent", "input": {"messages": [asked]}}
        (await http.post(f"/threads/{thread_id}/runs", json=body)).raise_for_status()
    await chat.ask("echo and on")
    await expect(chat.waiting).to_have_attribute("data-waiting", "queued")
    await chat.role("stop").click()

    await expect(chat.text).to_have_text("and on")
    await chat.ended()
    await expect(chat.waiting).to_have_count(0)
    assert len(await runs_of(agents, thread_id)) == 2
