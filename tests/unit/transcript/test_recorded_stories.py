"""What a reader sees of the recorded runs, promise by promise."""

from __future__ import annotations

from dataclasses import replace

from tests import captures
from tests.unit.transcript.stories import (
    NOW,
    calls,
    events_of,
    final_state,
    follow,
    reduced,
    reloaded,
    sent,
    texts,
)
from webchat.transcript import (
    Image,
    Interrupt,
    Notice,
    Reasoning,
    RunError,
    Subagent,
    Text,
    ToolCall,
    Transcript,
    Turn,
    Usage,
)


def watch(name: str) -> list[tuple[Turn, ...]]:
    """What was shown after each event."""
    transcript = Transcript()
    transcript.start_run(sent(name), NOW)
    shown = []
    for event in captures.events(name):
        transcript.apply(event)
        shown.append(transcript.turns)
    return shown


def statuses(name: str) -> dict[str | None, list[str]]:
    """The statuses that each tool call of the last turn went through."""
    seen: dict[str | None, list[str]] = {}
    for turns in watch(name):
        for part in turns[-1].parts:
            if isinstance(part, ToolCall):
                steps = seen.setdefault(part.call_id, [])
                if steps[-1:] != [part.status]:
                    steps.append(part.status)
    return seen


def test_parallel_tools_write_run_and_finish_each_with_its_own_arguments_and_result() -> None:
    assert statuses("tools_parallel") == {
        "call_p1": ["writing", "running", "done"],
        "call_p2": ["writing", "running", "done"],
    }
    found = calls(follow("tools_parallel"))
    assert found["call_p1"].arguments == {"city": "Paris"}
    assert found["call_p2"].arguments == {"city": "London, UK"}
    results = [each.result for each in found.values()]
    assert [
        r is not None and r.text[:60].count(city)
        for r, city in zip(results, ("Paris", "London"), strict=True)
    ] == [1, 1]
    for each in found.values():
        assert each.started_at is not None and each.ended_at is not None
        assert each.ended_at > each.started_at


def test_prose_and_calls_stand_in_the_order_of_the_answer() -> None:
    parts = follow("tools_parallel").turns[-1].parts
    assert [type(part) for part in parts] == [Text, ToolCall, ToolCall, Text]


def test_usage_is_summed_over_the_turn_and_the_model_is_named() -> None:
    turn = follow("tools_parallel").turns[-1]
    assert turn.usage == Usage(20, 9, 29)
    assert turn.model == "scripted-1"


def test_a_tool_that_failed_says_so_and_why() -> None:
    failed = calls(follow("tools_error"))["call_e1"]
    assert failed.status == "failed"
    assert failed.result is not None and "ZeroDivisionError" in failed.result.text


def test_progress_without_an_id_belongs_to_the_only_running_tool() -> None:
    transcript = follow("tools_slow_custom")
    reports = calls(transcript)["call_s1"].progress
    assert [report.data["pct"] for report in reports] == [25, 50, 75, 100]
    assert not events_of(transcript)


def test_custom_events_that_no_tool_claims_are_kept_as_they_came() -> None:
    (events,) = events_of(follow("custom"))
    assert (events.kind, events.recent.total) == ("custom", 6)
    assert events.recent[1].data == "a bare string"
    assert events.recent[4].data is None


def test_the_text_of_a_second_model_goes_when_values_do_not_have_it() -> None:
    assert any(len(turns[-1].parts) > 1 for turns in watch("two_llms"))
    assert texts(follow("two_llms")) == ["You said: hello. I am a scripted assistant. "]


def test_two_models_at_once_write_into_two_texts() -> None:
    shown = watch("parallel_llm")
    for turns in shown:
        for part in turns[-1].parts:
            assert isinstance(part, Text)
            assert part.text.split()[0] in ("alpha", "beta")
    assert len(shown[-1][-1].parts) == 2


