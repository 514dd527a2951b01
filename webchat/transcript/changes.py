"""How a change is noted in the reducer, and how what did not change stays the same object.

The two halves of one mechanism; docs/how-it-works.md has the whole of it ("How a change is found").
Knows neither messages nor events.
"""

from __future__ import annotations

import marshal
from operator import is_
from typing import Any, TypeVar

Value = TypeVar("Value")


class Changes:
    """What changed in one graph's messages since parts were last made of them.

    Attributes:
        any: Whether anything did, be it something beside the messages.
        all: Whether messages came, went or were replaced, so that each is looked at again.
        keys: The messages, and the steps of nested runs, that changed.
    """

    __slots__ = ("all", "any", "keys")

    def __init__(self) -> None:
        self.any = self.all = True
        self.keys: set[str] = set()

    def of(self, key: str) -> bool:
        """Whether a message or a nested run may have changed."""
        return self.all or key in self.keys

    def mark(self, key: str) -> None:
        """A message or a nested run changed."""
        self.any = True
        self.keys.add(key)

    def mark_all(self) -> None:
        """Messages came, went or were replaced."""
        self.any = self.all = True

    def note(self) -> None:
        """Something beside the messages changed, such as the run's times."""
        self.any = True

    def clear(self) -> None:
        """Parts were made of all that changed."""
        self.any = self.all = False
        self.keys.clear()


def kept(made: Value, before: Value | None) -> Value:
    """The earlier one of two parts or turns if they are equal, so that no change is seen.

    Args:
        made: What was made anew: a dataclass of values, tuples, and other parts.
        before: What was made in its place the last time; None where there was none.

    Returns:
        `before` if every field is equal, the live-only ones too, else `made`.
    """
    if before is None or type(made) is not type(before):
        return made
    names: tuple[str, ...] = getattr(type(made), "__slots__", ())
    equal = all(_equal(getattr(made, name), getattr(before, name)) for name in names)
    return before if equal else made


def same_json(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; False where they are nested too deep to tell.

    Python calls 1 and true equal. Its serializer, which is quick and in its version 2 knows
    nothing of identity, tells them apart.
    """
    if one is other:
        return True
    try:
        return one == other and marshal.dumps(one, 2) == marshal.dumps(other, 2)
    except (RecursionError, ValueError):
        return False


def _equal(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):  # of parts, each kept if unchanged
        return len(one) == len(other) and all(map(is_, one, other))
    if isinstance(one, dict | list):
        return same_json(one, other)
    return type(one) is type(other) and one == other
