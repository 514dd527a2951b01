"""Nothing from outside runs, is fetched, leads astray or restyles the page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rendering.hostile import JSON_VALUES, STRINGS
from tests.unit.rendering.safety import depth, faults
from webchat.rendering import sanitize
from webchat.rendering.blocks import Blocks
from webchat.rendering.json_tree import pretty, summary, tree
from webchat.rendering.markdown import render
from webchat.rendering.text import showable

NUMBERED = [pytest.param(text, id=str(number)) for number, text in enumerate(STRINGS)]


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(set(STRINGS)) >= 120


def test_the_check_itself_sees_what_it_is_for() -> None:
    for html in (
        "<script>x</script>",
        "<p onclick=x>",
        "<a href=javascript:x>",
        '<a href="https://x.y">',
        "<img src=https://x.y/z>",
        "<p style=x>",
        "<math><mi href=x>",
        '<p class="composer">',
        "<!-- x -->",
    ):
        assert faults(html)


@pytest.mark.parametrize("text", NUMBERED)
def test_hostile_markdown_becomes_safe_html(text: str) -> None:
    assert faults(render(text)) == []


@pytest.mark.parametrize("text", NUMBERED)
def test_hostile_markdown_is_safe_at_every_moment_of_its_growth(text: str) -> None:
    blocks = Blocks()
    for end in range(0, min(len(text), 300) + 1):
        blocks.update(text[:end])
        assert faults("".join(blocks.settled) + blocks.tail) == []


@pytest.mark.parametrize("text", NUMBERED)
def test_hostile_text_is_safe_inside_other_markdown(text: str) -> None:
    line = text.replace("\n", " ")
    listed = f"- a {line}\n\n> {line}\n\n"
    in_table = f"| {line} | b |\n|---|---|\n| {line} | x |\n\n"
    linked = f"**{line}** [{line}](https://example.com/{line})"
    assert faults(render(listed + in_table + linked)) == []


@pytest.mark.parametrize("value", JSON_VALUES)
def test_hostile_json_becomes_a_safe_tree(value: object) -> None:
    assert faults(tree(value)) == []
    assert faults(tree(value, expanded=["", "/long", "/many"], depth=50)) == []
    assert "\n" not in summary(value)
    pretty(value).encode()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STRINGS), min_size=2, max_size=4), st.sampled_from(["", "\n", " "]))
def test_hostile_strings_side_by_side_are_safe(texts: list[str], between: str) -> None:
    assert faults(render(between.join(texts))) == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>\"'`[](){}!*_~|:-=#&;\\$/ \n\tascriptonejv", max_size=120))
def test_soup_of_marks_is_safe(text: str) -> None:
    assert faults(render(text)) == []


def test_foreign_images_are_offered_as_links_and_never_fetched() -> None:
    html = render("see ![a chart](https://example.org/x.png) here")
    assert "<img" not in html
    assert 'class="image-link" href="https://example.org/x.png"' in html
    assert ">a chart</a>" in html


def test_small_inline_images_are_shown_and_large_ones_are_not() -> None:
    assert '<img src="data:image/png;base64,AAAA" alt="dot">' in render(
        "![dot](data:image/png;base64,AAAA)"
    )
    large = render("![dot](data:image/png;base64," + "A" * 60_000 + ")")
    assert "<img" not in large


def test_the_gate_holds_even_if_everything_before_it_failed() -> None:
    for text in STRINGS:
        assert faults(sanitize.prose(showable(text))) == []
        assert faults(sanitize.json(showable(text))) == []


def test_elements_never_stand_deeper_than_a_browser_can_hold() -> None:
    stars = "*" * 4_000
    for text in (f"{stars}x{stars}", "**a " * 5_000, "> " * 5_000, "- " * 5_000, "[" * 5_000):
        assert depth(render(text)) < 200
