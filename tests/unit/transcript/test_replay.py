"""Invariant 3: joining again and replaying, in whole or in part, shows nothing twice."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import captures
from tests.unit.transcript.stories import (
    NOW,
    chunk,
    event,
    fold,
    follow,
    human,
    sent,
    texts,
    values,
)
from webchat.agent_server.events import StreamEvent
from webchat.transcript import Text, ToolCall, Transcript

FROM_THE_START = [
    name
    for name in captures.names()
    if captures.events(name)[0].id is not None
    and captures.events(name)[0].mode == "metadata"
    and name != "threadstream_default"  # a thread's stream, and its last two events are alike
]
"""The recordings that a server can replay."""


def assert_same(again: Transcript, once: Transcript) -> None:
    assert again.turns == once.turns
    for turn, other in zip(again.turns, once.turns, strict=True):
        assert [n.data for n in turn.asides] == [n.data for n in other.asides]
        for part, twin in zip(turn.parts, other.parts, strict=True):
            if isinstance(part, ToolCall) and isinstance(twin, ToolCall):
                assert [p.data for p in part.progress] == [p.data for p in twin.progress]
                assert part.children == twin.children


@pytest.mark.parametrize("name", captures.names())
@pytest.mark.parametrize("times", [2, 3])
def test_a_whole_replay_shows_nothing_twice(name: str, times: int) -> None:
    assert_same(fold(captures.events(name) * times, sent(name)), follow(name))


@pytest.mark.parametrize("name", FROM_THE_START)
def test_nothing_goes_away_while_a_replay_catches_up(name: str) -> None:
    events = captures.events(name)
    middle = len(events) * 2 // 3
    transcript = fold(events[:middle], sent(name))
    shown = transcript.turns
    for each in events[:middle]:
        transcript.apply(each)
        assert transcript.turns is shown
    for each in events[middle:]:
        transcript.apply(each)
    assert_same(transcript, follow(name))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FROM_THE_START), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1))))
def test_any_number_of_cuts_and_overlaps_shows_all_of_it_once(
    name: str, joins: list[tuple[float, float]]
) -> None:
    """Each join replays from the start, then the server's queue repeats some of it, then on."""
    events = captures.events(name)
    transcript, reached = fold((), sent(name)), 0
    for number, (cut, back) in enumerate([*joins, (1.0, 1.0)]):  # the last join gets through
        reached = max(reached, int(len(events) * cut))
        stream = events[:reached]
        if number > 0:  # the first stream is the one that started the run
            transcript.expect_replay()
            stream += events[int(reached * back) : reached]
        for each in stream:
            transcript.apply(each)
    assert_same(transcript, follow(name))


@pytest.mark.parametrize("name", FROM_THE_START)
def test_each_event_delivered_twice_shows_it_once(name: str) -> None:
    doubled = [each for each in captures.events(name) for _ in range(2)]
    assert_same(fold(doubled, sent(name)), follow(name))


def test_the_recorded_join_in_mid_run_shows_every_token_once() -> None:
    last = follow("resumable_join_midrun_from0").turns[-1].parts[-1]
    assert isinstance(last, Text)
    assert last.text == "".join(f"t{n} " for n in range(60))


def token(text: str, ms: int) -> StreamEvent:
    message = {"type": "AIMessageChunk", "id": "a", "content": text}
    return event("messages", [message, {}], id=f"{ms}-0")


def started(ms: int = 1, run: str = "r") -> list[StreamEvent]:
    return [
        event("metadata", {"run_id": run, "attempt": 1}, id=f"{ms}-0"),
        event("values", {"messages": [human()]}, id=f"{ms + 1}-0"),
    ]


def test_two_like_tokens_of_one_millisecond_are_both_shown() -> None:
    transcript = fold([*started(), token("|", 5), token("|", 5), token("-", 5)], [human()])
    assert texts(transcript) == ["||-"]


def test_a_run_that_was_joined_repeats_nothing_from_its_first_event_on() -> None:
    transcript = fold([*started(), token("a", 5), token("b", 6), token("b", 6)])
    assert texts(transcript) == ["ab"]


def test_after_a_join_like_events_of_one_id_are_shown_once() -> None:
    first = [*started(), token("a", 5), token("b", 6)]
    transcript = fold([*first, *first, token("c", 7), token("c", 7)], [human()])
    assert texts(transcript) == ["abc"]


def test_an_event_that_comes_later_than_its_successors_is_not_put_behind_them() -> None:
    transcript = fold([*started(), token("a", 5), token("c", 7), token("b", 6)], [human()])
    assert texts(transcript) == ["ac"]


def test_a_new_attempt_starts_the_answer_again_even_by_a_clock_that_is_behind() -> None:
    stream = [*started(1000), token("half an", 1005), *started(10), token("a whole", 15)]
    transcript = fold(stream, [human()])
    assert texts(transcript) == ["a whole"]


def test_a_new_attempt_of_a_run_without_ids_starts_the_answer_again() -> None:
    metadata = event("metadata", {"run_id": "r", "attempt": 1})
    stream = [metadata, values(human()), chunk("a", "half"), metadata, chunk("b", "whole")]
    assert texts(fold(stream, [human()])) == ["whole"]


def test_the_end_of_a_run_in_a_threads_stream_is_no_new_attempt() -> None:
    done = event("metadata", {"status": "run_done", "run_id": "r"}, id="9-0")
    assert texts(fold([*started(), token("all", 5), done], [human()])) == ["all"]


def test_opaque_ids_are_told_apart_by_their_names() -> None:
    def named(text: str, n: int) -> StreamEvent:
        message = {"type": "AIMessageChunk", "id": "a", "content": text}
        return event("messages", [message, {}], id=f"run_event_{n}")

    stream: Sequence[StreamEvent] = [named("x", 9), named("y", 10), named("x", 9), named("z", 11)]
    assert texts(fold([*started(), *stream], [human()])) == ["xyz"]


def test_a_replay_keeps_the_times_of_the_first_showing() -> None:
    events = [*started(), token("a", 5)]
    transcript = fold(events, [human()])
    first = transcript.turns[-1].first_token_at
    for each in events:
        transcript.apply(StreamEvent.decode(each.mode, each.raw, each.id, NOW + 60))
    assert first is not None
    assert transcript.turns[-1].first_token_at == first
