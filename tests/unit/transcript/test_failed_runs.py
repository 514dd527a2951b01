"""How a run that failed, was stopped or was paused looks, live and after a reload."""

from __future__ import annotations

import pytest

from tests import captures
from tests.unit.transcript.stories import (
    NOW,
    ai,
    call,
    calls,
    chunk,
    event,
    final_state,
    final_status,
    follow,
    human,
    reduced,
    reloaded,
    state,
    tool,
    values,
)
from webchat.transcript import Paused, RunError, ToolCall, Transcript, Turn


def settled(name: str) -> Transcript:
    """The transcript after all of a recording and the reading of its state."""
    transcript = follow(name)
    transcript.settle(final_state(name), final_status(name), NOW, captures.thread(name))
    return transcript


def statuses(turn: Turn) -> dict[str | None, str]:
    return {part.call_id: part.status for part in turn.parts if isinstance(part, ToolCall)}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("failed_recursion", "GraphRecursionError"),
        ("failed_outside", "ValueError"),
        ("failed_siblings", "RuntimeError"),
    ],
)
def test_why_a_run_failed_is_shown_live_and_after_a_reload(name: str, kind: str) -> None:
    for turns in (follow(name).turns, settled(name).turns, reloaded(name)):
        error = turns[-1].parts[-1]
        assert isinstance(error, RunError)
        assert error.kind == kind and error.message
        assert not turns[-1].stopped


def test_an_error_that_the_state_does_not_tell_is_read_from_the_thread_or_the_run() -> None:
    asked = state(human(), next=["agent"])
    said = {"error": "GraphRecursionError", "message": "Recursion limit of 5 reached"}
    by_thread = Transcript.from_state(asked, {"status": "error", "error": said}).turns[-1]
    assert by_thread.parts == (RunError("error", "GraphRecursionError", said["message"]),)
    by_run = Transcript.from_state(asked, None, {"status": "timeout"}).turns[-1]
    assert by_run.parts == (RunError("error", "timeout", ""),)


def test_an_error_that_a_later_run_or_update_mended_is_not_shown() -> None:
    whole = state(human(), ai("a", "Fine."))
    mended = Transcript.from_state(whole, {"status": "idle"}, {"status": "error"})
    assert [type(part).__name__ for part in mended.turns[-1].parts] == ["Text"]
    rolled_back = {"status": "idle", "error": {"error": "UserRollback", "message": ""}}
    assert Transcript.from_state(whole, rolled_back).turns == mended.turns


def test_only_the_tool_that_raised_has_failed_and_its_siblings_are_cancelled() -> None:
    expected = {"call_slow": "cancelled", "call_quick": "done", "call_raises": "failed"}
    for turns in (follow("failed_siblings").turns, reloaded("failed_siblings")):
        assert statuses(turns[-1]) == expected
        assert not turns[-1].stopped


def test_a_call_that_was_never_begun_when_the_run_failed_is_cancelled() -> None:
    asked = state(human(), ai("a", tool_calls=[call("c")]), next=["tools"])
    thread = {"status": "error", "error": {"error": "GraphRecursionError", "message": "limit"}}
    assert statuses(Transcript.from_state(asked, thread).turns[-1]) == {"c": "cancelled"}


def test_a_tool_that_raised_is_marked_before_the_run_has_ended() -> None:
    both = ai("a", tool_calls=[call("c1"), call("c2")])
    transcript = reduced(
        [
            values(human(), both),
            event("tasks", {"id": "t1", "name": "tools", "input": [call("c1")]}),
            event("tasks", {"id": "t2", "name": "tools", "input": [call("c2")]}),
            event("tasks", {"id": "t2", "name": "tools", "error": "ValueError('no')"}),
        ],
        [human()],
    )
    assert {id: each.status for id, each in calls(transcript).items()} == {
        "c1": "running",
        "c2": "failed",
    }


BOTH = ai("a", tool_calls=[call("c1"), call("c2")])
PULLED = {"id": "t", "name": "tools", "path": ["__pregel_pull", "tools"], "error": "OSError('no')"}
FAILED = {"status": "error", "error": {"error": "OSError", "message": "no"}}


