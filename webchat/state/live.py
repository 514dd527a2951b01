"""What a tab sees of its thread, as it comes: one var that carries the store's deltas."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import reflex as rx

from webchat import limits
from webchat.reflex_private import client_token, forget_oldest_states, var_sender
from webchat.rendering.json_tree import pretty
from webchat.screen.delta_loop import Watch
from webchat.screen.graph_state import value_named
from webchat.screen.head import LoadError, page_record
from webchat.screen.renderer import text_of
from webchat.screen.tab import Tab
from webchat.screen.tool_calls import value_of
from webchat.state.current import app, tab_of
from webchat.state.session import Session
from webchat.transcript.parts import ToolCall

log = logging.getLogger(__name__)

LONGEST_NAME = 500
LONGEST_POINTER = 4000

BREATH = 2.0
"""Seconds before deltas are tried again after one of them failed."""


TOO_MANY = LoadError(
    "Too many pages of this webchat are open",
    "Close some that are not needed, here or elsewhere, and reload this one.",
)
TOO_MANY_PAGES = [
    "too many pages",
    0,
    [["put", "page", page_record(None, TOO_MANY, "")]],
]
"""The only delta of a page that is one too many."""


def tell(exception: Exception) -> None:
    """Something failed that nobody foresaw: the log has it all, the person a sentence."""
    log.error("an event failed", exc_info=exception)
    tab = app().tabs.of(client_token())
    tab.note("Something went wrong in webchat itself. Try once more; its log says what it was.")


def is_name(value: object) -> bool:
    """Whether an argument from a browser can be the name of something in the store."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME


class Live(rx.State):
    """The deltas, and what a person opens, copies and looks for in what they show."""

    delta: rx.Field[list[Any]] = rx.field(default_factory=list)

    @rx.event(background=True, supersedes=True)
    async def watch(self):
        """Keep the page right for as long as it is open at this address."""
        tabs = app().tabs
        async with self:
            tab, path = tab_of(self), self.router.url.path
        if tabs.full and not tab.watched:
            await var_sender(Live, "delta")(TOO_MANY_PAGES)
            return
        forget_oldest_states(limits.STATES, keep=tabs.watched)
        async with _kept(self):
            with tab.watching() as watch:
                try:
                    await tab.go(path)
                except Exception as exception:  # the page still has to be told, by a delta
                    tell(exception)
                yield Session.adopt
                await _send_deltas(tab, watch)

    @rx.event
    def resync(self):
        """The page missed a delta."""
        tab_of(self).restart()

    @rx.event(background=True, supersedes=True)
    async def reopen(self):
        """Try the address once more."""
        async with self:
            tab, path = tab_of(self), self.router.url.path
        await tab.go(path)

    @rx.event
    def earlier(self):
        """Show older turns."""
        tab_of(self).earlier()

    @rx.event
    def open_part(self, name: str):
        """Open a tool call, or a block of events.

        Args:
            name: The part's key in the store.
        """
        if is_name(name):
            tab_of(self).open_part(name)

    @rx.event
    def show(self, tree: str, pointer: str):
        """Show what a JSON tree or a long text has left out.

        Args:
            tree: Its name: `arguments:`, `result:`, `artifact:`, `part:`, `event:`, `state:` or
                `graph:` and what of.
            pointer: The JSON pointer of the place; of a long text, the name of its next piece.
        """
        if not is_name(tree) or not isinstance(pointer, str) or len(pointer) > LONGEST_POINTER:
            return
        tab = tab_of(self)
        kind = tree.partition(":")[0]
        if kind in ("event", "state"):
            tab.raw.show_more(tree, pointer)
        else:
            tab.open_place(tree, pointer)

    @rx.event(background=True, supersedes=True)
    async def clip(self, key: str):
        """Hand a text to the clipboard.

        Args:
            key: Its name: `turn:`, `arguments:`, `result:`, `artifact:`, `event:`, `state:` or
                `graph:` and what of.
        """
        async with self:
            tab = tab_of(self)
        if not is_name(key):
            return
        loop, pool = asyncio.get_running_loop(), app().clipboard
        if (text := await loop.run_in_executor(pool, _text_named, tab, key)) is not None:
            tab.clip(key, text)


async def _send_deltas(tab: Tab, watch: Watch) -> None:
    """Send a tab's deltas to the page whose event is being handled, until its watch ends."""
    send = var_sender(Live, "delta")
    while not watch.ended:
        try:
            async with aclosing(tab.deltas(watch)) as deltas:
                async for delta in deltas:
                    # Past the state, for a page that comes back gets a snapshot.
                    await send(delta)
        except Exception as exception:  # a page that gets no deltas is dead to its person
            tell(exception)
            await asyncio.sleep(BREATH)


@asynccontextmanager
async def _kept(state: rx.State) -> AsyncIterator[None]:
    """Keep a page's Reflex state from being forgotten while inside, though no event comes."""

    async def touch() -> None:
        while True:
            await asyncio.sleep(limits.STATE_KEPT / 4)
            async with state:
                pass

    task = asyncio.create_task(touch())
    try:
        yield
    finally:
        task.cancel()


def _text_named(tab: Tab, key: str) -> str | None:
    kind, _, of = key.partition(":")
    if kind in ("event", "state"):
        try:
            return pretty(tab.raw.json_of(key))
        except KeyError:
            return None
    if kind == "graph":
        return pretty(value_named(tab.feed, key)) if tab.feed else None
    if kind == "turn":
        turn = tab.turn_named(of)
        return text_of(turn) if turn else None
    part = tab.part_named(of)
    if not isinstance(part, ToolCall):
        return None
    return pretty(value_of(part, kind))
