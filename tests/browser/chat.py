"""The page as a person sees and uses it: the words of the tests, in Playwright's terms."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, expect

THREAD_URL = re.compile(r"/thread/([0-9a-f-]{36})/?$")


class Chat:
    """A tab with webchat in it."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home

    async def go(self, path: str) -> None:
        """Go to an address of the app."""
        await self.page.goto(self.home + path)

    async def alive(self) -> Chat:
        """Wait until the agent server answers and its assistants are known."""
        await expect(self.connection).to_have_attribute("data-state", "connected", timeout=20_000)
        await expect(self.role("assistant-picker")).to_be_enabled(timeout=20_000)
        return self

    async def another_tab(self) -> Chat:
        """The same address in a second tab of the same browser."""
        page = await self.page.context.new_page()
        await page.goto(self.page.url)
        return await Chat(page, self.home).alive()

    # What is on the page.

    def role(self, name: str) -> Locator:
        """What carries this `data-role`."""
        return self.page.locator(f'[data-role="{name}"]')

    @property
    def composer(self) -> Locator:
        return self.role("composer")

    @property
    def connection(self) -> Locator:
        return self.role("connection")

    @property
    def turns(self) -> Locator:
        return self.page.locator("[data-turn]")

    @property
    def asked(self) -> Locator:
        """The person's turns."""
        return self.page.locator('[data-turn="human"]')

    @property
    def answers(self) -> Locator:
        """The agent's turns."""
        return self.page.locator('[data-turn="agent"]')

    @property
    def answer(self) -> Locator:
        """The newest of the agent's turns."""
        return self.answers.last

    @property
    def waiting(self) -> Locator:
        """The messages that are not in their thread yet."""
        return self.page.locator("[data-waiting]")

    def parts(self, kind: str) -> Locator:
        """All parts of one kind."""
        return self.page.locator(f'[data-part="{kind}"]')

    def tool(self, name: str) -> Locator:
        """The cards of one tool."""
        return self.page.locator(f'[data-part="tool"][data-tool-name="{name}"]')

    @property
    def text(self) -> Locator:
        """The text of the newest answer."""
        return self.answer.locator('[data-part="text"]')

    @property
    def reader(self) -> Locator:
        """The scrolling box with the conversation."""
        return self.page.get_by_role("log")

    # What a person does.

    async def ask(self, words: str) -> None:
        """Write a message and send it."""
        await self.composer.fill(words)
        await self.composer.press("Enter")

    async def ask_to_the_end(self, words: str) -> None:
        """Ask, and wait until the answer is whole."""
        turns = await self.asked.count()
        await self.ask(words)
        await expect(self.asked).to_have_count(turns + 1)
        await self.ended()

    async def ended(self) -> None:
        """Wait until no run goes on, and the thread's address is the page's."""
        await expect(self.role("send")).to_be_visible(timeout=30_000)
        await expect(self.page).to_have_url(THREAD_URL)

    async def open_raw(self, tab: str | None = None) -> Raw:
        """Open the raw view, on a tab."""
        await self.role("raw-toggle").click()
        raw = Raw(self)
        await expect(raw.panel).to_be_visible()
        if tab:
            await raw.choose(tab)
        return raw

    async def copied(self, after: str = "") -> str:
        """What is on the clipboard, once it is something else than before."""
        async with asyncio.timeout(10):
            while (text := await self.page.evaluate("navigator.clipboard.readText()")) == after:
                await asyncio.sleep(0.02)
        return text

    async def thread_id(self) -> str:
        """The thread that the page's address names."""
        await expect(self.page).to_have_url(THREAD_URL)
        found = THREAD_URL.search(self.page.url)
        assert found
        return str(UUID(found[1]))


class Raw:
    """The raw view of a tab."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.panel = chat.role("raw-panel")
        self.rows = self.panel.locator("[data-event]")

    def tab(self, mode: str) -> Locator:
        return self.panel.locator(f'[data-raw-mode="{mode}"]')

    async def choose(self, mode: str) -> None:
        """Show one stream mode's events."""
        await self.tab(mode).click()
        await expect(self.tab(mode)).to_have_attribute("aria-selected", "true")

    def row(self, number: int) -> Locator:
        return self.panel.locator(f'[data-event="{number}"]')

    async def toggle(self, number: int) -> None:
        """Open a row, or shut it."""
        await self.row(number).locator("[data-event-head]").click()


class Watch:
    """What must never happen in a browser, noticed from its first moment.

    Args:
        context: The browser.
        home: The only address that it may ask.
        tolerate: Words that excuse an error on the console; none when empty.

    Attributes:
        wrongs: What happened all the same.
    """

    def __init__(self, context: BrowserContext, home: str, tolerate: str = "") -> None:
        self.wrongs: list[str] = []
        self._allowed = (home, "data:", "blob:")
        self._tolerate = tolerate
        context.on("page", self._watch)
        context.on("request", lambda request: self._asked(request.url))

    def _watch(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        page.on("console", self._said)

    async def _dialog(self, dialog: Dialog) -> None:
        self.wrongs.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith(self._allowed):
            self.wrongs.append(f"foreign request: {url[:200]}")

    def _said(self, message: ConsoleMessage) -> None:
        excused = self._tolerate and self._tolerate in message.text
        if message.type == "error" and not excused:
            self.wrongs.append(f"console: {message.text[:500]}")
