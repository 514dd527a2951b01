"""Tables as people and models write them, sparse and long ones too."""

from __future__ import annotations

import re

import pytest

from tests.unit.rendering.safety import faults
from webchat.rendering import limits
from webchat.rendering.blocks import Blocks
from webchat.rendering.markdown import render

HEADER = "|".join(f" c{number} " for number in range(12)) + "\n" + "|".join(["---"] * 12) + "\n"


def test_a_sparse_table_is_a_table_to_its_end() -> None:
    rows = [f"| row {number} |{' x |' * (number % 6)}{' |' * (number % 3)}" for number in range(60)]
    html = render(HEADER + "\n".join(rows) + "\n\nafter\n")
    assert html.count("<p>") == 1
    assert [int(found) for found in re.findall(r"<td>row (\d+)</td>", html)] == list(range(60))
    assert faults(html) == []


def test_what_a_row_lacks_is_one_cell_across_the_columns() -> None:
    html = render(HEADER + "a | b\n")
    assert '<td>a</td><td>b</td><td colspan="10"></td></tr>' in html.replace("\n", "")


def test_rows_cost_what_is_written_in_them_however_many_columns_there_are() -> None:
    wide = "|a" * 29 + "|\n" + "|-" * 29 + "|\n"
    html = render(wide + "|b\n" * 1_000)
    assert html.count("<td>b</td>") == 1_000
    assert html.count("<td") == 2_000


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a | b\n--- | ---\n", "<th>a</th>"),
        ("| a \\| b |\n|---|\n", "<th>a | b</th>"),
        ("| a | b |\n|:-:|--:|\n| 1 | 2 |\n", '<td data-align="center">1</td>'),
        ("| a |\n|---|\n| 1 | 2 |\n", "<td>1</td>"),
    ],
)
def test_a_table_is_read_as_elsewhere(text: str, first: str) -> None:
    assert first in render(text)


@pytest.mark.parametrize(
    "text",
    ["a | b\n---\n", "a\n---|---\n", "a | b\n--- | --- | ---\n", "a | b\n- | -x\n", "a|b\n|\n"],
)
def test_what_is_no_table_elsewhere_is_none_here(text: str) -> None:
    assert "<table" not in render(text)


def test_a_header_that_is_dear_to_repeat_is_a_paragraph() -> None:
    assert "<table" not in render("| " + "a" * limits.TABLE_HEADER + " |\n|---|\n| b |\n")


def test_a_table_is_cut_at_the_same_rows_however_it_came() -> None:
    text = HEADER + "".join(f"| {number} |" + " y |" * (number % 9) + "\n" for number in range(99))
    whole, growing = Blocks(), Blocks()
    whole.update(text)
    for end in range(0, len(text) + 1, 7):
        growing.update(text[:end])
    growing.update(text)
    assert list(growing.settled) == list(whole.settled)
    assert len(whole.settled) > 1
