"""One change, many subscribers: each is woken once for all that happened since it last looked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Signal:
    """Something that changes, and its subscribers.

    Args:
        on_subscribers: Called whenever their number changed.
    """

    def __init__(self, on_subscribers: Callable[[], None] = lambda: None) -> None:
        self._wakes: list[asyncio.Event] = []
        self._on_subscribers = on_subscribers

    @property
    def subscribers(self) -> int:
        """How many are watching."""
        return len(self._wakes)

    @contextmanager
    def watching(self, wake: asyncio.Event) -> Iterator[None]:
        """Set `wake` on every change while inside."""
        self._wakes.append(wake)
        self._on_subscribers()
        try:
            yield
        finally:
            self._wakes.remove(wake)
            self._on_subscribers()

    def fire(self) -> None:
        """Say that something changed."""
        for wake in self._wakes:
            wake.set()
