"""What a tab's person has expanded on the page."""

from __future__ import annotations

from collections.abc import Collection


class Expanded:
    """What a tab's person has expanded: parts and trees by name, each with the pointers asked for.

    Args:
        most: How many names and pointers at most.

    Attributes:
        version: Another one whenever something more was expanded.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pointers: dict[str, set[str]] = {}
        self._count = 0
        self.version = 0

    def __contains__(self, name: str) -> bool:
        return name in self._pointers

    def pointers(self, name: str) -> Collection[str]:
        """What was asked for within a tree."""
        return self._pointers.get(name, ())

    def add(self, name: str, pointer: str | None = None) -> bool:
        """Open something, or show what a tree has left out at a place.

        Returns:
            Whether it is open now; it is not when too much is.
        """
        asked = self._pointers.get(name)
        if asked is not None and (pointer is None or pointer in asked):
            return True
        if self._count >= self._most:
            return False
        asked = self._pointers.setdefault(name, set())
        if pointer is not None:
            asked.add(pointer)
        self._count += 1
        self.version += 1
        return True

    def clear(self) -> None:
        """Shut everything."""
        self._pointers.clear()
        self._count = 0
        self.version += 1
