"""What one tab's store holds, and the least that must be said to change it.

The page keeps its records outside Reflex's vars (`views/browser/store.js`), because Reflex sends a
changed var whole. A `Replica` knows what a tab has, takes what it should have, and yields the
difference as a delta: that keeps a token's cost on the socket constant.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from webchat import limits

Record = Mapping[str, object]
"""A record: JSON values by field name. Records are never changed in place."""

Op = list[Any]
"""`[name, key, ...]`, with the names `put`, `set`, `splice`, `append` and `delete`."""

Delta = list[Any]
"""`[epoch, seq, ops]`, as `store.js` reads it; seq 0 is a snapshot, or how one begins."""

_SHORT = 24
"""A string shorter than this is sent whole: a splice of it would not be smaller."""


class Replica:
    """The records that one tab has, and the ops since its last delta."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._sources: dict[str, tuple[object, object]] = {}
        self._ops: list[Op] = []
        self._epoch = secrets.token_hex(4)
        self._seq = 0

    def __contains__(self, key: str) -> bool:
        return key in self._records

    @property
    def snapshot_due(self) -> bool:
        """Whether the next delta is a snapshot."""
        return self._seq == 0

    @property
    def has_more(self) -> bool:
        """Whether the last delta left something to the next one."""
        return self._seq > 0 and bool(self._ops)

    def put(self, key: str, record: Record) -> None:
        """The tab should have this record."""
        old = self._records.get(key)
        if old is record or old == record:
            return
        self._records[key] = record
        if old is None or old.keys() != record.keys():
            self._ops.append(["put", key, record])
            return
        for field, value in record.items():
            if old[field] != value:
                self._ops.append(_change(key, field, old[field], value))

    def shows(self, key: str, source: object, choice: object = None) -> bool:
        """Whether the tab's record was drawn from this very object, under this choice."""
        known = self._sources.get(key)
        return known is not None and known[0] is source and known[1] == choice

    def drawn(self, key: str, source: object, choice: object = None) -> None:
        """Remember what a record was drawn from, so that it need not be drawn again."""
        self._sources[key] = (source, choice)

    def delete(self, keys: Iterable[str]) -> None:
        """The tab should have none of these."""
        for key in keys:
            self._sources.pop(key, None)
            if self._records.pop(key, None) is not None:
                self._ops.append(["delete", key])

    def keys_under(self, prefix: str) -> list[str]:
        """The keys of the tab's records that start so."""
        return [key for key in self._records if key.startswith(prefix)]

    def restart(self) -> None:
        """The tab lost track: the next delta is a snapshot of a new epoch."""
        self._epoch = secrets.token_hex(4)
        self._seq = 0

    def take(self) -> Delta | None:
        """The next delta, None when there is nothing to say.

        What is too much for one delta is left to the next: to write a long one as JSON would hold
        up the deltas of all other tabs.
        """
        if self._seq == 0:
            self._ops = [["put", key, record] for key, record in self._records.items()]
        elif not self._ops:
            return None
        end = _end_of_delta(self._ops)
        delta = [self._epoch, self._seq, self._ops[:end]]
        self._seq += 1
        self._ops = self._ops[end:]
        return delta


def _end_of_delta(ops: list[Op]) -> int:
    """How many of these ops are in one delta; one at least, where there is one."""
    room = limits.DELTA
    for number, op in enumerate(ops):
        room -= _size(op)
        if room < 0:
            return max(1, number)
    return len(ops)


def _size(value: object) -> int:
    """The characters of a JSON value, about."""
    if isinstance(value, str):
        return len(value) + 4
    if isinstance(value, Mapping):
        return sum(len(key) + 4 + _size(one) for key, one in value.items())
    if isinstance(value, list):
        return sum(map(_size, value)) + 2
    return 8


def _change(key: str, field: str, old: Any, new: Any) -> Op:
    """The smallest op that turns one value of a field into another."""
    if isinstance(old, str) and isinstance(new, str) and len(old) > _SHORT:
        keep = _common(old, new)
        if keep > _SHORT:
            return ["splice", key, field, utf16_length(new[:keep]), new[keep:]]
    if isinstance(old, list) and isinstance(new, list) and old and new[: len(old)] == old:
        return ["append", key, field, new[len(old) :]]
    return ["set", key, field, new]


def _common(a: str, b: str) -> int:
    """How many characters two strings share at their start."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def sendable(text: str) -> str:
    """The text as a socket takes it: a lone surrogate can't be sent, and is a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def utf16_length(text: str) -> int:
    """The length of a string as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
