"""How often something may be done: a few times at once, then at a steady rate."""

from __future__ import annotations

from webchat.screen.allowance import Allowance


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(allowance: Allowance, count: int) -> list[float]:
    """How long one has to wait before each of some uses, if nobody waits."""
    found = []
    for _ in range(count):
        found.append(allowance.wait())
        allowance.use()
    return found


def test_a_few_are_had_at_once_and_then_one_at_a_time():
    clock = Clock()
    allowance = Allowance(3, 2.0, clock)
    assert waits(allowance, 4) == [0, 0, 0, 0.5]
    clock.now += 0.75
    assert allowance.wait() == 0.25
    clock.now += 0.25
    assert waits(allowance, 2) == [0, 0.5]


def test_what_was_not_used_is_saved_up_but_no_more_than_at_the_start():
    clock = Clock()
    allowance = Allowance(3, 2.0, clock)
    clock.now += 1_000
    assert waits(allowance, 4) == [0, 0, 0, 0.5]


def test_a_large_use_is_paid_for_afterwards():
    clock = Clock()
    allowance = Allowance(10, 2.0, clock)
    allowance.use(30)
    assert allowance.wait() == 10.5
