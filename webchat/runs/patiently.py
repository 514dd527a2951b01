"""Asks the agent server again where it did not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from webchat.agent_server import AgentServerError, ServerFault, Unreachable
from webchat.agent_server.patience import Patience

Answer = TypeVar("Answer")


async def patiently(
    ask: Callable[[], Awaitable[Answer]],
    patience: Patience,
    failed: Callable[[AgentServerError], None] = lambda _: None,
) -> Answer:
    """What the server answers, asked again with growing pauses where it did not.

    Args:
        ask: The question; it must do no harm to ask it twice.
        patience: How often, and with which pauses.
        failed: Told of each failure after which it is asked again.

    Raises:
        AgentServerError: The server refused, or did not answer in all those tries.
    """
    for attempt in range(1, patience.tries):
        try:
            return await ask()
        except (Unreachable, ServerFault) as error:
            failed(error)
            await asyncio.sleep(patience.wait(attempt))
    return await ask()
