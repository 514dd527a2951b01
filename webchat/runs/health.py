"""Whether the agent server answers and accepts us, asked again and again."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Literal, Protocol

from webchat.agent_server import (
    AgentServerError,
    NotAnAgentServer,
    NotFound,
    Rejected,
    ServerFault,
    Unauthorized,
    Unreachable,
)
from webchat.runs.signal import Signal

log = logging.getLogger(__name__)

CALM = 5.0
"""Seconds between questions while the server answers, be it with a refusal."""

WORRIED = 1.0
"""Seconds between questions while it does not answer."""

GRACE = 20.0
"""Seconds that a server that was just started may take to come up before it is called away."""


@dataclass(frozen=True, slots=True)
class HealthState:
    """How webchat and its agent server stand.

    Attributes:
        word: `connecting` until the first answer, then `connected`; `refused` when the server
            does not accept our key or is no agent server; `away` when nobody answers.
        reason: What is wrong, in a sentence; empty when connected.
        advice: What a person can do about it, in a sentence; empty when nothing.
    """

    word: Literal["connecting", "connected", "refused", "away"]
    reason: str = ""
    advice: str = ""


class Checked(Protocol):
    """A server that can be checked."""

    @property
    def address(self) -> str:
        """Where it is, without credentials."""
        ...

    async def check(self) -> None:
        """Return if it answers and accepts us, else raise an `AgentServerError`."""
        ...


class Health:
    """The state of the connection to the agent server, and the signal that it changed.

    Args:
        server: The server to check.
        grace: Seconds that it may take to come up before it is called away.

    Attributes:
        state: How it stands.
        changed: Fires when `state` has changed.
    """

    def __init__(self, server: Checked, grace: float = 0.0) -> None:
        self._server = server
        self._since = time.monotonic()
        self._grace = grace
        self._hurry = asyncio.Event()
        self.state = HealthState("connecting")
        self.changed = Signal()

    @property
    def suspected(self) -> bool:
        """Whether it will be asked at once instead of at the next turn."""
        return self._hurry.is_set()

    async def keep_asking(self) -> None:
        """Ask until cancelled; raises whatever is not an `AgentServerError`."""
        while True:
            self._hurry.clear()
            await self._ask()
            answers = self.state.word in ("connected", "refused")
            try:
                await asyncio.wait_for(self._hurry.wait(), CALM if answers else WORRIED)
            except TimeoutError:
                continue

    def suspect(self) -> None:
        """Ask at once instead of at the next turn, since something failed."""
        self._hurry.set()

    def become(self, state: HealthState) -> None:
        """Take over what was found, and tell the subscribers if it is news."""
        if state == self.state:
            return
        log.info("agent server: %s %s", state.word, state.reason)
        self.state = state
        self.changed.fire()

    async def _ask(self) -> None:
        try:
            await self._server.check()
        except AgentServerError as error:
            found = self._judge(error)
            coming_up = self.state.word == "connecting" and self._in_grace()
            if found.word == "refused" or not coming_up:
                self.become(found)
        else:
            self.become(HealthState("connected"))

    def _in_grace(self) -> bool:
        return time.monotonic() - self._since <= self._grace

    def _judge(self, error: AgentServerError) -> HealthState:
        """How the server stands, by how a check failed."""
        address = self._server.address
        match error:
            case Unauthorized():
                return HealthState("refused", str(error), error.advice)
            case NotFound() | Rejected() | NotAnAgentServer():
                return HealthState(
                    "refused",
                    f"What answers at {address} is no agent server.",
                    "Check WEBCHAT_AGENT_URL, its path included.",
                )
            case Unreachable() | ServerFault():
                return HealthState("away", f"The agent server at {address} is away.")
            case _:
                return HealthState("away", str(error), error.advice)