def test_a_removed_question_goes_and_the_answers_stand_in_the_order_of_values() -> None:
    transcript = follow("removemsg_one")
    assert [turn.id for turn in transcript.turns] == ["/reply", "h2", "h2/reply"]
    assert texts(transcript) == ["You said: ok. I am a scripted assistant. "]


def test_an_agents_turn_keeps_its_id_from_before_its_first_token() -> None:
    for name in ("tools_parallel", "nonstreaming", "two_llms", "parallel_llm"):
        ids = {turns[-1].id for turns in watch(name)}
        assert ids == {f"{sent(name)[0]['id']}/reply"}


def test_a_model_that_does_not_stream_answers_at_once() -> None:
    assert texts(follow("nonstreaming")) == ["You said: hello. I am a scripted assistant. "]


def test_reasoning_comes_apart_from_the_answer_and_is_timed() -> None:
    reasoning, answer, tool, last = follow("blocks_anthropic").turns[-1].parts
    assert isinstance(reasoning, Reasoning) and isinstance(answer, Text)
    assert isinstance(tool, ToolCall) and isinstance(last, Text)
    assert reasoning.text == "The user wants the weather."
    assert reasoning.started_at is not None and reasoning.ended_at is not None
    assert reasoning.ended_at > reasoning.started_at
    assert tool.arguments == {"city": "Paris"}


def test_arguments_in_anthropics_blocks_stream_as_text_first() -> None:
    written = []
    for turns in watch("blocks_anthropic"):
        written += [
            p.arguments_text
            for p in turns[-1].parts
            if isinstance(p, ToolCall) and p.status == "writing"
        ]
    assert written == ["", '{"ci', '{"city": "P', '{"city": "Paris"}']


def test_responses_blocks_give_reasoning_and_text() -> None:
    reasoning, answer = follow("blocks_openai").turns[-1].parts
    assert isinstance(reasoning, Reasoning) and isinstance(answer, Text)
    assert (reasoning.text, answer.text) == ("Thinking about it", "Hello from responses.")


def test_images_come_with_their_data_or_their_address() -> None:
    _, inline, linked = follow("blocks_image").turns[-1].parts
    assert isinstance(inline, Image) and isinstance(linked, Image)
    assert inline.mime_type == "image/png" and inline.data is not None and inline.url is None
    assert linked.url == "https://example.org/cat.png" and linked.data is None


def test_what_a_person_attached_is_in_their_turn() -> None:
    parts = follow("chat_multimodal_input").turns[0].parts
    assert [type(part) for part in parts] == [Text, Image, Notice, Image]
    _, linked, document, named = parts
    assert isinstance(linked, Image) and linked.data == "iVBORw0KGgo="
    assert isinstance(document, Notice) and document.kind == "file"
    assert isinstance(named, Image) and named.alt == "x.png"


def test_parallel_subagents_work_each_under_its_own_call() -> None:
    transcript = follow("parallel_subagents_tasks")
    for call_id, animal in (("call_t1", "cats"), ("call_t2", "dogs")):
        (agent,) = calls(transcript)[call_id].children
        assert isinstance(agent, Subagent) and agent.name == "researcher"
        inner = agent.parts
        assert [type(part) for part in inner] == [ToolCall, Text]
        tool, report = inner
        assert isinstance(tool, ToolCall) and tool.status == "done"
        assert isinstance(report, Text) and report.text == f"subagent report about {animal} "
    assert texts(transcript) == ["Both reports are in. "]


def test_a_subagent_never_writes_into_the_main_answer() -> None:
    for name in ("parallel_subagents_tasks", "subagent_tool_True"):
        for turns in watch(name):
            for part in turns[-1].parts:
                assert not isinstance(part, Subagent)
                assert not (isinstance(part, Text) and part.text.startswith("subagent r"))


def test_without_tasks_a_subagent_belongs_to_the_only_running_call() -> None:
    children = [
        part.children
        for turns in watch("subagent_tool_True")
        for part in turns[-1].parts
        if isinstance(part, ToolCall) and part.status == "running"
    ]
    assert any(children)
    (agent,) = calls(follow("subagent_tool_True"))["call_d1"].children
    assert isinstance(agent, Subagent)
    (kept,) = agent.parts
    assert isinstance(kept, Text) and kept.text == "subagent result text "


