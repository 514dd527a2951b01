"""Input made to take long takes no longer than its size: work is counted, not timed."""

from __future__ import annotations

import pytest

from tests.unit.rendering.test_blocks import work
from webchat.rendering import limits
from webchat.rendering.blocks import Blocks
from webchat.rendering.json_tree import pretty, summary, tree
from webchat.rendering.markdown import render

REPEATED = [
    "[", "]", "[a](", "![", "[](", "> ", ">", "- ", "* ", "*", "**a ", "*a ", "_a ", "~~a", "`",
    "` ``", "<", "<a ", "&a", "\\", "\\(", "\\[\n", "$$\n", "$$x\n\n", "|", "|a|b|\n",
    "| a |\n|---|\n", "#", "# a\n", "a\n===\n", "```\n", "~~~ x\n", "- a\n", "1. a\n\n",
    "  - a\n", "> - a\n", "\t", "\n", " ", "a", "word ", "http://a.b/((", "www.", "https://", ":",
    "\\(x^2\\) ", "<br>", "é", "\ud800", "\r", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("piece", REPEATED)
def test_twice_the_input_is_at_most_about_twice_the_work(piece: str) -> None:
    size = 2_000
    once, twice = (piece * (size * factor // len(piece)) for factor in (1, 2))
    assert work(lambda: render(twice)) <= 2.6 * work(lambda: render(once)) + 20_000


@pytest.mark.parametrize("piece", REPEATED)
def test_showing_the_growing_end_of_it_is_bounded_too(piece: str) -> None:
    growing = Blocks()
    growing.update(piece * (20_000 // len(piece)))
    assert work(lambda: growing.tail) < 1_000_000


@pytest.mark.parametrize("text", ["a" * 1_000_000, "word " * 200_000, "`" * 100_000])
def test_a_megabyte_on_one_line_is_shown_whole(text: str) -> None:
    html = render(text)
    assert len(html) < 2 * len(text)
    assert html.count("a") >= text.count("a")


def test_nesting_beyond_reason_is_shown_as_its_source() -> None:
    assert "&gt; " * 100 + "deep" in render("> " * 100 + "deep").replace("&gt; \n", "")
    assert "deep" in render("".join("  " * level + "- deep\n" for level in range(100)))


def test_a_tree_is_bounded_whatever_the_value() -> None:
    wide = [{"key": [number, {"a": "x" * 100}]} for number in range(100_000)]
    bushy: object = "leaf"
    for _ in range(12):
        bushy = [bushy] * 8
    deep: object = 0
    for _ in range(900):
        deep = [deep]
    for value in (wide, bushy, deep, "x" * 5_000_000, {"k" * 1_000_000: 1}):
        assert len(tree(value)) < 2 * limits.JSON_HTML
        assert len(summary(value)) <= 80
    assert pretty(deep)
