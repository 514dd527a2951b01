"""How a change is found: the same object means unchanged, another object means changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.transcript.stories import NOW, ai, call, chunk, event, human, reduced, tool, values
from webchat.transcript import Notice, Part, Subagent, Text, ToolCall, Transcript
from webchat.transcript.changes import Changes, kept

TEXT = Text("t", "So it is.", growing=True, message_id="m")


def test_what_is_made_anew_and_is_equal_stays_the_earlier_object() -> None:
    again = Text("t", "So it is.", growing=True, message_id="m")
    assert again is not TEXT and kept(again, TEXT) is TEXT


@pytest.mark.parametrize(
    "other",
    [
        Text("t", "So it was.", growing=True, message_id="m"),
        Text("t", "So it is.", growing=False, message_id="m"),
        Text("t", "So it is.", growing=True, message_id="n"),  # equal but for what a stream tells
        Notice("t", "text", "So it is."),
        None,
    ],
)
def test_what_differs_in_any_field_is_another_object(other: Part | None) -> None:
    assert kept(TEXT, other) is TEXT


def test_a_part_is_another_one_if_a_part_within_it_is() -> None:
    before = Subagent("s", "second", parts=(TEXT,))
    assert kept(Subagent("s", "second", parts=(TEXT,)), before) is before
    twin = Text("t", "So it is.", growing=True, message_id="m")
    made = Subagent("s", "second", parts=(twin,))
    assert kept(made, before) is made, "else the tab would not look within"


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0)])
def test_numbers_and_truth_are_told_apart(one: Any, other: Any) -> None:
    def asks(value: Any) -> dict[str, Any]:
        call = {"id": "c", "name": "pay", "args": {"sums": [value]}}
        message = {"type": "ai", "id": "a", "content": "", "tool_calls": [call]}
        return {"values": {"messages": [message]}, "next": [], "tasks": []}

    transcript = Transcript.from_state(asks(one))
    assert _arguments(transcript) == repr({"sums": [one]})
    transcript.update(asks(other))
    assert _arguments(transcript) == repr({"sums": [other]})


def _arguments(transcript: Transcript) -> str:
    (call,) = [part for part in transcript.turns[-1].parts if isinstance(part, ToolCall)]
    return repr(call.arguments)


def test_json_too_deep_to_compare_counts_as_changed() -> None:
    def deep() -> Any:
        value: Any = "end"
        for _ in range(100_000):
            value = [value]
        return value

    before, made = Notice("n", "deep", deep()), Notice("n", "deep", deep())
    assert kept(made, before) is made


def test_changes_are_told_apart_and_gone_when_cleared() -> None:
    changes = Changes()
    assert changes.any and changes.of("a"), "at first everything is new"
    changes.clear()
    assert not changes.any and not changes.of("a")
    changes.note()
    assert changes.any and not changes.of("a")
    changes.mark("a")
    assert changes.of("a") and not changes.of("b")
    changes.mark_all()
    assert changes.of("b")
    changes.clear()
    assert not changes.any and not changes.of("a")


ASKED = ai("a", "Let me see.", tool_calls=[call("c1"), call("c2")])
START = {"id": "t1", "name": "tools", "input": [call("c1")]}
INNER = {"type": "ai", "id": "in", "content": "inner"}


@pytest.mark.parametrize(
    ("told", "changed"),
    [
        (chunk("b", "Now."), ["b/text"]),
        (event("tasks", START, at=NOW + 1), ["a/call:c1"]),
        (event("custom", {"tool_call_id": "c2", "percent": 3}), ["a/call:c2"]),
        (event("messages", [INNER, {}], "node:9"), ["node:9/run"]),
        (event("messages", [tool("r", "c2"), {}]), ["a/call:c2"]),
        (values(human(), ASKED, tool("r", "c1")), ["a/call:c1"]),
        (values(human(), ASKED), []),
    ],
)
def test_an_event_changes_the_parts_that_it_is_about_and_no_other(
    told: Any, changed: list[str]
) -> None:
    transcript: Transcript = reduced([values(human(), ASKED)], [human()])
    before = {part.id: part for part in transcript.turns[-1].parts}
    assert [type(part) for part in before.values()] == [Text, ToolCall, ToolCall]
    transcript.apply(told)
    after = transcript.turns[-1].parts
    assert [part.id for part in after if part is not before.get(part.id)] == changed
