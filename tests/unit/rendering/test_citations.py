"""Numbers of sources in the prose: where they belong, and nowhere where they would do harm."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.rendering.hostile import STRINGS
from tests.unit.rendering.markdown_samples import ANSWER, texts
from tests.unit.rendering.safety import faults
from webchat.rendering.blocks import Blocks
from webchat.rendering.citations import accepted, marked
from webchat.rendering.markdown import render

SUN = {1: "https://example.org/sun"}
LINK = (
    '<sup class="citation"><a href="https://example.org/sun" aria-label="Source 1" '
    'target="_blank" rel="noopener noreferrer nofollow">[1]</a></sup>'
)


def cited(text: str, *places: int, addresses: dict[int, str] = SUN) -> str:
    """A text's HTML with its first source at some places."""
    blocks = Blocks(addresses)
    blocks.update(marked(text, [(at, 1) for at in places]))
    blocks.finish()
    return "".join(blocks.settled)


def behind(text: str, words: str) -> str:
    """A text's HTML with its first source behind some words of it."""
    return cited(text, text.index(words) + len(words))


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("The sun. The moon.", "sun.", f"<p>The sun.{LINK} The moon.</p>"),
        ("It is **so.** Yes", "so.**", f"<strong>so.</strong>{LINK} Yes"),
        ("- one\n- two\n", "one\n", f"<li>one{LINK}</li>"),
        ("See [here](https://a.example).", "he", f">here</a>{LINK}."),
        ("At https://a.example/b there", "/b", f"/b</a>{LINK} there"),
        ("| a |\n|---|\n| b |\n", "| b |", f"<td>b{LINK}</td>"),
        ("Over.\n\n", "\n\n", f"<p>Over.{LINK}</p>"),
    ],
)
def test_a_number_stands_behind_the_words_that_it_is_for(text: str, words: str, html: str) -> None:
    assert html in behind(text, words)
    assert faults(behind(text, words)) == []


def test_several_sources_of_one_place_stand_in_order() -> None:
    blocks = Blocks({1: "https://a.example/", 2: "https://b.example/"})
    blocks.update(marked("Both", [(4, 2), (4, 1), (4, 1)]))
    blocks.finish()
    assert re.findall(r"\[\d]", blocks.settled[0]) == ["[1]", "[2]"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "", "data:text/html,x", "//evil.example"]
)
def test_a_number_whose_source_may_not_be_followed_is_no_link(address: str) -> None:
    html = cited("So.", 3, addresses={1: address})
    assert '<sup class="citation">[1]</sup>' in html and "<a " not in html


@pytest.mark.parametrize("address", STRINGS)
def test_hostile_addresses_are_safe(address: str) -> None:
    assert faults(cited("So.", 3, addresses={1: address})) == []


@settings(max_examples=300, deadline=None)
@given(texts | st.sampled_from(STRINGS), st.lists(st.integers(0, 400), min_size=1, max_size=5))
def test_wherever_a_number_belongs_the_text_is_what_it_is_without(
    text: str, places: list[int]
) -> None:
    plain = render(text)
    html = accepted(cited(text, *(at % (len(text) + 1) for at in places)), plain)
    assert re.sub(r'<sup class="citation">.*?</sup>', "", html) == plain
    assert faults(html) == []


def test_nearly_all_places_of_an_answer_have_a_number() -> None:
    words = ("mild", "C;", "code`", "one\n", "**bold**", "nested", "second", "New York", "more")
    ends = [ANSWER.index(each) + len(each) for each in words]
    for at in ends:
        assert "citation" in accepted(cited(ANSWER, at), render(ANSWER))


def test_characters_that_stand_for_numbers_elsewhere_are_none_in_a_text() -> None:
    html = cited("\u2e28\U000f0001\u2e29 so", 6)
    assert html.count("<sup") == 1
    assert "citation" not in render("\u2e28\U000f0001\u2e29 so")
