"""A growing text as blocks: each is put once per tab, and a corrected text begins anew."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.state.page import shown
from webchat.state.mirror import Mirror
from webchat.state.prose import Prose

ALL = 1_000_000
PARAGRAPHS = "".join(f"paragraph {n} of *some*\n\n" for n in range(12))


class Counting(Mirror):
    """A mirror that remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def put(self, key: str, node: Any) -> None:
        self.given.append(key)
        super().put(key, node)


def html(mirror: Mirror, put: tuple[list[str], str]) -> str:
    nodes, (blocks, tail) = shown(mirror), put
    return "".join(nodes[key]["html"] for key in [*blocks, *filter(None, [tail])])


def whole(text: str) -> str:
    prose, mirror = Prose("b:1"), Mirror()
    prose.update(text, growing=False, limit=ALL)
    return html(mirror, prose.put(mirror))


def test_a_settled_block_is_put_once_however_long_the_text_goes_on():
    prose, mirror = Prose("b:1"), Counting()
    for end in range(1, len(PARAGRAPHS)):
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        prose.put(mirror)
    keys, tail = prose.put(mirror)
    settled = [key for key in mirror.given if not key.endswith("t")]
    assert settled == sorted(set(settled), key=settled.index) == keys
    assert len(keys) > 8 and tail not in keys


def test_a_tab_that_comes_late_gets_every_block_once():
    prose, early, late = Prose("b:1"), Mirror(), Counting()
    prose.update(PARAGRAPHS, growing=True, limit=ALL)
    prose.put(early)
    keys, _ = prose.put(late)
    assert sorted(key for key in late.given if not key.endswith("t")) == sorted(keys)
    prose.put(late)
    assert len([key for key in late.given if not key.endswith("t")]) == len(keys)


def test_the_end_leaves_no_growing_block():
    prose, mirror = Prose("b:1"), Mirror()
    prose.update("half a", growing=True, limit=ALL)
    growing = prose.put(mirror)[1]
    assert growing in mirror
    prose.update("half a sentence", growing=False, limit=ALL)
    keys, tail = prose.put(mirror)
    assert len(keys) == 1 and tail == "" and growing not in mirror


def test_a_corrected_text_has_other_blocks_under_other_names():
    prose, mirror = Prose("b:1"), Mirror()
    prose.update("first\n\nsecond\n\nthird", growing=True, limit=ALL)
    before, _ = prose.put(mirror)
    prose.update("quite\n\nanother\n\nthing", growing=True, limit=ALL)
    after, tail = prose.put(mirror)
    assert before and after and not set(before) & set(after)
    assert html(mirror, (after, tail)).count("first") == 0


def test_a_text_that_was_finished_and_goes_on_begins_anew():
    prose, mirror = Prose("b:1"), Mirror()
    prose.update("one", growing=False, limit=ALL)
    before, _ = prose.put(mirror)
    prose.update("one two", growing=False, limit=ALL)
    after = prose.put(mirror)
    assert not set(before) & set(after[0])
    assert html(mirror, after) == whole("one two")


def test_a_finished_text_that_is_told_again_stays():
    prose, mirror = Prose("b:1"), Mirror()
    prose.update("one", growing=False, limit=ALL)
    before = prose.put(mirror)
    prose.update("one", growing=False, limit=ALL)
    assert prose.put(mirror) == before


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=12), st.booleans())
def test_the_pieces_do_not_matter(cuts: list[int], corrected: bool):
    prose, mirror = Prose("b:1"), Mirror()
    if corrected:
        prose.update("something else\n\nat first", growing=True, limit=ALL)
        prose.put(mirror)
    end = 0
    for cut in cuts:
        end += cut
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        prose.put(mirror)
    prose.update(PARAGRAPHS, growing=False, limit=ALL)
    assert html(mirror, prose.put(mirror)) == whole(PARAGRAPHS)


def test_a_growing_block_that_settles_is_another_node_and_the_old_one_goes():
    prose, mirror = Prose("b:1"), Mirror()
    for end in range(0, len(PARAGRAPHS), 7):
        prose.update(PARAGRAPHS[:end], growing=True, limit=ALL)
        keys, tail = prose.put(mirror)
        assert set(mirror.keys_under("b:1")) == {*keys, *filter(None, [tail])}


@settings(deadline=None)
@given(st.integers(1, 100))
def test_a_text_too_long_for_one_frame_comes_over_several(limit: int):
    prose, mirror, taken = Prose("b:1"), Mirror(), []
    while not prose.whole:
        taken.append(prose.update(PARAGRAPHS, growing=False, limit=limit))
        prose.put(mirror)
    assert max(taken) <= limit and sum(taken) == len(PARAGRAPHS)
    assert html(mirror, prose.put(mirror)) == whole(PARAGRAPHS)


def test_without_room_nothing_is_taken_and_it_is_not_whole():
    prose, mirror = Prose("b:1"), Mirror()
    assert prose.update("text", growing=False, limit=0) == 0
    assert not prose.whole and prose.put(mirror) == ([], "")
