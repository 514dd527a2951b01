"""A growing text settles block by block, and ends up as the same text given at once."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rendering.markdown_samples import ANSWER, FRAGMENTS, texts
from webchat.rendering import blocks, limits
from webchat.rendering.blocks import Blocks
from webchat.rendering.markdown import render

SMALL = {
    **{"WINDOW": 120, "WINDOW_LINES": 60, "TEXT": 30, "TEXT_LINES": 4},
    **{"CONTAINER": 12, "CONTAINER_LINES": 5, "TABLE_ROWS": 1, "CODE_LINES": 3},
    "CODE_LINES_LEAST": 1,
}


@pytest.fixture(params=["real limits", "small limits"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits as they are, and so small that everything is cut all the time."""
    if request.param == "small limits":
        for name, value in SMALL.items():
            monkeypatch.setattr(limits, name, value)


def at_once(text: str) -> Blocks:
    whole = Blocks()
    whole.update(text)
    return whole


def grown(text: str, ends: list[int]) -> Blocks:
    """Blocks of a text that came in pieces; that what is settled never changes is checked."""
    growing, seen = Blocks(), list[str]()
    for end in [*sorted(end % (len(text) + 1) for end in ends), len(text)]:
        growing.update(text[:end])
        assert list(growing.settled[: len(seen)]) == seen
        seen = list(growing.settled)
    return growing


@pytest.mark.usefixtures("sizes")
def test_any_growth_of_an_answer_settles_the_same_blocks() -> None:
    whole = at_once(ANSWER)
    for step in (1, 2, 7, 50):
        growing = grown(ANSWER, list(range(0, len(ANSWER), step)))
        assert (list(growing.settled), growing.tail) == (list(whole.settled), whole.tail)
        growing.finish()
        assert "".join(growing.settled) == render(ANSWER)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize(
    "text",
    [
        "\n2. second\n$$\n\n$$\n\n2. second",  # a formula after a list's lazy line
        "- a\n  $$\n  x\n\npara\n$$\n\ny\n$$\n",  # one that its list's end leaves open
        "\n\\[\n\n$$\n\\[\\]",  # an opening mark within one, closed on its line
        "```|\n|-|\n",  # a fence that could be a table's header
        "# a | b\n|---|---|\n",  # a heading that could be one
        "word\n- [ ] $$",  # a formula in doubt at the beginning of a list
        "\n\n  - long enough to be cut " + "somewhere " * 12 + "\n\n- b",
        "wordwordword[text](http://x.y)\n\n    code\n",  # a long line, then code by indent
    ],
)
def test_texts_that_once_settled_differently_settle_the_same(text: str) -> None:
    whole, growing = at_once(text), grown(text, list(range(len(text))))
    assert (list(growing.settled), growing.tail) == (list(whole.settled), whole.tail)


@pytest.mark.usefixtures("sizes")
@settings(max_examples=400, deadline=None)
@given(texts, st.lists(st.integers(0, 2_000), max_size=30))
def test_random_growth_of_random_text_settles_the_same_blocks(text: str, ends: list[int]) -> None:
    whole, growing = at_once(text), grown(text, ends)
    assert (list(growing.settled), growing.tail) == (list(whole.settled), whole.tail)
    whole.finish()
    growing.finish()
    assert list(growing.settled) == list(whole.settled)


@pytest.mark.usefixtures("sizes")
@settings(max_examples=300, deadline=None)
@given(texts)
def test_growth_by_single_characters_settles_the_same_blocks(text: str) -> None:
    whole, growing = at_once(text), grown(text, list(range(len(text))))
    assert list(growing.settled) == list(whole.settled)


WORDY = st.lists(
    st.sampled_from([*FRAGMENTS, *["word", "words ", " more", ", and", " é", "x1 "] * 8]),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(WORDY, st.lists(st.integers(1, 6), min_size=1, max_size=20))
def test_plain_words_put_where_they_belong_are_what_parsing_gives(
    text: str, steps: list[int]
) -> None:
    quick, end = Blocks(), 0
    for step in itertools.cycle(steps):
        end += step
        quick.update(text[:end])
        tail = quick.tail
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blocks, "with_marker", lambda source: None)
            assert tail == at_once(text[:end]).tail
        if end >= len(text):
            break


