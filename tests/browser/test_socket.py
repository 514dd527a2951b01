"""Whoever holds a socket can call any handler with anything: it must do no harm to anybody."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import Gates, OpenChat
from webchat.state.chat import Chat as ChatState
from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.state.session import Session

STATES = (ChatState, Live, Raw, Session)
KEEP_SOCKETS = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
        constructor(...args) { super(...args); window.sockets.push(this); }
    };
"""
WRONG: list[Any] = [
    None,
    True,
    -1,
    10**18,
    1.5,
    "",
    "no such thing",
    "__proto__",
    "../../assistants",
    "\ud800",
    "x" * 20_000,
    [],
    [["x"]] * 50,
    {},
    {"a": {"b": None}},
]


def handlers() -> Iterator[tuple[str, list[str]]]:
    """Every handler of ours that a client can call, and the names of its arguments."""
    for state in STATES:
        for name, handler in state.event_handlers.items():
            if name in vars(state) or name == "setvar":
                names = list(inspect.signature(handler.fn).parameters)[1:]
                yield f"{state.get_full_name()}.{name}", names


def barrage() -> Iterator[dict[str, Any]]:
    """Calls that no page of ours would make."""
    for name, arguments in handlers():
        for wrong in WRONG:
            yield {"name": name, "payload": dict.fromkeys(arguments, wrong)}
        yield {"name": name, "payload": {"no_such_argument": 1}}
        yield {"name": name, "payload": {}}
    yield {"name": "no.such.handler", "payload": {}}


async def call(page: Page, events: list[dict[str, Any]]) -> None:
    """Send events as they are, by the page's own socket."""
    where = {"pathname": "/", "asPath": "/"}
    frames = [
        f"42/_event,{json.dumps(['event', event | {'router_data': where}])}" for event in events
    ]
    await page.evaluate("frames => frames.forEach((frame) => sockets.at(-1).send(frame))", frames)


def test_the_barrage_knows_all_handlers() -> None:
    names = {name.rpartition(".")[2] for name, _ in handlers()}
    assert {"send", "stop", "retry", "show", "clip", "expand_row", "choose"} <= names


async def test_wrong_arguments_break_neither_ones_own_page_nor_anothers(
    app: App, open_chat: OpenChat, chat: Chat, gates: Gates
) -> None:
    gate = gates.new()
    await chat.ask(f"10 words; until {gate}; echo the end")
    await expect(chat.text).to_contain_text("w9")
    mean = await open_chat()
    await mean.page.add_init_script(KEEP_SOCKETS)
    await mean.page.reload()
    await mean.alive()
    before = len(app.log())
    await call(mean.page, list(barrage()))

    gates.open(gate)
    await chat.ended()
    await expect(chat.text).to_have_text(" ".join(f"w{n}" for n in range(10)) + " the end")
    await mean.page.goto(mean.home)
    await mean.alive()
    await mean.ask_to_the_end("echo unharmed")
    await expect(mean.text).to_have_text("unharmed")
    said = app.log()[before:]
    ours = [line for line in said.splitlines() if "/webchat/state/" in line]
    assert ours == [], said[-3000:]


async def test_what_is_no_event_at_all_harms_nobody(open_chat: OpenChat, chat: Chat) -> None:
    mean = await open_chat()
    await mean.page.add_init_script(KEEP_SOCKETS)
    await mean.page.reload()
    await mean.alive()
    for frame in (
        '42/_event,["event"]',
        '42/_event,["event",5]',
        '42/_event,["event",null]',
        "9",
        "42",
    ):
        await mean.page.evaluate("frame => sockets.at(-1).send(frame)", frame)
    await chat.ask_to_the_end("echo unharmed")

    await expect(chat.text).to_have_text("unharmed")


async def test_a_foreign_page_may_not_open_a_socket(app: App, browser: Browser, chat: Chat) -> None:
    url = app.url.replace("http", "ws") + "/_event/?EIO=4&transport=websocket"
    opens = """url => new Promise((done) => {
        const socket = new WebSocket(url);
        socket.onopen = () => done(true);
        socket.onerror = () => done(false);
    })"""
    assert await chat.page.evaluate(opens, url)

    foreign = await browser.new_page()
    await foreign.route("**/*", lambda route: route.fulfill(body="<p>elsewhere</p>"))
    await foreign.goto("http://elsewhere.example/")
    assert not await foreign.evaluate(opens, url)
    await foreign.close()
