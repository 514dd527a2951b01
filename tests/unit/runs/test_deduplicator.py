"""Joining again and replaying, in whole or in part, shows and keeps nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import captures
from tests.unit.transcript.stories import (
    NOW,
    chunk,
    event,
    human,
    sent,
    texts,
    values,
)
from webchat.agent_server.events import StreamEvent
from webchat.runs.deduplicator import Deduplicator
from webchat.runs.wire_log import WireLog
from webchat.transcript import Events, Text, ToolCall, Transcript

FROM_THE_START = [
    name
    for name in captures.names()
    if captures.events(name)[0].id is not None
    and captures.events(name)[0].mode == "metadata"
    and name != "threadstream_default"  # a thread's stream, and its last two events are alike
]
"""The recordings that a server can replay."""


class Followed:
    """A run as a feed follows it: what is not a repeat goes to the wire log and the transcript."""

    def __init__(self, messages: Iterable[Mapping[str, Any]] = (), joined: bool = False) -> None:
        self.deduplicator = Deduplicator(joined=joined)
        self.wire = WireLog("run", NOW)
        self.transcript = Transcript()
        self.transcript.start_run(list(messages), NOW)

    def take(self, *events: StreamEvent) -> Followed:
        for each in events:
            if not self.deduplicator.repeats(each):
                self.wire.add(each)
                self.transcript.apply(each)
        return self

    @property
    def kept(self) -> list[tuple[str, str | None]]:
        return [(row.mode, row.raw) for row in self.wire.events]


def whole(name: str) -> Followed:
    """All of a recording, once."""
    return Followed(sent(name)).take(*captures.events(name))


def assert_same(one: Followed, other: Followed) -> None:
    assert one.kept == other.kept
    assert_same_turns(one.transcript, other.transcript)


def assert_same_turns(again: Transcript, once: Transcript) -> None:
    assert again.turns == once.turns
    for turn, other in zip(again.turns, once.turns, strict=True):
        for part, twin in zip(turn.parts, other.parts, strict=True):
            if isinstance(part, Events) and isinstance(twin, Events):
                assert [e.data for e in part.recent] == [e.data for e in twin.recent]
            if isinstance(part, ToolCall) and isinstance(twin, ToolCall):
                assert [p.data for p in part.progress] == [p.data for p in twin.progress]
                assert part.children == twin.children


@pytest.mark.parametrize("name", FROM_THE_START)
@pytest.mark.parametrize("times", [2, 3])
def test_a_whole_replay_shows_nothing_twice(name: str, times: int) -> None:
    assert_same(Followed(sent(name)).take(*captures.events(name) * times), whole(name))


@pytest.mark.parametrize("name", FROM_THE_START)
def test_nothing_goes_away_while_a_replay_catches_up(name: str) -> None:
    events = captures.events(name)
    middle = len(events) * 2 // 3
    followed = Followed(sent(name)).take(*events[:middle])
    shown = followed.transcript.turns
    for each in events[:middle]:
        followed.take(each)
        assert followed.transcript.turns is shown
    assert_same(followed.take(*events[middle:]), whole(name))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FROM_THE_START), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1))))
def test_any_number_of_cuts_and_overlaps_shows_all_of_it_once(
    name: str, joins: list[tuple[float, float]]
) -> None:
    """Each join replays from the start, then the server's queue repeats some of it, then on."""
    events = captures.events(name)
    followed, reached = Followed(sent(name)), 0
    for number, (cut, back) in enumerate([*joins, (1.0, 1.0)]):  # the last join gets through
        reached = max(reached, int(len(events) * cut))
        stream = events[:reached]
        if number > 0:  # the first stream is the one that started the run
            followed.deduplicator.rejoined()
            stream += events[int(reached * back) : reached]
        followed.take(*stream)
    assert_same(followed, whole(name))


@pytest.mark.parametrize("name", FROM_THE_START)
def test_each_event_delivered_twice_in_a_joined_stream_is_kept_once(name: str) -> None:
    doubled = [each for each in captures.events(name) for _ in range(2)]
    assert_same(Followed(sent(name), joined=True).take(*doubled), whole(name))


