"""What held the event loop of a served webchat, told by a watch that runs on that loop itself.

A hold is CPU time of the loop's thread between two turns of the loop: a machine that is busy with
something else makes no hold longer. Start an `App` with `Holds(...).variables`.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

LONGEST = 0.050
"""Seconds that anything may hold the loop, on a core that has nothing else to do."""

PIECE = 0.00315
"""CPU seconds that `slowness` takes for its piece of work on such a core."""


def slowness() -> float:
    """How many times longer work takes on this machine now: cores share caches and units."""
    times = []
    for _ in range(5):
        began, found = time.thread_time(), {}
        for number in range(20_000):
            found[number % 97] = str(number) + "x"
        times.append(time.thread_time() - began)
    return max(1.0, sorted(times)[2] / PIECE)


@dataclass(frozen=True, slots=True)
class Hold:
    """CPU seconds between two turns of the loop.

    Attributes:
        own: Of the loop's thread.
        all: Of all threads: one that keeps Python's lock holds the loop, too.
        wall: Seconds on the clock.
        gc: CPU seconds of the garbage collections among them.
        at: The innermost calls while it lasted, where one looked in time.
        when: Unix seconds at its end.
    """

    own: float
    all: float
    wall: float
    gc: float
    at: str
    when: float

    def __str__(self) -> str:
        spent = f"{self.own * 1e3:.0f} ms (all threads {self.all * 1e3:.0f})"
        return f"{spent}, {self.wall * 1e3:.0f} on the clock, gc {self.gc * 1e3:.0f}, {self.at}"


class Holds:
    """The holds of one app.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._told = folder / "holds.jsonl"
        self._told.touch()
        self._seen = 0

    @property
    def variables(self) -> dict[str, str]:
        """The environment that starts the watch."""
        watch = Path(__file__).with_name("loop_watch")
        return {"PYTHONPATH": str(watch), "LOOP_WATCH": str(self._told)}

    def since(self) -> list[Hold]:
        """The holds since the last call, the longest one first."""
        lines = self._told.read_text().splitlines()
        new, self._seen = lines[self._seen :], len(lines)
        return sorted((Hold(**json.loads(line)) for line in new), key=lambda one: -one.own)
