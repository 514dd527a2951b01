"""How often something may be done: a few times at once, then at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable


class Allowance:
    """So many uses at once, and so many more each second.

    Args:
        at_once: Uses that nobody has to wait for.
        a_second: Uses that are added each second, up to `at_once`.
        clock: Seconds that go forward.
    """

    def __init__(
        self, at_once: int, a_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once = at_once
        self._a_second = a_second
        self._clock = clock
        self._left = float(at_once)
        self._counted_at = clock()

    def wait(self) -> float:
        """Seconds until the next use; 0 when there is one."""
        self._count()
        return max(0.0, (1 - self._left) / self._a_second)

    def use(self, count: int = 1) -> None:
        """Use one or more; what was used in advance has to be waited for."""
        self._count()
        self._left -= count

    def _count(self) -> None:
        now = self._clock()
        added = (now - self._counted_at) * self._a_second
        self._left = min(float(self._at_once), self._left + added)
        self._counted_at = now