def test_the_recorded_join_in_mid_run_shows_every_token_once() -> None:
    last = whole("resumable_join_midrun_from0").transcript.turns[-1].parts[-1]
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


def followed(*events: StreamEvent, joined: bool = False) -> Followed:
    """A run with a human message of its own, and what came of it."""
    return Followed([human()], joined).take(*started(), *events)


def test_two_like_tokens_of_one_millisecond_are_both_shown() -> None:
    run = followed(token("|", 5), token("|", 5), token("-", 5))
    assert texts(run.transcript) == ["||-"]
    assert len(run.kept) == 5


def test_two_like_tokens_stay_two_after_a_replay() -> None:
    twins = [token("ha", 5), token("ha", 5)]
    run = followed(*twins)
    run.deduplicator.rejoined()
    run.take(*started(), *twins, token("!", 6))
    assert texts(run.transcript) == ["haha!"]


def test_a_run_that_was_joined_repeats_nothing_from_its_first_event_on() -> None:
    run = followed(token("a", 5), token("b", 6), token("b", 6), joined=True)
    assert texts(run.transcript) == ["ab"]
    assert len(run.kept) == 4, "the raw view has nothing twice either"


def test_a_replay_that_nobody_announced_is_recognised_by_its_first_event() -> None:
    run = followed(token("a", 5), token("b", 6))
    run.take(*started(), token("a", 5), token("b", 6), token("c", 7), token("c", 7))
    assert texts(run.transcript) == ["abc"]


def test_a_replay_cut_short_does_not_eat_what_comes_later() -> None:
    run = followed(token("a", 5), token("b", 6))
    run.deduplicator.rejoined()
    run.take(*started(), token("a", 5))
    run.deduplicator.rejoined()
    run.take(*started(), token("a", 5), token("b", 6), token("c", 7))
    assert texts(run.transcript) == ["abc"]


def test_an_unknown_event_is_kept_though_the_servers_clock_went_back() -> None:
    run = followed(token("a", 500), token("b", 6), token("c", 7))
    assert texts(run.transcript) == ["abc"]


def test_a_new_attempt_starts_the_answer_again_even_by_a_clock_that_is_behind() -> None:
    run = Followed([human()])
    run.take(*started(1000), token("half an", 1005), *started(10), token("a whole", 15))
    assert texts(run.transcript) == ["a whole"]


def test_events_without_an_id_cannot_be_replayed_and_are_all_kept() -> None:
    run = Followed([human()]).take(chunk("a", "ha"), chunk("a", "ha"))
    run.deduplicator.rejoined()
    run.take(chunk("a", "ha"))
    assert texts(run.transcript) == ["hahaha"] and len(run.kept) == 3


def test_a_new_attempt_of_a_run_without_ids_starts_the_answer_again() -> None:
    metadata = event("metadata", {"run_id": "r", "attempt": 1})
    stream = [metadata, values(human()), chunk("a", "half"), metadata, chunk("b", "whole")]
    assert texts(Followed([human()]).take(*stream).transcript) == ["whole"]


def test_the_end_of_a_run_in_a_threads_stream_is_no_new_attempt() -> None:
    done = event("metadata", {"status": "run_done", "run_id": "r"}, id="9-0")
    assert texts(followed(token("all", 5), done).transcript) == ["all"]


def test_opaque_ids_are_told_apart_by_their_names() -> None:
    def named(text: str, n: int) -> StreamEvent:
        message = {"type": "AIMessageChunk", "id": "a", "content": text}
        return event("messages", [message, {}], id=f"run_event_{n}")

    stream: Sequence[StreamEvent] = [named("x", 9), named("y", 10), named("x", 9), named("z", 11)]
    assert texts(followed(*stream).transcript) == ["xyz"]


def test_a_replay_keeps_the_times_of_the_first_showing() -> None:
    events = [*started(), token("a", 5)]
    run = Followed([human()]).take(*events)
    first = run.transcript.turns[-1].first_token_at
    run.take(*(StreamEvent.decode(e.mode, e.raw, e.id, NOW + 60) for e in events))
    assert first is not None
    assert run.transcript.turns[-1].first_token_at == first
