"""Invariant 1: a run followed live, and the thread's state after it, show the same turns."""

from __future__ import annotations

import pytest

from tests import captures
from tests.unit.transcript.stories import final_state, final_status, follow, reduced, reloaded, sent
from webchat.transcript import Paused, RunError, Text

CUT_SHORT = {
    "breakpoint_1": "paused: before which node is in the state alone",
    "breakpoint_before": "paused: before which node is in the state alone",
    "cancel_interrupt_wait1": "stopped in mid-answer: the partial text is not in the state",
    "cancel_rollback_wait1": "rolled back: the state is the one before the run",
    "chat_custom": "only `custom` was asked for: the answer comes with the state alone",
    "error_boom_midstream_x": "failed in mid-answer: the partial text is not in the state",
    "error_boom_value": "failed in mid-answer: the partial text is not in the state",
    "restart_attempt1": "the server stopped in mid-answer: the run goes on in restart_attempt2",
    "resume_part1": "the client left in mid-answer: the run goes on in resume_part2",
    "server_stop_KILL": "the server was killed in mid-answer; no state was recorded",
}
"""Recordings that stop before the state does, each with its own expectation below."""


@pytest.mark.parametrize("name", sorted(set(captures.names()) - CUT_SHORT.keys()))
def test_live_equals_reloaded(name: str) -> None:
    assert follow(name).turns == reloaded(name)


@pytest.mark.parametrize("name", sorted(set(captures.names()) - CUT_SHORT.keys()))
def test_settling_with_the_state_changes_nothing_that_is_shown(name: str) -> None:
    transcript = follow(name)
    before = transcript.turns
    transcript.settle(final_state(name), final_status(name), 2e9, captures.thread(name))
    assert transcript.turns == before == reloaded(name)
    assert not transcript.turns or not transcript.turns[-1].live


@pytest.mark.parametrize("name", ["error_boom_midstream_x", "error_boom_value"])
def test_a_failed_run_keeps_its_partial_text_beside_what_a_reload_shows(name: str) -> None:
    transcript = follow(name)
    transcript.settle(final_state(name), "error", 2e9)
    *earlier, live = transcript.turns
    *earlier_reloaded, again = reloaded(name)
    assert earlier == earlier_reloaded
    partial, error = live.parts
    assert isinstance(partial, Text) and partial.text and not partial.growing
    assert isinstance(error, RunError) and again.parts == (error,)


def test_a_stopped_run_keeps_its_partial_text_beside_what_a_reload_shows() -> None:
    transcript = follow("cancel_interrupt_wait1")
    transcript.settle(final_state("cancel_interrupt_wait1"), "interrupted", 2e9)
    *earlier, live = transcript.turns
    *earlier_reloaded, again = reloaded("cancel_interrupt_wait1")
    assert earlier == earlier_reloaded
    assert live.stopped and again.stopped
    assert live.parts[:-1] == again.parts
    partial = live.parts[-1]
    assert isinstance(partial, Text)
    assert partial.text.startswith("t0 t1 ") and not partial.growing


@pytest.mark.parametrize("name", ["breakpoint_1", "breakpoint_before"])
def test_a_paused_run_says_before_which_node_once_it_has_ended(name: str) -> None:
    transcript = follow(name)
    state = final_state(name)
    transcript.settle(state, "success", 2e9, captures.thread(name))
    assert transcript.turns == reloaded(name)
    assert transcript.turns[-1].parts[-1] == Paused("paused", tuple(state["next"]))


def test_nothing_stays_of_a_run_that_was_rolled_back() -> None:
    transcript = follow("cancel_rollback_wait1")
    assert len(transcript.turns) == 4
    transcript.settle(final_state("cancel_rollback_wait1"), "gone", 2e9)
    assert transcript.turns == reloaded("cancel_rollback_wait1")


def test_an_answer_that_never_streamed_comes_with_the_state() -> None:
    transcript = follow("chat_custom")
    assert [turn.role for turn in transcript.turns] == ["human", "agent"]
    assert transcript.turns[-1].parts == ()
    transcript.settle(final_state("chat_custom"), "success", 2e9)
    assert transcript.turns == reloaded("chat_custom")


@pytest.mark.parametrize(
    ("first", "then"), [("restart_attempt1", "restart_attempt2"), ("resume_part1", "resume_part2")]
)
def test_a_run_that_was_cut_and_joined_again_ends_like_any(first: str, then: str) -> None:
    transcript = reduced(captures.events(first), sent(then))
    partial = transcript.turns[-1].parts[-1]
    assert isinstance(partial, Text) and partial.growing
    for event in captures.events(then):
        transcript.apply(event)
    assert transcript.turns == reloaded(then)


def test_what_was_shown_when_the_server_was_killed_stays_when_its_stream_is_lost() -> None:
    transcript = follow("server_stop_KILL")
    partial = transcript.turns[-1].parts[-1]
    assert isinstance(partial, Text)
    assert partial.growing and partial.text.startswith("t0 t1 ")
    transcript.settle(None, "lost", 2e9)
    kept = transcript.turns[-1].parts[-1]
    assert isinstance(kept, Text)
    assert kept.text == partial.text and not kept.growing


@pytest.mark.parametrize("name", captures.names())
def test_a_state_read_twice_gives_equal_turns_with_ids_of_their_own(name: str) -> None:
    turns = reloaded(name)
    assert turns == reloaded(name)
    assert len({turn.id for turn in turns}) == len(turns)
    for turn in turns:
        assert len({part.id for part in turn.parts}) == len(turn.parts)
