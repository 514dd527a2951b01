"""The difference between what a tab has and what it should have, as deltas."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.screen.page import Page
from webchat import limits
from webchat.screen.replica import Replica, utf16_length

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=6,
)
NODES = st.dictionaries(
    st.sampled_from("abcd"), st.dictionaries(st.sampled_from("xyz"), JSON, max_size=3), max_size=4
)


def put_all(replica: Replica, records: dict[str, dict[str, Any]]) -> None:
    replica.delete([key for key in replica.keys_under("") if key not in records])
    for key, record in records.items():
        replica.put(key, record)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NODES, min_size=1, max_size=6))
def test_a_page_that_takes_every_frame_has_what_the_replica_has(history: list[Any]) -> None:
    replica, page = Replica(), Page()
    for records in history:
        put_all(replica, records)
        delta = replica.take()
        if delta is not None:
            assert page.apply(delta)
        assert page.records == records


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NODES, min_size=1, max_size=6), st.integers(1, 200))
def test_a_page_that_gets_it_in_small_deltas_has_it_in_the_end(
    history: list[Any], most: int
) -> None:
    replica, page = Replica(), Page()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "DELTA", most)
        for number, records in enumerate(history):
            put_all(replica, records)
            if number == len(history) // 2:
                replica.restart()
            assert page.apply(replica.take() or [page.epoch, page.seq, []])
        while delta := replica.take():
            assert page.apply(delta)
    assert page.records == history[-1] and not replica.has_more


def test_a_long_thread_comes_in_deltas_of_a_bounded_length() -> None:
    replica, sizes = Replica(), list[int]()
    for number in range(100):
        replica.put(f"b:{number}", {"html": "word " * 2_000})
    while delta := replica.take():
        sizes.append(len(json.dumps(delta)))
    assert len(sizes) > 8 and max(sizes) < 1.1 * limits.DELTA


def test_a_growing_text_costs_what_was_added() -> None:
    replica = Replica()
    text = "<p>" + "word " * 2000
    replica.put("b", {"html": text + "</p>"})
    replica.take()
    replica.put("b", {"html": text + "more</p>"})
    delta = replica.take()
    assert delta is not None
    assert len(json.dumps(delta)) < 80


def test_a_growing_list_costs_what_was_added() -> None:
    replica = Replica()
    blocks = [f"b{i}" for i in range(500)]
    replica.put("p", {"blocks": blocks})
    replica.take()
    replica.put("p", {"blocks": [*blocks, "b500"]})
    delta = replica.take()
    assert delta is not None and delta[1:] == [1, [["append", "p", "blocks", ["b500"]]]]


def test_nothing_changed_is_no_frame() -> None:
    replica = Replica()
    replica.put("a", {"x": 1})
    replica.take()
    replica.put("a", {"x": 1})
    assert replica.take() is None


def test_a_page_that_missed_a_frame_notices_and_is_right_after_a_restart() -> None:
    replica, page = Replica(), Page()
    replica.put("a", {"x": 1})
    page.apply(replica.take() or [])
    replica.put("a", {"x": 2})
    replica.take()  # lost on the way
    replica.put("a", {"x": 3})
    assert not page.apply(replica.take() or [])
    replica.restart()
    assert page.apply(replica.take() or [])
    assert page.records == {"a": {"x": 3}}


def test_lengths_are_counted_as_the_browser_counts_them() -> None:
    assert utf16_length("naïve") == 5
    assert utf16_length("a😀b") == 4


def test_a_node_is_known_by_the_very_object_and_choice_that_it_was_drawn_from() -> None:
    replica, source, twin = Replica(), ["a"], ["a"]
    replica.put("p", {"x": 1})
    replica.drawn("p", source, 1)
    assert replica.shows("p", source, 1)
    assert not replica.shows("p", twin, 1) and not replica.shows("p", source, 2)
    assert not replica.shows("other", source, 1)


def test_a_node_that_was_dropped_is_to_be_drawn_again() -> None:
    replica, source = Replica(), object()
    replica.put("p", {"x": 1})
    replica.drawn("p", source)
    replica.delete(["p"])
    assert not replica.shows("p", source)