def test_plain_words_are_not_parsed() -> None:
    text = "- An item of *some* words, with `code` and **more of them"
    growing = at_once(text)
    growing.tail
    words, marks = (
        work(lambda more=more: (growing.update(text + more), growing.tail))
        for more in (" and words", " and words *more*")
    )
    assert growing.tail.endswith("<em>more</em></strong></li>\n</ul>\n")
    assert words < marks / 20


def test_a_paragraph_settles_with_the_empty_line_after_it() -> None:
    growing = at_once("One **bold** line.\n")
    assert list(growing.settled) == []
    growing.update("One **bold** line.\n\n")
    assert list(growing.settled) == ["<p>One <strong>bold</strong> line.</p>\n"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("text", "\n---\n"),
        ("text\n", "===\n\n"),
        ("| a | b |\n", "|---|---|\n"),
        ("- a\n\n", "  more\n"),
        ("- a\n\n", "- b\n"),
        ("> a\n", "lazy\n"),
        ("text\n12", ". no list\n"),
        ("a\n$$\nb\n\nc\n", "$$\n"),
        ("\\[\na\n\n", "\\]\n"),
        ("```\na\n\n# no heading\n\n", "```\n"),
        ("text\n#", "hash\n"),
        ("text\n-", "dash\n"),
    ],
)
def test_nothing_settles_that_the_next_characters_could_change(before: str, after: str) -> None:
    growing = at_once(before)
    assert list(growing.settled) == []
    growing.update(before + after)
    growing.finish()
    assert "".join(growing.settled) == render(before + after)


def test_a_text_that_does_not_go_on_from_the_last_starts_over() -> None:
    growing = at_once("First.\n\nSecond")
    growing.update("Other.\n\nThird")
    assert list(growing.settled) == ["<p>Other.</p>\n"]
    assert growing.tail == "<p>Third</p>\n"


def test_finishing_twice_and_repeating_the_text_changes_nothing() -> None:
    growing = at_once("One")
    growing.finish()
    growing.finish()
    growing.update("One")
    assert (list(growing.settled), growing.tail) == (["<p>One</p>\n"], "")


def test_an_unfinished_end_is_settled_as_it_stands_when_the_text_is_complete() -> None:
    growing = at_once("a **b")
    assert growing.tail == "<p>a <strong>b</strong></p>\n"
    growing.finish()
    assert list(growing.settled) == ["<p>a **b</p>\n"]


def test_a_character_whose_halves_come_apart_is_one_character() -> None:
    growing = Blocks()
    growing.update("smile \ud83d")
    assert "\ufffd" not in growing.tail
    growing.update("smile \ud83d\ude00")
    assert growing.tail == "<p>smile 😀</p>\n"


def test_long_code_settles_in_parts_that_belong_together() -> None:
    source = "".join(f"line_{number} = {number}\n" for number in range(130))
    growing = at_once("```python\n" + source)
    assert [_part(html) for html in growing.settled] == ["first", "middle", "middle"]
    assert _part(growing.tail) == "last"
    growing.update("```python\n" + source + "```\n")
    assert _part(growing.settled[-1]) == "last"
    assert all('data-code="1"' in html for html in growing.settled)
    assert [("data-copy" in html) for html in growing.settled] == [True, False, False, False]


def test_code_of_one_part_says_nothing_of_parts() -> None:
    source = "".join(f"{number}\n" for number in range(limits.CODE_LINES))
    assert "data-piece" not in render(f"```\n{source}```\n")


