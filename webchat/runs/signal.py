"""One change, many subscribers: each is woken once for all that happened since it last looked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Signal:
    """Something that changes, and those who wait for it to."""

    def __init__(self) -> None:
        self._wakes: list[asyncio.Event] = []

    @property
    def subscribers(self) -> int:
        """How many are watching."""
        return len(self._wakes)

    @contextmanager
    def watching(self, wake: asyncio.Event) -> Iterator[None]:
        """Set `wake` on every change while inside."""
        self._wakes.append(wake)
        try:
            yield
        finally:
            self._wakes.remove(wake)

    def fire(self) -> None:
        """Say that something changed."""
        for wake in self._wakes:
            wake.set()
