"""Invariant 2: any beginning of a stream is fine, and what is shown only grows.

Only what decides about messages (`values`, `metadata`) may take away what was shown.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import captures
from tests.unit.transcript.stories import NOW, all_parts, follow, reduced, sent
from webchat.agent_server.events import StreamEvent
from webchat.transcript import Part, Reasoning, Text, ToolCall, Transcript

SMALL = 6 * 1024
TAKES_AWAY = ("values", "metadata")

SMALL_ONES = [name for name in captures.names() if len(captures.raw(name)) <= SMALL]
LARGE_ONES = [name for name in captures.names() if len(captures.raw(name)) > SMALL]


def stream_of(name: str) -> tuple[StreamEvent, ...]:
    """The events from the run's start on: `resume_part2` is the rest of `resume_part1`."""
    start = captures.events("resume_part1") if name == "resume_part2" else ()
    return (*start, *captures.events(name))


def parts_of(transcript: Transcript) -> dict[tuple[str, str], Part]:
    return {(t.id, part.id): part for t in transcript.turns for part in all_parts(t.parts)}


def assert_grew(before: Part, after: Part, event: StreamEvent) -> None:
    """A part never says less than it did, whatever the event."""
    assert type(before) is type(after)
    if isinstance(before, Text | Reasoning) and isinstance(after, Text | Reasoning):
        assert after.text.startswith(before.text), event
    if isinstance(before, ToolCall) and isinstance(after, ToolCall):
        assert before.name in ("", after.name)
        assert before.arguments in (None, after.arguments)
        assert before.result in (None, after.result)
        if after.arguments is None:
            assert after.arguments_text.startswith(before.arguments_text)
        assert len(before.children) <= len(after.children)


@pytest.mark.parametrize("name", captures.names())
def test_what_is_shown_only_grows_event_by_event(name: str) -> None:
    transcript = Transcript()
    transcript.start_run(sent(name), NOW)
    shown = parts_of(transcript)
    for event in stream_of(name):
        transcript.apply(event)
        now = parts_of(transcript)
        for key in shown.keys() & now.keys():
            assert_grew(shown[key], now[key], event)
        if event.mode not in TAKES_AWAY:
            assert shown.keys() <= now.keys(), event
        shown = now


@pytest.mark.parametrize("name", captures.names())
def test_ids_are_unique_and_turns_keep_theirs(name: str) -> None:
    transcript = Transcript()
    transcript.start_run(sent(name), NOW)
    for event in captures.events(name):
        transcript.apply(event)
        ids = [turn.id for turn in transcript.turns]
        assert len(set(ids)) == len(ids)
        for turn in transcript.turns:
            inner = [part.id for part in all_parts(turn.parts)]
            assert len(set(inner)) == len(inner)


@pytest.mark.parametrize("name", captures.names())
def test_looking_at_every_event_changes_nothing_at_the_end(name: str) -> None:
    looked = Transcript()
    looked.start_run(sent(name), NOW)
    for event in captures.events(name):
        looked.apply(event)
        looked.turns
    assert looked.turns == follow(name).turns


@pytest.mark.parametrize("name", captures.names())
def test_partial_arguments_are_prefixes_of_the_final_ones(name: str) -> None:
    transcript = Transcript()
    transcript.start_run(sent(name), NOW)
    written: dict[str, list[str]] = {}
    final: dict[str, Any] = {}
    for event in captures.events(name):
        transcript.apply(event)
        for part in parts_of(transcript).values():
            if isinstance(part, ToolCall) and part.arguments is None:
                written.setdefault(part.id, []).append(part.arguments_text)
            elif isinstance(part, ToolCall):
                final[part.id] = part.arguments
    for id, steps in written.items():
        assert all(b.startswith(a) for a, b in pairwise(steps))
        assert id in final
        squeezed = json.dumps(final[id], separators=(",", ":")).replace(" ", "")
        assert squeezed.startswith(steps[-1].replace(" ", ""))


@pytest.mark.parametrize("name", SMALL_ONES)
def test_looking_on_the_way_shows_the_same_as_looking_once_at_any_prefix(name: str) -> None:
    looked = Transcript()
    looked.start_run(sent(name), NOW)
    for count, event in enumerate(captures.events(name), start=1):
        looked.apply(event)
        assert_alike(looked, reduced(captures.events(name)[:count], sent(name)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(LARGE_ONES), st.floats(0, 1), st.integers(1, 7))
@example("threadstream_default", 1.0, 6)  # a look between two of its runs filed facts twice
def test_looking_now_and_then_shows_the_same_as_looking_once(
    name: str, cut: float, every: int
) -> None:
    events = captures.events(name)
    events = events[: int(len(events) * cut)]
    looked = Transcript()
    looked.start_run(sent(name), NOW)
    for count, event in enumerate(events):
        looked.apply(event)
        if count % every == 0:
            looked.turns
    assert_alike(looked, reduced(events, sent(name)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(captures.names()), st.floats(0, 1))
def test_nothing_grows_or_runs_after_a_stream_that_was_cut_is_lost(name: str, cut: float) -> None:
    events = captures.events(name)
    transcript = reduced(events[: int(len(events) * cut)], sent(name))
    transcript.settle(None, "lost", NOW)
    for turn in transcript.turns:
        assert not turn.live
        for part in all_parts(turn.parts):
            assert not getattr(part, "growing", False) and not getattr(part, "live", False)
            assert not isinstance(part, ToolCall) or part.status not in ("writing", "running")


def assert_alike(one: Transcript, other: Transcript) -> None:
    """The same in every field, those of nested runs and those that only a stream gives too."""
    assert one.turns == other.turns
    for turn, twin in zip(one.turns, other.turns, strict=True):
        inner, outer = list(all_parts(turn.parts)), list(all_parts(twin.parts))
        assert [repr(part) for part in inner] == [repr(part) for part in outer]