def test_a_string_that_began_in_an_earlier_part_is_still_a_string() -> None:
    inside = "".join(f"line {number}\n" for number in range(60))
    html = render(f'```python\nx = """\n{inside}"""\ny = 1\n```\n')
    last = html[html.index('data-piece="last"') :]
    string, after = last[last.index("<code>") :].split('"""\n', 1)
    assert string.startswith('<code><span class="s">line ')
    assert "</span>" not in string
    assert after.startswith('</span>y = <span class="n">1')


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("> - quoted item with words\n" * 120, "quoted item with words"),
        ("- a\n" + "  - nested words and words\n" * 120, "nested words and words"),
        ("> para of some words\n>\n" * 120, "para of some words"),
        ("1. x\n" + "   1. nested words\n" * 120, "nested words"),
        ("- a\n\n" + "  para of words\n\n" * 120, "para of words"),
        ("- a\n  > - " + "    lazy words\n" * 240, "lazy words"),
        ("- ```\n" + "  code = 1\n" * 240, "code = 1"),
        ("> |a|b|\n> |-|-|\n" + "> |cell|d|\n" * 120, "cell"),
        ("- some words " + "wordwordwo " * 1_200, "wordwordwo"),
    ],
)
def test_whatever_is_within_a_list_or_quote_settles_in_parts(text: str, things: str) -> None:
    growing = at_once(text)
    parts = [*growing.settled, growing.tail]
    assert "".join(parts).count(things) == text.count(things)
    assert max(part.count(things) for part in parts) < text.count(things) / 2
    assert [_part(part) for part in parts] == ["first", *["middle"] * (len(parts) - 2), "last"]


def test_an_inner_list_goes_on_counting_in_the_next_part() -> None:
    text = "4. x\n" + "   1. nested words and words\n" * 120
    growing = at_once(text)
    inner = growing.settled[0].count("<li>nested")
    assert growing.settled[1].startswith(
        '<ol start="4" data-piece="middle">\n<li data-piece="middle">'
        f'<ol data-piece="middle" start="{inner + 1}">'
    )


def test_a_list_with_space_between_its_items_keeps_it_in_every_part() -> None:
    html = render("- some words that are long enough\n\n" * 120)
    assert html.count("<li><p>") == 120


def test_a_paragraph_is_not_cut_where_its_next_word_would_begin_something_else() -> None:
    html = render("word - # 1. > " * 1_000)
    assert set(re.findall("<([a-z]+)", html)) == {"p"}


def test_a_long_list_is_cut_between_items_and_goes_on_counting() -> None:
    text = "".join(f"1. item {number} with some words\n" for number in range(1, 121))
    parts = [html for html in at_once(text).settled if html.startswith("<ol")]
    counted = 1
    for part in parts:
        assert counted == 1 or f'start="{counted}"' in part
        counted += part.count("<li>")
    assert len(parts) >= 2
    assert _part(parts[0]) == "first"
    assert _part(parts[1]) == "middle"


def test_a_long_table_is_cut_between_rows_and_keeps_its_header() -> None:
    text = "| a | b |\n|---|--:|\n" + "".join(f"| {number} | x |\n" for number in range(100))
    html = render(text)
    assert html.count("<table>") == 3
    assert html.count("<th>a</th>") == 3
    assert html.count("<tr>") == 103
    assert [_part(piece) for piece in html.split("</div>\n")[:-1]] == ["first", "middle", "last"]


def _part(html: str) -> str | None:
    return html.split('data-piece="')[1].split('"')[0] if "data-piece" in html else None


def work(action: Callable[[], object]) -> int:
    """How many function calls an action takes, Python's and C's."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def _work_of_a_token(text: str) -> int:
    growing = at_once(text)
    growing.tail

    def token() -> None:
        growing.update(text + " next")
        growing.tail

    return work(token)


def test_a_token_costs_the_same_at_the_start_and_at_the_end_of_a_long_answer() -> None:
    piece = ANSWER.replace("**unfinished", "finished.\n\n")
    assert _work_of_a_token(piece * 60 + "word") <= 1.2 * _work_of_a_token(piece + "word")


def test_a_token_of_code_costs_the_same_in_line_10_and_in_line_400() -> None:
    lines = [f"    value_{number} = compute({number})  # text\n" for number in range(400)]
    early = _work_of_a_token("```python\n" + "".join(lines[:39]) + "x")
    late = _work_of_a_token("```python\n" + "".join(lines[:399]) + "x")
    assert late <= 1.2 * early


def test_a_token_of_a_long_list_costs_no_more_than_one_of_its_parts() -> None:
    items = [f"- item {number} with **bold** words\n" for number in range(400)]
    short = _work_of_a_token("".join(items[:36]) + "- x")
    assert _work_of_a_token("".join(items) + "- x") <= 1.5 * short
