"""What names a turn or a part on the wire, for whoever looks for its events."""

from __future__ import annotations

from tests import captures
from tests.unit.transcript.stories import (
    ai,
    call,
    calls,
    chunk,
    event,
    follow,
    human,
    reduced,
    state,
    tool,
    values,
)
from webchat.transcript import References, RunError, Text, ToolCall, Transcript, references_of


def test_a_text_is_named_by_its_message() -> None:
    part = reduced([values(human()), chunk("a", "Hello")]).turns[-1].parts[0]
    assert isinstance(part, Text)
    assert references_of(part) == References(message_ids=frozenset({"a"}))


def test_a_tool_call_is_named_by_its_ids_its_result_and_its_place_in_the_message() -> None:
    first = {"id": "c1", "name": "search", "args": "", "index": 0}
    rest = {"id": None, "name": None, "args": "{}", "index": 0}
    stream = [chunk("a", tool_call_chunks=[each]) for each in (first, rest)]
    whole = ai("a", tool_calls=[call("c1")])
    transcript = reduced([values(human()), *stream, values(human(), whole, tool("t", "c1"))])
    assert references_of(calls(transcript)["c1"]) == References(
        message_ids=frozenset({"t"}),
        call_ids=frozenset({"c1"}),
        indexes=frozenset({("a", 0)}),
    )


def test_a_turn_is_named_by_all_its_messages_and_calls() -> None:
    thread = state(human(), ai("a", tool_calls=[call("c1")]), tool("t", "c1"), ai("b", "So."))
    asked, answered = Transcript.from_state(thread).turns
    assert references_of(asked).message_ids == {"h1"}
    found = references_of(answered)
    assert (found.message_ids, found.call_ids) == ({"a", "t", "b"}, {"c1"})


def test_a_subagents_events_belong_to_the_call_that_ran_it_alone() -> None:
    transcript = follow("parallel_subagents_tasks")
    for call_id in ("call_t1", "call_t2"):
        (namespace,) = references_of(calls(transcript)[call_id]).namespaces
        inside = [
            each
            for each in captures.events("parallel_subagents_tasks")
            if each.namespace[:1] == namespace
        ]
        assert inside
        topic = "cats" if call_id == "call_t1" else "dogs"
        assert any(topic in each.raw for each in inside)
    both = references_of(transcript.turns[-1]).namespaces
    assert len(both) == 2


def test_what_works_within_a_subagent_is_named_with_its_whole_namespace() -> None:
    steps = ("tools:1", "tools:2")
    within = ai("b", tool_calls=[call("c2")])
    transcript = reduced(
        [
            values(human(), ai("a", tool_calls=[call("c1")])),
            event("values", {"messages": [human("task")]}, steps[0]),
            event("values", {"messages": [human("task"), within]}, steps[0]),
            event("messages", [{"type": "AIMessageChunk", "id": "x", "content": "deep"}], *steps),
        ],
        [human()],
    )
    outer = calls(transcript)["c1"]
    assert references_of(outer).namespaces == {steps[:1], steps}
    (inner,) = outer.children
    assert isinstance(inner, ToolCall)
    assert references_of(inner).namespaces == {steps}


def test_a_runs_error_has_no_reference() -> None:
    assert not references_of(RunError("error", "ValueError", "no"))
