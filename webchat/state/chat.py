"""What a person does in a conversation: send, stop, try again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import reflex as rx

from webchat.agent_server import AgentServerError
from webchat.reflex_private import TEMPORAL
from webchat.screen.ids import is_uuid
from webchat.screen.replica import sendable
from webchat.screen.sending import Message, deliver
from webchat.screen.tab import Tab
from webchat.state.current import app, tab_of
from webchat.state.session import Session

Done = TypeVar("Done")

TRIES, PAUSE = 40, 0.25
"""How often, and with how many seconds between, a message waits for the first assistant."""


class Chat(rx.State):
    """The short calls of a conversation; what comes of them arrives with the deltas."""

    @rx.event(background=True, temporal=TEMPORAL)
    async def send(
        self,
        message_id: str,
        thread_id: str,
        text: str,
        fresh: bool,
        anyway: bool,
        assistant_id: str,
    ):
        """Send a message; every call with a message's and a thread's id is told what became of it.

        Temporal: without a connection the page's own outbox keeps it, and not Reflex's queue.

        Args:
            message_id: A UUID of the page's making, so that sending twice does no harm.
            thread_id: The thread's UUID, in lower case.
            text: What the person wrote.
            fresh: Whether the thread may have to be made.
            anyway: Whether to send it although the agent waits for an answer.
            assistant_id: The UUID of the assistant that was chosen when it was written; empty
                where the page knew none yet: then it goes to the first one that is known.
        """
        if not is_uuid(message_id) or not is_uuid(thread_id):
            return
        words = sendable(text.strip()) if isinstance(text, str) else ""
        to = str(assistant_id)
        async with self:
            tab = tab_of(self)
        message = Message(message_id, thread_id, words, fresh is True, anyway is True, to)
        await deliver(tab, message, self._assistant)

    async def _assistant(self) -> tuple[str, str]:
        """Who is chosen now, and why nobody is; a page that has just opened may not know yet."""
        for _ in range(TRIES):
            async with self:
                session = await self.get_state(Session)
                if session.assistant_id or session.assistant_note:
                    return session.assistant_id, session.assistant_note
            await asyncio.sleep(PAUSE)
        return "", ""

    @rx.event
    def has_returned(self, thread_id: str, message_ids: list[str]):
        """The page keeps messages that its thread did not take in.

        Args:
            thread_id: The thread; another one than the tab shows is passed over.
            message_ids: Those that the page has now.
        """
        tab = tab_of(self)
        if tab.feed is None or tab.feed.thread_id != thread_id:
            return
        for message_id in message_ids if isinstance(message_ids, list) else []:
            tab.has_returned(str(message_id))

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
        for message_id in await _do(tab, tab.feed.retry() if tab.feed else None) or ():
            tab.sent(message_id, "sent", "")


async def _do(tab: Tab, call: Awaitable[Done] | None) -> Done | None:
    """What a call gives; None where it fails, which is said by the composer."""
    if call is None:
        return None
    tab.note("")
    try:
        return await call
    except AgentServerError as error:
        app().health.suspect()
        tab.note(f"{error} {error.advice}")
        return None
