"""Which events of a stream have been shown before.

A run's stream can be joined again, and then the server sends it from the start, and now and then
the newest events twice. Three facts make that harmless:

- A replay repeats events under their ids, so an event whose id and payload are known is dropped,
  `metadata` and `values` too: what is shown stands still until the replay has caught up with it.
- Ids are milliseconds and not unique: two tokens of one millisecond may be alike. So in the stream
  of a run that we started, repeats are dropped only once a replay is expected or seems to have
  begun: by a known `metadata`, or a known event that is older than the newest. A stream that was
  never cut loses nothing. In the stream of a run that we joined, they are dropped from the start.
- A `metadata` that is not known begins a new attempt at the run, and so does each one that has no
  id (such a run cannot be replayed): the overlay is dropped and built again from what follows.

Knows ids and payloads; not what an event means.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from webchat.agent_server.events import StreamEvent

_Key: TypeAlias = tuple[str, str, tuple[str, ...], int]
_Number: TypeAlias = tuple[int, int]
_NUMBERED = re.compile(r"(\d{1,18})-(\d{1,18})")


class Replay:
    """The events seen in one run."""

    def __init__(self, joined: bool = True) -> None:
        """Start with none seen.

        Args:
            joined: Whether the run's stream may begin with a replay.
        """
        self._seen: set[_Key] = set()
        self._newest: _Number | None = None
        self._replaying = joined

    def expect(self) -> None:
        """The stream was joined again: from now on a known event is a repeat."""
        self._replaying = True

    def repeats(self, event: StreamEvent) -> bool:
        """Whether an event has been shown, or comes too late to be.

        Args:
            event: The next one of the stream; it is remembered.

        Returns:
            True if it is to be dropped.
        """
        if event.id is None:
            return False
        key = (event.id, event.mode, event.namespace, hash(event.raw))
        number = _number(event.id)
        late = number is not None and self._newest is not None and number < self._newest
        if key in self._seen:
            if late or number is None or event.mode == "metadata":
                self._replaying = True
            return self._replaying
        if event.mode == "metadata":  # a new attempt, by a clock that may be behind the last one's
            self._forget()
        elif late:
            return True
        self._seen.add(key)
        self._newest = number if self._newest is None else max(self._newest, number or (0, 0))
        return False

    def _forget(self) -> None:
        self._newest = None


def _number(id: str) -> _Number | None:
    match = _NUMBERED.fullmatch(id)
    return None if match is None else (int(match[1]), int(match[2]))
