"""JSON as a tree that opens and shuts, in one line, and as text to copy."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from webchat.rendering.json_tree import LONG_CONTAINER, MAX_HTML, pretty, summary, tree


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
    value = {"n": list(range(5_000))}
    html = tree(value)
    assert buttons(html) == {"/n": "show all · 5,000 items"}
    assert html.count('class="json-number"') == LONG_CONTAINER
    assert tree(value, expanded=["/n"]).count('class="json-number"') == 5_000


def test_whatever_is_left_out_for_size_can_be_asked_for() -> None:
    value = [[["y" * 1_000] * 50] * 20] * 20
    html = tree(value)
    assert len(html) < 2 * MAX_HTML
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
    (place,) = (html_unescaped(each) for each in buttons(tree(value)))
    assert "x" * 5_000 in tree(value, expanded=[place])


def html_unescaped(text: str) -> str:
    return text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")


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
