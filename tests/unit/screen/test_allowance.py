"""How often something may be done: a few times at once, then at a steady rate."""

from __future__ import annotations

from webchat.screen.allowance import Allowance


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_are_had_at_once_and_then_one_at_a_time():
    clock = Clock()
    allowance = Allowance(3, 2.0, clock)
    assert [allowance.use() for _ in range(5)] == [True, True, True, False, False]
    assert allowance.wait() == 0.5
    clock.now += 0.25
    assert allowance.wait() == 0.25 and not allowance.use()
    clock.now += 0.25
    assert allowance.wait() == 0 and allowance.use() and not allowance.use()


def test_what_was_not_used_is_saved_up_but_no_more_than_at_the_start():
    clock = Clock()
    allowance = Allowance(3, 2.0, clock)
    clock.now += 1_000
    assert [allowance.use() for _ in range(4)] == [True, True, True, False]
