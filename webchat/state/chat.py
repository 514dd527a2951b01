"""What a person does in a conversation: send, stop, try again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from uuid import UUID, uuid4

import reflex as rx

from webchat.agent_server import AgentServerError
from webchat.screen.replica import sendable
from webchat.screen.tab import Tab
from webchat.state.current import app, tab_of
from webchat.state.session import Session

LONGEST_MESSAGE = 1_000_000
"""Characters; the socket takes a little more in one piece."""


TRIES, PAUSE = 40, 0.25
"""How often, and with how many seconds between, a message waits for the first assistant."""


class Chat(rx.State):
    """The short calls of a conversation; what comes of them arrives with the deltas."""

    @rx.event(background=True)
    async def send(self, message_id: str, text: str):
        """Send a message, to a new thread where there is none.

        Args:
            message_id: A UUID of the page's making, so that sending twice does no harm.
            text: What the person wrote.
        """
        if not _is_uuid(message_id) or not isinstance(text, str):
            return
        text = sendable(text.strip())
        async with self:
            tab = tab_of(self)
        if tab.last_sent == message_id:
            return
        if not text:
            return
        if len(text) > LONGEST_MESSAGE:
            tab.sent(message_id, ok=False)
            tab.note("This message is too long to be sent. Shorten it.")
            return
        tab.last_sent = message_id
        assistant_id, trouble = await self._assistant()
        if not assistant_id:
            tab.last_sent = ""
            tab.sent(message_id, ok=False)
            tab.note(trouble or "No assistant was found yet. Your message is kept: try again soon.")
            return
        if address := await _send(tab, assistant_id, message_id, text):
            yield rx.redirect(address)

    @rx.event(background=True)
    async def start_with(self, words: str):
        """Send one of the starters.

        Args:
            words: One of those that were offered.
        """
        async with self:
            session = await self.get_state(Session)
            if words not in session.starters:
                return
            tab = tab_of(self)
        assistant_id, _ = await self._assistant()
        if (
            assistant_id
            and tab.feed is None
            and (address := await _send(tab, assistant_id, str(uuid4()), words))
        ):
            yield rx.redirect(address)

    async def _assistant(self) -> tuple[str, str]:
        """Who is to answer, and why nobody is; a page that has just expanded may not know yet."""
        for _ in range(TRIES):
            async with self:
                session = await self.get_state(Session)
                if session.assistant_id or session.trouble:
                    return session.assistant_id, session.trouble
            await asyncio.sleep(PAUSE)
        return "", ""

    @rx.event(background=True)
    async def stop(self):
        """Cancel the run; what it said stays."""
        async with self:
            tab = tab_of(self)
        await _do(tab, tab.feed.stop() if tab.feed else None)

    @rx.event(background=True)
    async def retry(self):
        """Go on after a failure."""
        async with self:
            tab = tab_of(self)
        await _do(tab, tab.feed.retry() if tab.feed else None)


async def _send(tab: Tab, assistant_id: str, message_id: str, text: str) -> str:
    """Send, and say where the page should go: nowhere when it is there, or when it failed."""
    if tab.loading:
        tab.last_sent = ""
        tab.sent(message_id, ok=False)
        tab.note("This conversation is still being read. Your message is kept: try again soon.")
        return ""
    is_new = tab.feed is None
    if tab.feed is None:
        tab.look_at(app().feeds.new())
    feed = tab.feed
    assert feed is not None
    tab.note("")
    try:
        await feed.send(assistant_id, {"type": "human", "id": message_id, "content": text})
    except Exception as error:
        app().health.suspect()
        if is_new and tab.feed is feed:
            tab.look_at(None)
        tab.last_sent = ""
        tab.sent(message_id, ok=False)
        if not isinstance(error, AgentServerError):
            raise
        tab.note(f"{error} {error.advice}")
        return ""
    tab.sent(message_id, ok=True)
    return f"/thread/{feed.thread_id}" if is_new and tab.feed is feed else ""


async def _do(tab: Tab, call: Awaitable[None] | None) -> None:
    if call is None:
        return
    tab.note("")
    try:
        await call
    except AgentServerError as error:
        app().health.suspect()
        tab.note(f"{error} {error.advice}")


def _is_uuid(value: object) -> bool:
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False
