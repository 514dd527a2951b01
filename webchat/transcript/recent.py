"""The newest of many things that come one by one, at a cost that their number does not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

Item = TypeVar("Item")


class Recent(Sequence[Item]):
    """The newest items at one moment, oldest first; it never changes.

    Attributes:
        total: How many came in all, with those that are not kept any more.
    """

    __slots__ = ("_items", "_start", "_stop", "total")

    def __init__(
        self, items: list[Item] | None = None, start: int = 0, stop: int = 0, total: int = 0
    ) -> None:
        self._items: list[Item] = [] if items is None else items
        self._start = start
        self._stop = stop
        self.total = total

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return self._items[self._start : self._stop][index]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._items[index + (self._start if index >= 0 else self._stop)]

    def __iter__(self) -> Iterator[Item]:
        return (self._items[at] for at in range(self._start, self._stop))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Recent):
            return NotImplemented
        return self.total == other.total and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Recent({list(self)!r}, total={self.total})"


class RecentLog(Generic[Item]):
    """Takes items in and keeps the newest: adding one, and looking, cost the same for any number.

    Args:
        most: How many are kept.
        size: How large those that are kept may be together; the newest is always kept.
    """

    def __init__(self, most: int, size: int) -> None:
        self._most = most
        self._limit = size
        self._items: list[Item] = []
        self._sizes: list[int] = []
        self._start = 0
        self._size = 0
        self._seen: Recent[Item] = Recent()

    def add(self, item: Item, size: int) -> None:
        """Take one in, and let go of the oldest where there are too many."""
        self._items.append(item)
        self._sizes.append(size)
        self._size += size
        while (kept := len(self._items) - self._start) > 1 and (
            kept > self._most or self._size > self._limit
        ):
            self._size -= self._sizes[self._start]
            self._start += 1
        if self._start * 2 > len(self._items):  # a new list: snapshots go on with the old one
            self._items = self._items[self._start :]
            self._sizes = self._sizes[self._start :]
            self._start = 0
        self._seen = Recent(self._items, self._start, len(self._items), self._seen.total + 1)

    @property
    def recent(self) -> Recent[Item]:
        """The newest; the same object until one more comes."""
        return self._seen
