"""Whether the agent server answers, asked again and again while somebody looks."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Literal, Protocol

from webchat.runs.signal import Signal

log = logging.getLogger(__name__)

CALM = 5.0
"""Seconds between questions while all is well."""

WORRIED = 1.0
"""Seconds between questions while the server is away."""

GRACE = 20.0
"""Seconds that a server that was just started may take to come up before it is called away."""


@dataclass(frozen=True, slots=True)
class HealthState:
    """How webchat and its agent server stand.

    Attributes:
        word: `connecting` until the first answer, then `connected` or `away`.
        reason: Why it is away, in a sentence; empty otherwise.
    """

    word: Literal["connecting", "connected", "away"]
    reason: str = ""


class Answers(Protocol):
    """Who can be asked whether it is there."""

    @property
    def address(self) -> str:
        """Where, without credentials."""
        ...

    async def ok(self) -> bool:
        """Whether it answers."""
        ...


class Health:
    """The state of the connection to the agent server, and the signal that it changed.

    Args:
        server: Whom to ask.
        grace: Seconds that it may take to come up before it is called away.
    """

    def __init__(self, server: Answers, grace: float = 0.0) -> None:
        self._server = server
        self._since = time.monotonic()
        self._grace = grace
        self._hurry = asyncio.Event()
        self.state = HealthState("connecting")
        self.changed = Signal()

    async def keep_asking(self) -> None:
        """Ask until cancelled."""
        while True:
            self._hurry.clear()
            await self._ask()
            wait = CALM if self.state.word == "connected" else WORRIED
            try:
                await asyncio.wait_for(self._hurry.wait(), wait)
            except TimeoutError:
                continue

    def suspect(self) -> None:
        """Something failed: ask now instead of at the next turn."""
        self._hurry.set()

    async def _ask(self) -> None:
        if await self._server.ok():
            self._become(HealthState("connected"))
        elif self.state.word == "connected" or time.monotonic() - self._since > self._grace:
            self._become(
                HealthState("away", f"The agent server at {self._server.address} is away.")
            )

    def _become(self, state: HealthState) -> None:
        if state == self.state:
            return
        log.info("agent server: %s %s", state.word, state.reason)
        self.state = state
        self.changed.fire()
