"""Frames come fast when there is room, slower when there is not, and never out of bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webchat.runs.throttle import FASTEST, SHARE, SLOWEST, Throttle

A_SCREENS = 1 / 60


def settled(throttle: Throttle, cost: float, late: float = 0.0) -> float:
    """The interval once the same has been measured many times."""
    for _ in range(60):
        throttle.frame_took(cost)
        throttle.woke_late(late)
    return throttle.interval


def test_a_lone_watcher_of_cheap_frames_gets_all_that_a_screen_shows():
    assert Throttle(lambda: 1).interval == FASTEST
    assert settled(Throttle(lambda: 1), 0.0012) == FASTEST


def test_all_watchers_together_take_their_share_of_the_loop_and_no_more():
    subscribers, cost = 10, 0.0015
    interval = settled(Throttle(lambda: subscribers), cost)
    assert FASTEST < interval < SLOWEST
    assert abs(subscribers * cost / interval - SHARE) < 0.01


def test_a_crowd_slows_everybody_down_to_the_bound():
    assert settled(Throttle(lambda: 500), 0.0012) == SLOWEST


def test_costly_frames_come_less_often():
    assert (
        FASTEST < settled(Throttle(lambda: 1), 0.01) < settled(Throttle(lambda: 1), 0.015) < SLOWEST
    )


def test_frames_that_would_have_all_of_the_loop_wait_past_the_bound():
    assert settled(Throttle(lambda: 1), 0.4) == pytest.approx(0.4 / SHARE, rel=0.01)


def test_a_late_loop_gets_fewer_frames():
    assert FASTEST < settled(Throttle(lambda: 1), 0.004, late=0.02) < SLOWEST


def test_waking_early_is_not_credit():
    throttle = Throttle(lambda: 1)
    settled(throttle, 0.0, late=-5.0)
    throttle.woke_late(0.2)
    assert throttle.interval > FASTEST


def test_once_it_is_calm_it_is_fast_again():
    subscribers = 40
    throttle = Throttle(lambda: subscribers)
    assert settled(throttle, 0.015, late=0.1) == SLOWEST
    subscribers = 1
    assert settled(throttle, 0.0005) == FASTEST


def test_one_slow_frame_does_not_slow_down_the_rest():
    throttle = Throttle(lambda: 1)
    throttle.frame_took(0.02)
    assert throttle.interval < A_SCREENS


def test_an_empty_room_counts_as_one():
    assert settled(Throttle(lambda: 0), 0.01) == settled(Throttle(lambda: 1), 0.01)


@settings(deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e6, 1e6)), max_size=20),
)
def test_it_never_leaves_its_bounds(subscribers: int, history: list[tuple[float, float]]):
    throttle, dearest = Throttle(lambda: subscribers), 0.0
    for cost, late in history:
        throttle.frame_took(cost)
        throttle.woke_late(late)
        dearest = max(dearest, cost)
        assert FASTEST <= throttle.interval <= max(SLOWEST, dearest / SHARE)


@settings(deadline=None)
@given(st.floats(0, SLOWEST * SHARE), st.integers(1, 10_000), st.floats(0, 1e6))
def test_frames_that_fit_are_never_held_back_past_the_slowest(
    cost: float, subscribers: int, late: float
):
    assert settled(Throttle(lambda: subscribers), cost, late) <= SLOWEST
