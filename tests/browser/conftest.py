"""One browser, one agent server and one app for all tests here; a fresh context for each test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.app import App
from tests.browser.chat import Chat, Watch
from tests.browser.wire import filled_thread
from tests.chromium import find_chromium
from tests.wire.server import RealServer

GRAPHS = {"agent": f"{Path(__file__).with_name('graphs.py')}:agent"}
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 900}

OpenChat = Callable[..., Awaitable[Chat]]
"""Opens a chat in a context of its own: `await open_chat("/path", **context_options)`.

With `of` in another app; with `awake=False` without waiting for the agent server to answer; with
`tolerate` what a browser says on its console may have these words in it.
"""


class Gates:
    """Names that an agent waits for, and the files that let it go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []

    def new(self) -> str:
        """A gate that is shut."""
        self._made.append(f"gate-{uuid4().hex[:12]}")
        return self._made[-1]

    def open(self, gate: str) -> None:
        (self._folder / gate).touch()

    def open_all(self) -> None:
        for gate in self._made:
            self.open(gate)


@pytest.fixture(scope="session")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """The agent server that the app talks to."""
    with RealServer(tmp_path_factory.mktemp("agents"), GRAPHS) as running:
        yield running


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, agents: RealServer) -> Iterator[App]:
    """The app, built if need be; it must end by itself when told to."""
    with App(tmp_path_factory.mktemp("app") / "app.log", agents.url) as running:
        yield running
        assert running.stop() == 143


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        program = find_chromium(os.environ, print)
        running = await playwright.chromium.launch(executable_path=program, args=QUIETLY)
        yield running
        await running.close()


@pytest.fixture
def gates(agents: RealServer) -> Iterator[Gates]:
    """Gates of the shared agent server; whoever still waits at the end may go."""
    gates = Gates(agents.folder)
    yield gates
    gates.open_all()


@pytest_asyncio.fixture(loop_scope="session")
async def open_chat(app: App, browser: Browser) -> AsyncIterator[OpenChat]:
    """Opens chats, each in a browser of its own; nothing wrong may happen in any of them."""
    contexts, watches = [], []

    async def open_one(
        path: str = "/", of: App = app, awake: bool = True, tolerate: str = "", **options: Any
    ) -> Chat:
        options.setdefault("viewport", WIDE)
        context = await browser.new_context(**options)
        contexts.append(context)
        watches.append(Watch(context, home=of.url, tolerate=tolerate))
        await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=of.url)
        chat = Chat(await context.new_page(), of.url)
        await chat.go(path)
        # all contexts of a browser share one clipboard: what an earlier test copied is no news
        await chat.page.evaluate("navigator.clipboard.writeText('')")
        return await chat.alive() if awake else chat

    yield open_one
    for context in contexts:
        await context.close()
    assert [wrong for watch in watches for wrong in watch.wrongs] == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(open_chat: OpenChat) -> Chat:
    """A new chat in a fresh browser."""
    return await open_chat()


@pytest.fixture
def open_told(open_chat: OpenChat, agents: RealServer) -> OpenChat:
    """Like `open_chat`, on a thread whose messages are told instead of run.

    Its argument is the messages, or a text alone for a question and that answer.
    """

    async def open_one(messages: str | list[dict[str, Any]], **options: Any) -> Chat:
        if isinstance(messages, str):
            asked = {"type": "human", "id": "q", "content": "tell me"}
            messages = [asked, {"type": "ai", "id": "a", "content": messages}]
        return await open_chat(f"/thread/{await filled_thread(agents, messages)}", **options)

    return open_one
