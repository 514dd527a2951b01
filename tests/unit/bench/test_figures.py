"""The statistics behind the benchmark's table."""

from __future__ import annotations

import pytest

from tests.bench.figures import lag_figures, lags, medians, percentile, ratios
from tests.bench.goals import GOALS, judge


def test_a_percentile_lies_between_its_neighbours():
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([0, 10], 0.95) == pytest.approx(9.5)
    assert percentile([7], 0.95) == 7


def test_tokens_never_painted_are_not_among_the_lags():
    assert lags([100, 120, 140], [105, 131]) == [5, 11]
    assert lag_figures([]) == {}


def test_growth_compares_the_end_of_an_answer_with_its_start():
    steady = lag_figures([10.0] * 100)
    growing = lag_figures([float(number) for number in range(100)])
    assert steady["lag_growth_ms"] == 0
    assert growing["lag_growth_ms"] == pytest.approx(80)


def test_a_median_is_taken_of_the_runs_that_have_the_figure():
    assert medians([{"a": 1, "b": 5}, {"a": 9}, {"a": 2}]) == {"a": 2, "b": 5}


def test_ratios_leave_out_what_either_side_lacks():
    assert ratios({"a": 3, "b": 1, "c": 1}, {"a": 2, "c": 0}, ["a", "b", "c"]) == {"a": 1.5}


def test_a_figure_that_could_not_be_taken_breaks_its_goal():
    judged = judge({"S1": {"/lag_p95_ms": 1.0, "missing": 3}})
    kept = {goal.figure for goal, _, good in judged if good}
    assert kept == {"/lag_p95_ms"}
    assert {goal.figure for goal, _, _ in judged} == {g.figure for g in GOALS if g.case == "S1"}
