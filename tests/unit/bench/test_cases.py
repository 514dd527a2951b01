"""What is measured when only some cases are named."""

from __future__ import annotations

import pytest

from tests.bench.cases import cases, chosen
from tests.bench.goals import GOALS


def test_a_case_brings_what_it_is_compared_with():
    assert [case.name for case in chosen(cases(), ["raw"])] == ["S1 floor", "S1", "raw"]


def test_all_cases_are_meant_where_none_is_named():
    assert chosen(cases(), []) == cases()


def test_an_unknown_case_is_refused():
    with pytest.raises(KeyError, match="S9"):
        chosen(cases(), ["S9"])


def test_every_goal_is_about_a_case():
    assert {goal.case for goal in GOALS} <= {case.name for case in cases()}


def test_the_long_answer_can_be_shortened_alone():
    tokens = {case.name: case.script.tokens for case in cases(tokens=1000)}
    assert tokens["long"] == tokens["long floor"] == 1000
    assert tokens["S1"] == 500
