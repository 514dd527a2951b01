"""How long a lost connection is tried again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a cut stream is tried again.

    Attributes:
        tries: Joins without progress before the stream is given up.
        first_wait: Seconds before the first of them; each next waits twice as long.
        longest_wait: Seconds, the most.
    """

    tries: int = 12
    first_wait: float = 0.25
    longest_wait: float = 5.0

    def wait(self, attempt: int) -> float:
        """Seconds to wait before an attempt, counted from 1."""
        return min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)


PATIENT = Patience()
"""About 45 s in all: enough for a server to restart."""