@pytest.mark.parametrize("told", [True, False])
def test_of_two_calls_of_one_task_that_failed_neither_is_said_to_be_the_one(told: bool) -> None:
    tasks = [
        event("tasks", {"id": "t", "name": "tools", "input": {"messages": [BOTH]}}),
        event("tasks", {"id": "t", "name": "tools", "error": {"error": "OSError"}}),
    ]
    stream = [*(tasks if told else ()), event("error", {"error": "OSError", "message": "no"})]
    transcript = reduced([values(human(), BOTH), *stream], [human()])
    expected = {"c1": "unfinished", "c2": "unfinished"}
    assert statuses(transcript.turns[-1]) == expected
    left = state(human(), BOTH, next=["tools"], tasks=[PULLED])
    transcript.settle(left, "error", NOW, FAILED)
    assert statuses(transcript.turns[-1]) == expected
    assert statuses(Transcript.from_state(left, FAILED).turns[-1]) == expected


def test_the_only_call_of_a_task_that_failed_has_failed() -> None:
    alone = ai("a", tool_calls=[call("c1")])
    left = state(human(), alone, next=["tools"], tasks=[PULLED])
    assert statuses(Transcript.from_state(left, FAILED).turns[-1]) == {"c1": "failed"}
    answered = state(human(), BOTH, tool("t1", "c1"), next=["tools"], tasks=[PULLED])
    assert statuses(Transcript.from_state(answered, FAILED).turns[-1]) == {
        "c1": "done",
        "c2": "failed",
    }


def test_a_task_that_was_cancelled_is_no_failure_of_its_call() -> None:
    asked = ai("a", tool_calls=[call("c")])
    transcript = reduced(
        [
            values(human(), asked),
            event("tasks", {"id": "t", "name": "tools", "input": [call("c")]}),
            event("tasks", {"id": "t", "name": "tools", "error": "CancelledError()"}),
        ],
        [human()],
    )
    task = {"id": "t", "name": "tools", "error": "CancelledError()"}
    left = state(human(), asked, next=["tools"], tasks=[task])
    transcript.settle(left, "interrupted", NOW, {"status": "interrupted"})
    assert statuses(transcript.turns[-1]) == {"c": "cancelled"}
    assert transcript.turns[-1].stopped


def test_nobody_stopped_a_run_whose_tasks_were_cancelled_by_a_failure() -> None:
    task = {"id": "t", "name": "tools", "error": "CancelledError()"}
    left = state(human(), ai("a", tool_calls=[call("c")]), next=["tools"], tasks=[task])
    thread = {"status": "error", "error": {"error": "TimeoutError", "message": "too slow"}}
    turn = Transcript.from_state(left, thread, {"status": "error"}).turns[-1]
    assert not turn.stopped
    assert turn.parts[-1] == RunError("error", "TimeoutError", "too slow")


def test_a_stopped_run_is_known_by_its_status_after_a_reload() -> None:
    asked = state(human(), next=["agent"])
    cancelled = {"status": "interrupted", "error": {"error": "UserInterrupt", "message": ""}}
    for thread, run in ((cancelled, None), (None, {"status": "interrupted"})):
        turn = Transcript.from_state(asked, thread, run).turns[-1]
        assert turn.stopped and turn.parts == ()


def test_a_run_before_a_breakpoint_is_paused_before_its_node() -> None:
    for turns in (settled("breakpoint_before").turns, reloaded("breakpoint_before")):
        assert turns[-1].parts[-1] == Paused("paused", ("spin",))
        assert not turns[-1].stopped


def test_a_run_that_goes_on_is_not_paused_any_more() -> None:
    transcript = Transcript.from_state(state(human(), ai("a", "one"), next=["spin"]))
    transcript.start_run([], NOW)
    assert [type(part).__name__ for part in transcript.turns[-1].parts] == ["Text"]


def test_a_run_that_asks_a_question_is_not_paused() -> None:
    asked = state(human(), next=["ask"], interrupts=[{"id": "q", "value": "Who?"}])
    turn = Transcript.from_state(asked, {"status": "interrupted"}).turns[-1]
    assert [type(part).__name__ for part in turn.parts] == ["Interrupt"]


def test_a_failure_is_forgotten_when_the_next_run_begins() -> None:
    transcript = settled("failed_siblings")
    transcript.start_run([], NOW + 60)
    transcript.apply(chunk("b", "On."))
    assert statuses(transcript.turns[-1])["call_raises"] == "running"
