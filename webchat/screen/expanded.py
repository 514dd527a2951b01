"""What a tab's person has expanded on the page."""

from __future__ import annotations

from collections.abc import Collection


class Expanded:
    """What a tab's person has expanded: trees by name, each with the pointers asked for in it.

    Attributes:
        version: Another one whenever something more was expanded.
    """

    def __init__(self) -> None:
        self._trees: dict[str, set[str]] = {}
        self.version = 0

    def __contains__(self, name: str) -> bool:
        return name in self._trees

    def pointers(self, name: str) -> Collection[str]:
        """What was asked for within a tree."""
        return self._trees.get(name, ())

    def add(self, name: str, pointer: str | None = None) -> None:
        """Open a tree, or show all of one of its nodes."""
        pointers = self._trees.setdefault(name, set())
        if pointer is not None:
            pointers.add(pointer)
        self.version += 1

    def clear(self) -> None:
        """Shut everything."""
        self._trees.clear()
        self.version += 1
