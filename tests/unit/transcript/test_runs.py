"""How a run begins and ends on the page: sent messages, stops, failures, what is left behind."""

from __future__ import annotations

from tests.unit.transcript.stories import (
    NOW,
    ai,
    call,
    calls,
    chunk,
    event,
    human,
    reduced,
    state,
    texts,
    tool,
    values,
)
from webchat.transcript import Interrupt, Reasoning, RunError, Text, ToolCall, Transcript


def running(*events_after: object) -> Transcript:
    """A run whose tool call is at work."""
    return reduced([values(human(), ai("a", "Let me see.", tool_calls=[call("c")]))], [human()])


def test_what_was_sent_is_shown_at_once_and_confirmed_without_a_double() -> None:
    transcript = Transcript()
    transcript.start_run([human("h1", "hello")], NOW)
    asked, answer = transcript.turns
    assert asked.id == "h1" and asked.started_at == NOW
    assert answer.live and answer.parts == ()
    transcript.apply(values(human("h1", "hello")))
    assert [turn.id for turn in transcript.turns] == ["h1", "h1/reply"]
    assert transcript.turns[0].started_at == NOW


def test_a_message_sent_again_under_its_id_is_shown_once() -> None:
    transcript = Transcript.from_state(state(human("h1", "hello")))
    transcript.start_run([human("h1", "hello")], NOW)
    assert [turn.id for turn in transcript.turns] == ["h1", "h1/reply"]


def test_the_last_question_can_be_asked_again() -> None:
    transcript = Transcript.from_state(state(human("h1", "first"), ai("a"), human("h2", "last")))
    assert transcript.last_question() == human("h2", "last")
    assert Transcript().last_question() is None


def test_a_stopped_answer_stays_and_can_be_written_back() -> None:
    transcript = reduced([values(human()), chunk("a", "half an ")], [human()])
    assert transcript.partial_answer() == ("a", "half an ")
    transcript.settle(state(human(), next=["agent"]), "interrupted", NOW + 5)
    turn = transcript.turns[-1]
    assert turn.stopped and not turn.live and turn.ended_at == NOW + 5
    assert turn.parts == (Text("a/text", "half an "),)
    assert transcript.partial_answer() == ("a", "half an ")


def test_a_partial_answer_that_was_written_back_reads_as_stopped_after_a_reload() -> None:
    written = ai("a", "half an ", response_metadata={"finish_reason": "cancelled"})
    transcript = reduced([values(human()), chunk("a", "half an ")], [human()])
    transcript.settle(state(human(), written), "interrupted", NOW + 5)
    again = Transcript.from_state(state(human(), written))
    assert transcript.turns == again.turns
    assert again.turns[-1].stopped
    assert transcript.partial_answer() is None


def test_a_finished_answer_leaves_nothing_to_write_back() -> None:
    transcript = reduced([values(human()), chunk("a", "all"), values(human(), ai("a", "all"))])
    assert transcript.partial_answer() is None


def test_a_stop_before_the_first_token_is_shown_too() -> None:
    transcript = reduced([values(human())], [human()])
    transcript.settle(state(human(), next=["agent"]), "interrupted", NOW + 5)
    assert transcript.turns[-1].stopped
    assert transcript.turns[-1].parts == ()


def test_a_tool_at_work_when_the_run_is_stopped_is_cancelled() -> None:
    transcript = running()
    assert calls(transcript)["c"].status == "running"
    answer = ai("a", "Let me see.", tool_calls=[call("c")])
    error = {"id": "t", "name": "tools", "error": "CancelledError()"}
    stopped = state(human(), answer, next=["tools"], tasks=[error])
    transcript.settle(stopped, "interrupted", NOW + 5)
    assert calls(transcript)["c"].status == "cancelled"
    assert calls(transcript)["c"].ended_at == NOW + 5
    assert transcript.turns == Transcript.from_state(stopped).turns


def test_a_tool_at_work_when_the_run_fails_has_failed() -> None:
    transcript = running()
    answer = ai("a", "Let me see.", tool_calls=[call("c")])
    transcript.apply(event("error", {"error": "ValueError", "message": "no"}))
    assert calls(transcript)["c"].status == "failed"
    failure = {"id": "t", "name": "tools", "error": "ValueError('no')"}
    failed = state(human(), answer, next=["tools"], tasks=[failure])
    transcript.settle(failed, "error", NOW + 5)
    assert transcript.turns == Transcript.from_state(failed).turns
    assert transcript.turns[-1].parts[-1] == RunError("error", "ValueError", "no")


def test_arguments_cut_in_the_middle_are_cancelled_not_broken() -> None:
    written = {"id": "c", "name": "search", "args": '{"query": "we', "index": 0}
    transcript = reduced([values(human()), chunk("a", tool_call_chunks=[written])], [human()])
    transcript.settle(state(human(), next=["agent"]), "interrupted", NOW + 5)
    cut = calls(transcript)["c"]
    assert (cut.status, cut.arguments, cut.arguments_text) == ("cancelled", None, '{"query": "we')


def test_a_call_before_a_breakpoint_waits() -> None:
    answer = ai("a", tool_calls=[call("c")])
    transcript = Transcript.from_state(state(human(), answer, next=["tools"]))
    assert calls(transcript)["c"].status == "waiting"


def test_a_call_that_nobody_answered_before_the_next_question_is_cancelled() -> None:
    transcript = Transcript.from_state(state(human(), ai("a", tool_calls=[call("c")]), human("h2")))
    (left,) = transcript.turns[1].parts
    assert isinstance(left, ToolCall) and left.status == "cancelled"


