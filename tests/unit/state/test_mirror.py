"""The difference between what a tab has and what it should have, as frames."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.state.page import Page
from webchat.state.mirror import Mirror, utf16_length

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)
NODES = st.dictionaries(
    st.sampled_from("abcd"), st.dictionaries(st.sampled_from("xyz"), JSON, max_size=3), max_size=4
)


def put_all(mirror: Mirror, nodes: dict[str, dict[str, Any]]) -> None:
    mirror.drop([key for key in mirror.keys_under("") if key not in nodes])
    for key, node in nodes.items():
        mirror.put(key, node)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NODES, min_size=1, max_size=6))
def test_a_page_that_takes_every_frame_has_what_the_mirror_has(history: list[Any]) -> None:
    mirror, page = Mirror(), Page()
    for nodes in history:
        put_all(mirror, nodes)
        frame = mirror.take()
        if frame is not None:
            assert page.apply(frame)
        assert page.nodes == nodes


def test_a_growing_text_costs_what_was_added() -> None:
    mirror = Mirror()
    text = "<p>" + "word " * 2000
    mirror.put("b", {"html": text + "</p>"})
    mirror.take()
    mirror.put("b", {"html": text + "more</p>"})
    frame = mirror.take()
    assert frame is not None
    assert len(json.dumps(frame)) < 80


def test_a_growing_list_costs_what_was_added() -> None:
    mirror = Mirror()
    blocks = [f"b{i}" for i in range(500)]
    mirror.put("p", {"blocks": blocks})
    mirror.take()
    mirror.put("p", {"blocks": [*blocks, "b500"]})
    assert mirror.take() == [mirror._epoch, 1, [["+", "p", "blocks", ["b500"]]]]


def test_nothing_changed_is_no_frame() -> None:
    mirror = Mirror()
    mirror.put("a", {"x": 1})
    mirror.take()
    mirror.put("a", {"x": 1})
    assert mirror.take() is None


def test_a_page_that_missed_a_frame_notices_and_is_right_after_a_restart() -> None:
    mirror, page = Mirror(), Page()
    mirror.put("a", {"x": 1})
    page.apply(mirror.take() or [])
    mirror.put("a", {"x": 2})
    mirror.take()  # lost on the way
    mirror.put("a", {"x": 3})
    assert not page.apply(mirror.take() or [])
    mirror.restart()
    assert page.apply(mirror.take() or [])
    assert page.nodes == {"a": {"x": 3}}


def test_lengths_are_counted_as_the_browser_counts_them() -> None:
    assert utf16_length("naïve") == 5
    assert utf16_length("a😀b") == 4


def test_a_node_is_known_by_the_very_object_and_choice_that_it_was_drawn_from() -> None:
    mirror, source, twin = Mirror(), ["a"], ["a"]
    mirror.put("p", {"x": 1})
    mirror.drawn("p", source, 1)
    assert mirror.shows("p", source, 1)
    assert not mirror.shows("p", twin, 1) and not mirror.shows("p", source, 2)
    assert not mirror.shows("other", source, 1)


def test_a_node_that_was_dropped_is_to_be_drawn_again() -> None:
    mirror, source = Mirror(), object()
    mirror.put("p", {"x": 1})
    mirror.drawn("p", source)
    mirror.drop(["p"])
    assert not mirror.shows("p", source)
