"""Input made to take long is read in time that grows with its length, in steps that are short.

What Python does is counted in calls, which no other load of the machine changes; what an expression
does within one call is CPU time of one thread, of a short and a long text in turns.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from webchat.rendering import limits
from webchat.rendering.blocks import Blocks
from webchat.rendering.costs import affordable
from webchat.rendering.incomplete_markdown import repaired
from webchat.rendering.json_tree import pretty, summary, tree
from webchat.rendering.languages import load_lexers
from webchat.rendering.markdown import render

REPEATED = [
    "[", "]", "[a](", "![", "[](", "> ", ">", "- ", "* ", "*", "**a ", "*a ", "_a ", "~~a", "`",
    "` ``", "<", "<a ", "&a", "\\", "\\(", "\\[\n", "$$\n", "$$x\n\n", "|", "|a|b|\n",
    "| a |\n|---|\n", "#", "# a\n", "a\n===\n", "```\n", "~~~ x\n", "- a\n", "1. a\n\n",
    "  - a\n", "> - a\n", "\t", "\n", " ", "a", "word ", "http://a.b/((", "www.", "https://", ":",
    "\\(x^2\\) ", "<br>", "é", "\ud800", "\r", "\x00",
    "***a*** ", "*_", "a*_b", "- - ", "[[a]]", "<a@b.c>", "1. - a\n", "> > a\n", "- $$\n",
    "www.a.b ", "# a\n", "a\n", "*a\n", "a\\\n", "  \n",
]  # fmt: skip


def repeated(piece: str, size: int) -> str:
    """A piece over and over, about so many characters."""
    return piece * (size // len(piece))


def _wide_header() -> str:
    return "|a" * 29 + "|\n" + "|-" * 29 + "|\n"


SHAPES: dict[str, Callable[[int], str]] = {
    **{repr(piece): partial(repeated, piece) for piece in REPEATED},
    "dashes and a letter": lambda n: "-" * n + "a",
    "equals signs": lambda n: "a\n" + "=" * n + "b",
    "spaced stars and a letter": lambda n: "* " * (n // 2) + "a",
    "a row that is no delimiter": lambda n: "a|b\n" + "- " * (n // 2) + "x",
    "tildes and a letter": lambda n: "~" * n + "a",
    "columns": lambda n: "|a" * (n // 6) + "|\n" + "|-" * (n // 6) + "|\n" + "|b" * (n // 6),
    "nested emphasis": lambda n: "*a " * (n // 6) + "a*" * (n // 6),
    "mixed emphasis": lambda n: "*a _b " * (n // 12) + "_ *" * (n // 6),
    "images": partial(repeated, "![a](http://b.c/d) "),
    "nested links": lambda n: "[" * (n // 6) + "a" + "](b)" * (n // 6),
    "formulas that may be none": lambda n: ("$$ x\n" + "y\n" * 48) * (n // 100),
    # No more different formulas than are kept converted: else only the short text's would be kept.
    "formulas": lambda n: "".join(f"\\(x_{number % 100}\\) " for number in range(n // 9)),
    "a list within an item": lambda n: "- a\n" + "  - b c\n" * (n // 8),
    "paragraphs of an item": lambda n: "- a\n" + "\n  b c d\n" * (n // 9),
    "lines of an item": lambda n: "- a\n" + "b c\n" * (n // 4),
    "code of an item": lambda n: "- ```\n" + "  x = 1\n" * (n // 8),
    "a quote": lambda n: "> word and word\n" * (n // 16),
    "a list in a quote": lambda n: "> - word\n" * (n // 9),
    "a table in a quote": lambda n: "> |a|b|\n> |-|-|\n" + "> |c|d|\n" * (n // 8),
    "rows that lack cells": lambda n: _wide_header() + "|b\n" * (n // 3),
    "lines that are rows": lambda n: _wide_header() + "b\n" * (n // 2),
    "wide tables": lambda n: (_wide_header() + "|b\n" * 30 + "\n") * (n // 220),
    "rows that lack cells in a list": lambda n: (
        _wide_header().replace("|a", "- |a", 1).replace("\n|", "\n  |") + "  b\n" * (n // 4)
    ),
    "quotes in javascript": lambda n: "```js\n" + ('\\"' * 30 + "\n") * (n // 61),
    "words in java": lambda n: "```java\n" + ("a " * 30 + "\n") * (n // 61),
    "tabs in c": lambda n: "```c\n" + ("a" + "\t" * 490 + "\n") * (n // 492),
    "tabs in many blocks": lambda n: ("```c\na" + "\t" * 300 + "\n```\n") * (n // 311),
    "backslashes in scala": lambda n: "```scala\n" + ('"' + "\\" * 490 + "\n") * (n // 492),
    "backslashes in fish": lambda n: "```fish\n" + ('"' + "\\" * 490 + "\n") * (n // 492),
    "deep quotes": lambda n: (">" * 50 + "a\n") * (n // 52),
}
"""Texts that were dear to read, or could be: of about so many characters."""

ROOM = 5_000
"""What is read in one step, as for one delta."""

CALLS = 130_000
"""Function calls of a step, Python's and C's: some 20 ms of CPU time on an ordinary core."""


def steps(text: str) -> Iterator[Callable[[], object]]:
    """The steps in which a text is read as it is for a page, to be called one after the other."""
    blocks, end = Blocks(), 0
    while end < len(text):
        end, _ = affordable(text, end, ROOM)
        yield lambda end=end: (blocks.update(text[:end]), blocks.tail)
    yield blocks.finish


def calls(action: Callable[[], object]) -> int:
    """How many functions an action calls, Python's and C's."""
    count = 0

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    load_lexers()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_step_of_reading_is_bounded_and_all_steps_grow_with_the_text(shape: str) -> None:
    once, four_times = (SHAPES[shape](size) for size in (1_000, 4_000))
    assert max(map(calls, steps(four_times))) <= CALLS
    assert calls(partial(render, four_times)) <= 6 * calls(partial(render, once)) + CALLS // 4


def read(text: str) -> None:
    """Read a text in its steps."""
    for step in steps(text):
        step()


READERS: dict[str, Callable[[str], object]] = {"read": read, "repaired": repaired}


def growth(action: Callable[[str], object], short: str, long: str) -> float:
    """How many times longer an action takes for a long text, within expressions too.

    The two are run in turns, so that both find the machine as busy, and the least CPU time of each
    counts: whatever else the machine does only adds to it.
    """
    least = [float("inf")] * 2
    for _ in range(TRIES):
        for number, text in enumerate((short, long)):
            start = time.thread_time()
            action(text)
            least[number] = min(least[number], time.thread_time() - start)
        if least[1] <= STEEP * least[0] + TICK:
            break
    return (least[1] - TICK) / least[0]


TRIES, STEEP, TICK = 6, 8.0, 0.002
"""Four times the text is four times the work, or sixteen where that is quadratic; below two
thousandths of a second, it is not the text that takes the time."""


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_is_far_from_sixteen_times_the_work(shape: str, reader: str) -> None:
    long = limits.WINDOW if reader == "repaired" else 8_000
    short = SHAPES[shape](long // 4)
    assert growth(READERS[reader], short, SHAPES[shape](long)) <= STEEP


@pytest.mark.parametrize(
    "quadratic",
    [
        r"[\s>*+\-_=#~|:`$\\]*[>*+\-_=#~|:`$\\][\s>*+\-_=#~|:`$\\]*",
        r"\s*\|?[\s:|-]*-[\s:|-]*",
    ],
)
def test_the_measure_sees_an_expression_that_is_quadratic(quadratic: str) -> None:
    expression = re.compile(quadratic)
    short, long = ("-" * size + "a" for size in (2_000, 8_000))
    assert growth(expression.fullmatch, short, long) > STEEP


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
