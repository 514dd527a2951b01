"""Drops the events of a run that came before; the one place that does, in front of all others.

A run's stream can be joined again, and then the server sends it from the start. Just after a join
it may also send the newest events twice. Three facts make that harmless:

- A repeated event has the same id and the same payload as before.
- Ids are milliseconds and not unique: two tokens of one millisecond may be alike. So in the stream
  of a run that we started, a known event is kept as long as nothing says that the stream started
  over: a known `metadata`, a known event whose id is not a number, or one older than the newest. A
  stream that was never cut loses nothing.
- In a stream that was joined, every known event is dropped.

An event without an id belongs to a run that cannot be replayed, and is always new.
"""

from __future__ import annotations

import re

from webchat.agent_server.events import StreamEvent

_NUMBERED = re.compile(r"(\d{1,18})-(\d{1,18})")


class Deduplicator:
    """The events of one run that have come so far.

    Args:
        joined: Whether the stream was joined, so that it may repeat events from the beginning.
    """

    def __init__(self, *, joined: bool) -> None:
        self._joined = joined
        self._seen: set[int] = set()
        self._newest = (0, 0)

    def rejoined(self) -> None:
        """The stream was cut and joined again: from now on a known event is a repeat."""
        self._joined = True

    def repeats(self, event: StreamEvent) -> bool:
        """Whether an event came before; it is remembered.

        Args:
            event: The next one of the stream.

        Returns:
            True if it is to be dropped.
        """
        if event.id is None:
            return False
        number = _number(event.id)
        key = hash((event.id, event.mode, event.namespace, event.raw))
        if key in self._seen:
            if number is None or number < self._newest or event.mode == "metadata":
                self._joined = True
            return self._joined
        self._seen.add(key)
        self._newest = max(self._newest, number or (0, 0))
        return False


def _number(id: str) -> tuple[int, int] | None:
    """The milliseconds and the count in an id such as `1795240946746-0`; None in any other."""
    match = _NUMBERED.fullmatch(id)
    return None if match is None else (int(match[1]), int(match[2]))
