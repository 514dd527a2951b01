"""When the next frame may go out: at once when there is room, later when there is not.

A watcher's frame costs CPU on the one loop that serves everybody. The throttle keeps the share of
all subscribers' frames under a bound, and asks for no more than three for each frame of a screen.
"""

from __future__ import annotations

from collections.abc import Callable

FASTEST = 1 / 180
"""Seconds between frames at best: a third of a screen's, whose beat is not ours, so that a token
waits for little more than the screen."""

SLOWEST = 1 / 20
"""Seconds between frames at worst: still read as continuous."""

SHARE = 0.4
"""The part of the loop's time that all the frames together may take."""

_MEMORY = 0.2
"""How much a new measurement moves a running average."""


class Throttle:
    """The rhythm of one watcher's frames.

    Args:
        subscribers: How many subscribers share the loop now, this one among them.
    """

    def __init__(self, subscribers: Callable[[], int]) -> None:
        self._subscribers = subscribers
        self._cost = 0.001
        self._late = 0.0

    def frame_took(self, seconds: float) -> None:
        """Note the seconds that a frame took to make and hand over, others' work meanwhile too."""
        self._cost += _MEMORY * (seconds - self._cost)

    def woke_late(self, seconds: float) -> None:
        """Note by how many seconds the loop overslept a wait."""
        self._late += _MEMORY * (max(0.0, seconds) - self._late)

    @property
    def interval(self) -> float:
        """Seconds from one frame's start to the next one's.

        Between `FASTEST` and `SLOWEST`, or more where one frame alone takes so long that it
        would have all of the loop.
        """
        wanted = self._cost * max(1, self._subscribers()) / SHARE + self._late
        return max(min(SLOWEST, max(FASTEST, wanted)), self._cost / SHARE)
