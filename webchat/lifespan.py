"""The lifespan: starts what all tabs share, and the embedded agent server if no other is set."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from webchat.agent_server.client import AgentServer
from webchat.demo.server import EmbeddedServer
from webchat.garbage import collect_when_quiet
from webchat.rendering.languages import load_lexers
from webchat.runs import GRACE, Feeds, Health
from webchat.screen.app import App
from webchat.settings import Settings, key_warnings, load_settings, unknown_variables
from webchat.state.current import serving
from webchat.supervise import supervise

log = logging.getLogger(__name__)

PAUSE = 5.0
"""Seconds before the second try to start the embedded agent server."""


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Make the app object and run its loops, until Reflex ends."""
    settings = load_settings()
    _log_as_asked(settings.log_level)
    for sentence in (*unknown_variables(), *key_warnings(settings)):
        log.warning(sentence)
    async with AsyncExitStack() as stack:
        url = settings.agent_url or await _embedded(settings, stack)
        server = await stack.enter_async_context(_client(settings, url))
        health = Health(server, grace=0.0 if settings.agent_url else GRACE)
        feeds = Feeds(server)
        stack.push_async_callback(feeds.aclose)
        for name, work in (
            ("the health check", health.keep_asking),
            ("following runs again", partial(keep_healing, health, feeds)),
            ("collecting garbage", partial(collect_when_quiet, lambda: feeds.subscribers > 0)),
        ):
            stack.callback(asyncio.create_task(supervise(name, work)).cancel)
        app = App(
            server,
            feeds,
            health,
            embedded=settings.agent_url is None,
            preferred_assistant=settings.assistant or "",
        )
        await asyncio.to_thread(load_lexers)  # compiled when first used, they would hold the loop
        stack.enter_context(serving(app))
        gc.freeze()  # what is loaded by now stays: no collection need walk it while tokens stream
        yield


async def keep_healing(health: Health, feeds: Feeds) -> None:
    """Whenever the agent server comes back, follow again what was lost meanwhile; never returns."""
    wake = asyncio.Event()
    wake.set()  # after a failure, what was left undone is due
    with health.changed.watching(wake):
        while True:
            await wake.wait()
            wake.clear()
            if health.state.word == "connected":
                await feeds.heal()


async def _embedded(settings: Settings, stack: AsyncExitStack) -> str:
    """Start the embedded agent server beside us; the page comes up meanwhile."""
    embedded = EmbeddedServer(settings.data_dir)
    starting = asyncio.create_task(
        supervise("starting the embedded agent server", embedded.start, pause=PAUSE)
    )
    stack.push_async_callback(embedded.stop)
    stack.callback(starting.cancel)
    return embedded.url


def _log_as_asked(level: str) -> None:
    """Tell on the terminal what the settings ask for; nobody else listens to our loggers."""
    ours = logging.getLogger("webchat")
    ours.setLevel(level.upper())
    if not ours.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("webchat: %(message)s"))
        ours.addHandler(handler)
        ours.propagate = False


def _client(settings: Settings, url: str) -> AgentServer:
    key = settings.key_to_send
    headers = {name: value.get_secret_value() for name, value in settings.agent_headers.items()}
    return AgentServer(
        url,
        api_key=key.get_secret_value() if key else None,
        headers=headers,
        recursion_limit=settings.recursion_limit,
    )
