"""Frames come fast when there is room, slower when there is not, and never out of bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webchat.runs.pace import FASTEST, SHARE, SLOWEST, Pace


def settled(pace: Pace, cost: float, late: float = 0.0) -> float:
    """The interval once the same has been measured many times."""
    for _ in range(60):
        pace.frame_took(cost)
        pace.woke_late(late)
    return pace.interval


def test_a_lone_watcher_of_cheap_frames_gets_all_that_a_screen_shows():
    assert Pace(lambda: 1).interval == FASTEST
    assert settled(Pace(lambda: 1), 0.0012) == FASTEST


def test_all_watchers_together_take_their_share_of_the_loop_and_no_more():
    crowd, cost = 10, 0.0015
    interval = settled(Pace(lambda: crowd), cost)
    assert FASTEST < interval < SLOWEST
    assert abs(crowd * cost / interval - SHARE) < 0.01


def test_a_crowd_slows_everybody_down_to_the_bound():
    assert settled(Pace(lambda: 500), 0.0012) == SLOWEST


def test_costly_frames_come_less_often():
    assert FASTEST < settled(Pace(lambda: 1), 0.01) < settled(Pace(lambda: 1), 0.015) < SLOWEST


def test_frames_that_would_have_all_of_the_loop_wait_past_the_bound():
    assert settled(Pace(lambda: 1), 0.4) == pytest.approx(0.4 / SHARE, rel=0.01)


def test_a_late_loop_gets_fewer_frames():
    assert FASTEST < settled(Pace(lambda: 1), 0.004, late=0.02) < SLOWEST


def test_waking_early_is_not_credit():
    pace = Pace(lambda: 1)
    settled(pace, 0.0, late=-5.0)
    pace.woke_late(0.2)
    assert pace.interval > FASTEST


def test_once_it_is_calm_it_is_fast_again():
    crowd = 40
    pace = Pace(lambda: crowd)
    assert settled(pace, 0.015, late=0.1) == SLOWEST
    crowd = 1
    assert settled(pace, 0.0005) == FASTEST


def test_one_slow_frame_does_not_slow_down_the_rest():
    pace = Pace(lambda: 1)
    pace.frame_took(0.02)
    assert pace.interval == FASTEST


def test_an_empty_room_counts_as_one():
    assert settled(Pace(lambda: 0), 0.01) == settled(Pace(lambda: 1), 0.01)


@settings(deadline=None)
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e6, 1e6)), max_size=20),
)
def test_it_never_leaves_its_bounds(crowd: int, history: list[tuple[float, float]]):
    pace = Pace(lambda: crowd)
    for cost, late in history:
        pace.frame_took(cost)
        pace.woke_late(late)
        assert FASTEST <= pace.interval <= max(SLOWEST, pace._cost / SHARE)