def test_a_graph_within_the_graph_is_shown_apart_until_values_bring_its_messages() -> None:
    seen = set()
    for turns in watch("subgraphs_True"):
        for part in turns[-1].parts:
            if isinstance(part, Subagent):
                seen.add((part.name, tuple(type(inner) for inner in part.parts)))
    assert ("researcher", (Text,)) in seen
    assert ("researcher", (Text, Subagent)) in seen
    report, *said = follow("subgraphs_True").turns[-1].parts
    assert [type(part) for part in said] == [Text] * 3
    assert isinstance(report, Subagent) and report.parts == ()
    assert [each.data for each in report.progress] == [{"from": "sub_llm"}]


def test_a_call_that_needs_approval_waits_and_says_what_for() -> None:
    transcript = follow("hitl_1")
    tool, question = transcript.turns[-1].parts
    assert isinstance(tool, ToolCall) and tool.status == "waiting"
    assert isinstance(question, Interrupt)
    assert question.value["action_requests"][0]["name"] == "send_email"


def test_an_approved_call_runs_and_the_question_goes() -> None:
    transcript = follow("hitl_1")
    transcript.settle(final_state("hitl_1"), "success", NOW + 1)
    waiting = transcript.turns
    transcript.start_run([], NOW + 60)
    (tool,) = transcript.turns[-1].parts
    assert isinstance(tool, ToolCall) and tool.status == "running"
    for event in captures.events("hitl_approve"):
        transcript.apply(replace(event, received_at=event.received_at + 60))
    assert transcript.turns == reloaded("hitl_approve")
    assert transcript.turns[-1].id == waiting[-1].id
    done = calls(transcript)["call_h1"]
    assert done.status == "done"
    assert done.started_at is not None and done.started_at > NOW + 60  # not while it waited


def test_a_rejected_call_is_a_failed_one() -> None:
    assert calls(follow("hitl_reject"))["call_h1"].status == "failed"


def test_parallel_questions_add_up() -> None:
    parts = follow("interrupt_par_1").turns[-1].parts
    assert [p.value for p in parts if isinstance(p, Interrupt)] == [{"q": "A?"}, {"q": "B?"}]


def test_a_question_still_open_is_not_lost_by_values_without_it() -> None:
    (question,) = follow("interrupt_par_resume_one").turns[-1].parts
    assert isinstance(question, Interrupt) and question.value == {"q": "B?"}


def test_a_question_from_an_inner_graph_is_asked_once() -> None:
    (question,) = follow("interrupt_sub_True").turns[-1].parts
    assert isinstance(question, Interrupt)


def test_an_error_ends_the_turn_after_what_was_said() -> None:
    turn = follow("error_boom_midstream_x").turns[-1]
    said, error = turn.parts
    assert isinstance(said, Text) and not said.growing
    assert error == RunError("error", "RuntimeError", "connection reset by model provider")
    assert not turn.live and turn.ended_at is not None


def test_nothing_is_shown_of_a_state_without_messages() -> None:
    assert follow("nomsgs").turns == ()


def test_a_mode_never_seen_is_kept_as_a_quiet_notice() -> None:
    events = events_of(follow("threadstream_default"))
    assert [each.kind for each in events for _ in each.recent] == ["message", "message"]


def test_two_runs_of_one_thread_make_their_own_turns() -> None:
    roles = [turn.role for turn in follow("threadstream_default").turns]
    assert roles == ["human", "agent", "human", "human", "agent"]


def test_times_of_an_answer_are_those_of_its_events() -> None:
    events = captures.events("chat_messages-tuple")
    turn = reduced(events, sent("chat_messages-tuple")).turns[-1]
    assert turn.started_at == NOW
    assert turn.first_token_at == events[1].received_at
    assert turn.ended_at is None and turn.live
