"""A growing text as blocks: each is put once per tab, and a corrected text begins anew."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.screen.page import shown
from webchat.screen.prose import Prose
from webchat.screen.replica import Replica
from webchat.transcript.parts import Citation

ALL = 1_000_000
PARAGRAPHS = "".join(f"paragraph {n} of *some*\n\n" for n in range(12))


class Counting(Replica):
    """A replica that remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def put(self, key: str, record: Any) -> None:
        self.given.append(key)
        super().put(key, record)


def html(replica: Replica, put: tuple[list[str], str]) -> str:
    records, (blocks, tail) = shown(replica), put
    return "".join(records[key]["html"] for key in [*blocks, *filter(None, [tail])])


def whole(text: str) -> str:
    prose, replica = Prose("b:1"), Replica()
    prose.update(text, growing=False, limit=ALL)
    return html(replica, prose.put(replica))


def test_a_settled_block_is_put_once_however_long_the_text_goes_on():
    prose, replica = Prose("b:1"), Counting()
    for end in range(1, len(PARAGRAPHS)):
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        prose.put(replica)
    keys, tail = prose.put(replica)
    settled = [key for key in replica.given if not key.endswith("t")]
    assert settled == sorted(set(settled), key=settled.index) == keys
    assert len(keys) > 8 and tail not in keys


def test_a_tab_that_comes_late_gets_every_block_once():
    prose, early, late = Prose("b:1"), Replica(), Counting()
    prose.update(PARAGRAPHS, growing=True, limit=ALL)
    prose.put(early)
    keys, _ = prose.put(late)
    assert sorted(key for key in late.given if not key.endswith("t")) == sorted(keys)
    prose.put(late)
    assert len([key for key in late.given if not key.endswith("t")]) == len(keys)


def test_the_end_leaves_no_growing_block():
    prose, replica = Prose("b:1"), Replica()
    prose.update("half a", growing=True, limit=ALL)
    growing = prose.put(replica)[1]
    assert growing in replica
    prose.update("half a sentence", growing=False, limit=ALL)
    keys, tail = prose.put(replica)
    assert len(keys) == 1 and tail == "" and growing not in replica


def test_a_corrected_text_has_other_blocks_under_other_names():
    prose, replica = Prose("b:1"), Replica()
    prose.update("first\n\nsecond\n\nthird", growing=True, limit=ALL)
    before, _ = prose.put(replica)
    prose.update("quite\n\nanother\n\nthing", growing=True, limit=ALL)
    after, tail = prose.put(replica)
    assert before and after and not set(before) & set(after)
    assert html(replica, (after, tail)).count("first") == 0


def test_a_text_that_was_finished_and_goes_on_begins_anew():
    prose, replica = Prose("b:1"), Replica()
    prose.update("one", growing=False, limit=ALL)
    before, _ = prose.put(replica)
    prose.update("one two", growing=False, limit=ALL)
    after = prose.put(replica)
    assert not set(before) & set(after[0])
    assert html(replica, after) == whole("one two")


def test_a_finished_text_that_is_told_again_stays():
    prose, replica = Prose("b:1"), Replica()
    prose.update("one", growing=False, limit=ALL)
    before = prose.put(replica)
    prose.update("one", growing=False, limit=ALL)
    assert prose.put(replica) == before


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=12), st.booleans())
def test_the_pieces_do_not_matter(cuts: list[int], corrected: bool):
    prose, replica = Prose("b:1"), Replica()
    if corrected:
        prose.update("something else\n\nat first", growing=True, limit=ALL)
        prose.put(replica)
    end = 0
    for cut in cuts:
        end += cut
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        prose.put(replica)
    prose.update(PARAGRAPHS, growing=False, limit=ALL)
    assert html(replica, prose.put(replica)) == whole(PARAGRAPHS)


def test_a_growing_block_that_settles_is_another_node_and_the_old_one_goes():
    prose, replica = Prose("b:1"), Replica()
    for end in range(0, len(PARAGRAPHS), 7):
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        keys, tail = prose.put(replica)
        assert set(replica.keys_under("b:1")) == {*keys, *filter(None, [tail])}


@settings(deadline=None)
@given(st.integers(1, 100))
def test_a_text_too_long_for_one_frame_comes_over_several(limit: int):
    prose, replica, taken = Prose("b:1"), Replica(), []
    while not prose.whole:
        taken.append(prose.update(PARAGRAPHS, growing=False, limit=limit))
        prose.put(replica)
    assert len(taken) > 1
    assert all(cost >= limit for cost in taken[:-1])
    assert html(replica, prose.put(replica)) == whole(PARAGRAPHS)


def test_without_room_nothing_is_taken_and_it_is_not_whole():
    prose, replica = Prose("b:1"), Replica()
    assert prose.update("text", growing=False, limit=0) == 0
    assert not prose.whole and prose.put(replica) == ([], "")


SOURCES = (Citation(1, 13, "https://example.org/a"), Citation(2, 28, "javascript:alert(1)"))


def numbers(html: str) -> list[str]:
    return re.findall(r"\[\d]", html)


@pytest.mark.parametrize("limit", [1, 30, ALL])
def test_a_text_has_the_numbers_of_its_sources_when_it_is_complete(limit: int):
    text = "What is told.\n\nAnd what else.\n"
    prose, replica, seen = Prose("b:1"), Counting(), []
    for growing in (True, False):
        while True:
            prose.update(text, growing=growing, limit=limit, citations=SOURCES)
            seen.append(html(replica, prose.put(replica)))
            if prose.whole:
                break
    assert numbers(seen[-1]) == ["[1]", "[2]"]
    assert seen[-1].count("<a ") == 1
    plain = [each for each in seen if not numbers(each)]
    assert plain and all(whole(text).startswith(each) for each in plain)
    later = Replica()
    assert html(later, prose.put(later)) == seen[-1]


def test_only_blocks_with_a_number_are_put_again():
    prose, replica = Prose("b:1"), Counting()
    prose.update(PARAGRAPHS, growing=False, limit=ALL)
    prose.put(replica)
    replica.take()
    prose.update(PARAGRAPHS, growing=False, limit=ALL, citations=SOURCES[:1])
    prose.put(replica)
    delta = replica.take()
    assert delta and len(delta[2]) == 1


def test_sources_that_a_correction_takes_away_leave_no_number():
    prose, replica = Prose("b:1"), Replica()
    prose.update("What is told.", growing=False, limit=ALL, citations=SOURCES[:1])
    assert numbers(html(replica, prose.put(replica)))
    prose.update("What is told.", growing=False, limit=ALL)
    assert html(replica, prose.put(replica)) == whole("What is told.")