def test_another_tool_goes_on_while_one_asks() -> None:
    both = ai("a", tool_calls=[call("c1"), call("c2", "send")])
    question = {"id": "q", "value": "May I?"}
    transcript = reduced(
        [
            values(human(), both),
            event("tasks", {"id": "t1", "name": "tools", "input": [call("c1")]}),
            event("tasks", {"id": "t2", "name": "tools", "input": [call("c2")]}),
            event("tasks", {"id": "t2", "name": "tools", "result": {}, "interrupts": [question]}),
        ],
        [human()],
    )
    assert calls(transcript)["c1"].status == "running"
    assert calls(transcript)["c2"].status == "waiting"


def test_a_run_that_timed_out_says_so_where_the_server_gave_no_reason() -> None:
    transcript = reduced([values(human()), chunk("a", "half")], [human()])
    transcript.settle(None, "timeout", NOW + 5)
    said, error = transcript.turns[-1].parts
    assert said == Text("a/text", "half")
    assert isinstance(error, RunError) and error.kind == "timeout"


def test_a_question_whose_run_failed_before_it_was_stored_stays_on_the_page() -> None:
    transcript = Transcript()
    transcript.start_run([human()], NOW)
    transcript.apply(event("error", {"error": "TypeError", "message": "bad input"}))
    transcript.settle({"values": {}}, "error", NOW + 1)
    assert [turn.role for turn in transcript.turns] == ["human", "agent"]


def test_the_next_run_clears_what_a_failed_one_left() -> None:
    transcript = reduced([values(human()), chunk("a", "half")], [human()])
    transcript.apply(event("error", {"error": "ValueError", "message": "no"}))
    transcript.settle(state(human(), next=["agent"]), "error", NOW + 5)
    transcript.start_run([], NOW + 60)
    (asked, answer) = transcript.turns
    assert asked.id == "h1"
    assert answer.parts == () and answer.live and answer.started_at == NOW + 60


def test_the_next_run_clears_a_question_left_open() -> None:
    transcript = Transcript.from_state(state(human(), interrupts=[{"id": "q", "value": "Who?"}]))
    assert transcript.turns[-1].parts == (Interrupt("q", "Who?"),)
    transcript.start_run([human("h2")], NOW)
    assert [turn.id for turn in transcript.turns] == ["h1", "h2", "h2/reply"]


def test_a_stopped_turn_still_says_so_when_the_next_run_goes_on() -> None:
    transcript = reduced([values(human(), ai("a", "one"))], [human()])
    stopped = state(human(), ai("a", "one"), next=["agent"])
    transcript.settle(stopped, "interrupted", NOW + 5)
    transcript.start_run([human("h2")], NOW + 60)
    assert transcript.turns[1].stopped and not transcript.turns[-1].stopped


def test_what_only_the_stream_knew_stays_after_the_run() -> None:
    transcript = running()
    transcript.apply(event("custom", {"pct": 50}, at=NOW + 1))
    answer = ai("a", "Let me see.", tool_calls=[call("c")])
    done = [human(), answer, tool("t", "c"), ai("b", "Found.")]
    transcript.apply(event("values", {"messages": done}, at=NOW + 2))
    transcript.settle(state(*done), "success", NOW + 3)
    transcript.start_run([human("h2")], NOW + 60)
    kept = transcript.turns[1].parts[1]
    assert isinstance(kept, ToolCall)
    assert [report.data for report in kept.progress] == [{"pct": 50}]
    assert (kept.started_at, kept.ended_at) == (NOW, NOW + 2)


def test_reasoning_that_was_cut_has_ended() -> None:
    block = {"type": "reasoning", "reasoning": "Hm", "index": 0}
    transcript = reduced([values(human()), chunk("a", [block])], [human()])
    (growing,) = transcript.turns[-1].parts
    assert isinstance(growing, Reasoning) and growing.growing and growing.ended_at is None
    transcript.settle(None, "interrupted", NOW + 5)
    (cut,) = transcript.turns[-1].parts
    assert isinstance(cut, Reasoning) and not cut.growing
    assert cut.ended_at == NOW + 5


def test_values_that_tell_of_a_question_let_other_nodes_write_on() -> None:
    transcript = reduced(
        [
            values(human()),
            chunk("a", "still "),
            values(human(), __interrupt__=[{"id": "q", "value": 1}]),
            chunk("a", "writing"),
        ],
        [human()],
    )
    assert texts(transcript) == ["still writing"]


def test_the_time_of_a_thought_stays_when_values_confirm_it() -> None:
    thought = {"type": "reasoning", "reasoning": "Hm", "index": 0}
    answer = {"type": "text", "text": "So.", "index": 1}
    stream = [values(human()), chunk("a", [thought]), chunk("a", [answer])]
    transcript = reduced([*stream, values(human(), ai("a", [thought, answer]))], [human()])
    reasoning = transcript.turns[-1].parts[0]
    assert isinstance(reasoning, Reasoning)
    assert (reasoning.started_at, reasoning.ended_at) == (NOW, NOW)


def test_what_a_run_told_stays_with_its_turn_when_others_change_the_thread() -> None:
    asked, answered = human("h1"), ai("a1", "Here.")
    transcript = reduced([values(asked, answered), event("custom", {"tick": 1})], [asked])
    transcript.settle(state(asked, answered), "success", NOW + 5)
    before = transcript.turns[-1]
    transcript.update(state(asked, answered))
    assert transcript.turns[-1] is before
    transcript.update(state(asked, answered, human("h2"), ai("a2", "Theirs.")))
    _, ours, _, theirs = transcript.turns
    assert (ours.started_at, ours.ended_at, ours.parts) == (NOW, NOW + 5, before.parts)
    assert (theirs.started_at, theirs.ended_at) == (None, None)
    assert [type(part).__name__ for part in theirs.parts] == ["Text"]
