"""Keeps a loop that must live alive: whatever ends it with an error, it is started again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
"""Seconds before a loop that failed is started again; doubled each time that it fails soon."""

LONGEST_PAUSE = 30.0
"""Seconds, the most; a loop that lived longer than this starts at the first pause again."""


async def supervise(
    name: str, work: Callable[[], Awaitable[object]], pause: float = FIRST_PAUSE
) -> None:
    """Run `work` until it returns; when it raises, log that, wait, and run it again.

    Args:
        name: What it does, for the log.
        work: Makes a new coroutine of the loop each time.
        pause: Seconds before the first new start.
    """
    wait = pause
    while True:
        began = time.monotonic()
        try:
            await work()
        except Exception:
            if time.monotonic() - began > LONGEST_PAUSE:
                wait = pause
            log.exception("%s failed; it is started again in %.0f s", name, wait)
        else:
            return
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_PAUSE)
