"""A browser's socket: events by name with any arguments, run by Reflex's own event processor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor

TOKEN = "a-tab"


class Browser:
    """One tab's socket.

    Attributes:
        path: The page's address.
        went_to: The addresses that the page was sent to.
        vars: What Reflex told it of the vars, by their names.
        on_var: Who is to be told of a var's every value.
    """

    def __init__(self, processor: BaseStateEventProcessor, manager: StateManagerMemory) -> None:
        self._processor = processor
        self._manager = manager
        self.path = "/"
        self.went_to: list[str] = []
        self.vars: dict[str, Any] = {}
        self.on_var: dict[str, Callable[[Any], object]] = {}
        self._came = asyncio.Event()

    async def does(self, state: type[rx.State], handler: str, **arguments: Any) -> None:
        """Send an event and wait until it is done.

        Args:
            state: Whose handler.
            handler: Its name.
            arguments: What the handler is given.

        Raises:
            Exception: What the handler raised.
        """
        name = f"{state.get_full_name()}.{handler}"
        event = Event(name=name, payload=arguments, router_data=router_data(self.path))
        future = await self._processor.enqueue(TOKEN, event)
        async with asyncio.timeout(60):
            await future.wait_all()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for an update after which something is true."""
        async with asyncio.timeout(60):
            while not true():
                self._came.clear()
                await self._came.wait()

    async def set(self, state: type[rx.State], **values: Any) -> None:
        """Give vars of a state their values."""
        token = BaseStateToken(ident=TOKEN, cls=state)
        async with self._manager.modify_state(token) as root:
            found = await root.get_state(state)
            for name, value in values.items():
                setattr(found, name, value)

    async def var(self, state: type[rx.State], name: str) -> Any:
        """What a var of a state is."""
        root = await self._manager.get_state(BaseStateToken(ident=TOKEN, cls=state))
        return getattr(await root.get_state(state), name)

    async def knows(self, token: str) -> None:
        """Another page was open, whose state Reflex keeps."""
        await self._manager.get_state(BaseStateToken(ident=token, cls=rx.State))

    @property
    def known(self) -> set[str]:
        """The tokens of the pages whose state Reflex keeps."""
        return {token.ident for _, token in self._manager._token_expires_at.values()}

    async def emit_update(self, update: Any, token: str) -> None:
        """Take in what Reflex sends."""
        assert token == TOKEN
        for values in (update.delta or {}).values():
            for key, value in values.items():
                name = key.removesuffix(FIELD_MARKER)
                self.vars[name] = value
                self.on_var.get(name, id)(value)
        self._came.set()
        for event in update.events:
            if event.name == "_redirect":
                self.went_to.append(event.payload["path"])


def router_data(path: str) -> dict[str, Any]:
    """The router's data of a page at a path."""
    return {
        "token": TOKEN,
        "pathname": path,
        "asPath": path,
        "query": {},
        "headers": {"origin": "http://page.example"},
    }


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A connected browser."""
    manager = StateManagerMemory()
    processor = BaseStateEventProcessor()
    one = Browser(processor, manager)
    processor.configure(state_manager=manager, event_namespace=one)  # type: ignore[arg-type]
    token = BaseStateToken(ident=TOKEN, cls=rx.State)
    async with manager.modify_state(token) as root:
        root.router_data = {"pathname": "nowhere"}  # it is known, so that it is not asked to load
        root._clean()
    async with processor:
        yield one
