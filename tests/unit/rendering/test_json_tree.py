"""JSON as a tree that opens and shuts, in one line, and as text to copy."""

from __future__ import annotations

import json
import re
import tracemalloc
from html import unescape
from typing import Any

import pytest

from webchat.rendering import limits
from webchat.rendering.json_tree import offers, pretty, summary, tree


def buttons(html: str) -> dict[str, str]:
    """The places that can be asked for, and what their buttons say."""
    return dict(re.findall(r'data-show="([^"]*)">([^<]*)<', html))


def test_every_kind_of_value_has_its_class() -> None:
    html = tree({"s": "x", "n": 1.5, "t": True, "z": None, "e": [], "l": [1]})
    for expected in (
        '<span class="json-key">s</span>: <span class="json-string">"x"</span>',
        '<span class="json-number">1.5</span>',
        '<span class="json-bool">true</span>',
        '<span class="json-null">null</span>',
        '<span class="json-count">[]</span>',
        '<span class="json-index">0</span> <span class="json-number">1</span>',
        '<span class="json-count">{6}</span>',
    ):
        assert expected in html


def test_deep_levels_are_there_but_shut() -> None:
    html = tree({"a": {"b": {"c": "deep"}}}, depth=2)
    assert html.count("<details open") == 2
    assert html.count("<details>") == 1
    assert "deep" in html


def test_a_place_that_was_asked_for_is_open_with_all_it_is_within() -> None:
    html = tree({"a": {"b": {"c": {"d": 1}}, "x": {"y": {"z": 1}}}}, expanded=["/a/b/c"], depth=1)
    assert html.count("<details open") == 4
    assert html.count("<details>") == 2


def test_a_long_string_is_cut_until_it_is_asked_for() -> None:
    value = {"a/b~": "x" * 48_000}
    html = tree(value)
    assert buttons(html) == {"/a~1b~0": "show all · 48 kB"}
    assert len(html) < 3_000
    asked = tree(value, expanded=list(buttons(html)))
    assert "x" * 48_000 in asked
    assert buttons(asked) == {}


def test_many_children_are_cut_until_they_are_asked_for() -> None:
    value = {"n": list(range(2_000))}
    html = tree(value)
    assert buttons(html) == {"/n": "show all · 2,000 items"}
    assert html.count('class="json-number"') == limits.JSON_CHILDREN
    assert tree(value, expanded=["/n"]).count('class="json-number"') == 2_000


def test_whatever_is_left_out_for_size_can_be_asked_for() -> None:
    value = [[["y" * 1_000] * 50] * 20] * 20
    html = tree(value)
    assert len(html) < 2 * limits.JSON_HTML
    place = next(iter(buttons(html)))
    grown = tree(value, expanded=[place])
    assert len(grown) > len(html)
    assert place not in buttons(grown)


def test_asking_for_one_place_does_not_bring_everything() -> None:
    value = {"first": "x" * 3_000, "rest": [["y" * 1_000] * 50] * 100}
    assert len(tree(value, expanded=["/first"])) < len(tree(value)) + 5_000


@pytest.mark.parametrize("key", ["a\x00b", "\ud800", "\u202e", '"><b>', "~1/", "", " "])
def test_a_button_finds_its_place_whatever_the_key(key: str) -> None:
    value = {key: "x" * 5_000}
    (place,) = map(unescape, buttons(tree(value)))
    assert offers(value, place)
    assert "x" * 5_000 in tree(value, expanded=[place])


def test_a_tree_offers_exactly_what_it_has_buttons_for() -> None:
    value = {
        "a": ["x" * 5_000, "short"],
        "n": [*[0] * 105, ["x" * 5_000]],
        "s": {"deep": [1, {"k": 2}]},
    }
    expanded: list[str] = []
    for _ in range(3):
        places = buttons(tree(value, expanded=expanded))
        candidates = ["", "/a", "/a/0", "/a/1", "/n", "/n/0", "/n/105/0", "/s/deep", "/none"]
        for place in [*candidates, *places]:
            assert offers(value, place, expanded) == (place in places), place
        expanded += places
    assert expanded == ["/a/0", "/n", "/n/105/0"]


def test_what_was_asked_for_is_bounded_too_and_says_where_it_ends() -> None:
    for value in (["x" * 3_000_000], list(range(300_000)), [[[]] * 5_000] * 5_000):
        html = tree(value, expanded=["", "/0", "/1"])
        assert len(html) < 1.5 * (limits.JSON_HTML + limits.JSON_HTML_EXPANDED)
        assert "copy it to see all" in html
        assert buttons(html) == {}


@pytest.mark.parametrize(
    "pointer", ["/" * 400_000, "/a" * 200_000, "/" + "a" * 400_000, "a" * 400_000, "~" * 400_000]
)
def test_a_pointer_costs_no_more_than_its_length(pointer: str) -> None:
    nested: Any = {}
    for _ in range(100):
        nested = {"": nested, "a": nested}
    tracemalloc.start()
    tree(nested, expanded=[pointer[number:] for number in range(5)])
    offered = offers(nested, pointer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not offered
    assert peak < 20 * len(pointer)


def test_a_key_too_long_for_a_pointer_has_a_note_instead_of_a_button() -> None:
    long = "k" * 100_000
    html = tree({long: {long: ["x" * 5_000, *range(500)]}}, depth=9)
    assert buttons(html) == {}
    assert html.count("copy it to see all") == 2


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ([1, 2, 3], "3 items"),
        ([1], "1 item"),
        ("a\n b", "a b"),
        ("x" * 100, "x" * 79 + "…"),
        ({"a": 1, "b": {"c": 2}, "d": [], "e": [1, 2]}, '{a: 1, b: {…}, d: [], e: [2]}'),
        ({}, "{}"),
        ([], "[]"),
        (None, "null"),
        (True, "true"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_value_in_one_line(value: Any, line: str) -> None:
    assert summary(value) == line


def test_what_is_copied_is_the_json() -> None:
    value = {"ä": [1, {"b": None}]}
    assert json.loads(pretty(value)) == value
    assert pretty(value).startswith('{\n  "ä": [')
