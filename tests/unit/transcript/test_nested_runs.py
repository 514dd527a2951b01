"""Graphs within graphs: what they say is shown under their name, once, to any depth, and kept."""

from __future__ import annotations

import pytest

from tests import captures
from tests.unit.transcript.stories import (
    NOW,
    ai,
    all_parts,
    call,
    calls,
    event,
    events_of,
    final_state,
    final_status,
    follow,
    human,
    reduced,
    reloaded,
    sent,
    state,
    values,
)
from webchat.transcript import Image, Part, Subagent, Text, ToolCall, Transcript
from webchat.transcript.changes import kept

NESTED = ("nested_graph", "nested_levels", "nested_twice", "parallel_subagents_tasks")


def outline(parts: tuple[Part, ...]) -> list[object]:
    """Texts as they are, tool calls and nested runs as their name and what is within."""
    made: list[object] = []
    for part in parts:
        if isinstance(part, Text):
            made.append(part.text)
        elif isinstance(part, Subagent):
            made.append((part.name, outline(part.parts)))
        elif isinstance(part, ToolCall):
            made.append((part.name, outline(part.children)))
    return made


def test_agents_within_agents_are_shown_by_name_to_any_depth() -> None:
    assert outline(follow("nested_levels").turns[-1].parts) == [
        ("delegate", [("second", [("dive", [("third", ["deep down"])]), "second says"])]),
        "first says",
    ]


def test_an_image_in_a_result_is_there() -> None:
    result = calls(follow("nested_levels"))["call_delegate"].result
    assert result is not None
    assert [type(part) for part in result.parts] == [Image]


def test_a_tool_that_runs_two_agents_shows_both() -> None:
    assert outline(follow("nested_twice").turns[-1].parts) == [
        ("ask_twice", [("third", ["deep down"]), ("third", ["deep down"])]),
        "both said",
    ]


def test_what_a_node_does_not_return_of_its_graph_is_kept_under_the_nodes_name() -> None:
    assert outline(follow("nested_graph").turns[-1].parts) == [
        ("ponder", ["inner thoughts"]),
        "inner end",
        ("brood", ["inner thoughts", "inner end"]),
        "outer answer",
    ]


@pytest.mark.parametrize("name", NESTED)
def test_nested_runs_stay_when_the_run_has_ended_and_another_begins(name: str) -> None:
    transcript = follow(name)
    before = outline(transcript.turns[-1].parts)
    transcript.settle(final_state(name), final_status(name), NOW)
    assert outline(transcript.turns[-1].parts) == before
    transcript.start_run([human("next")], NOW + 60)
    assert [turn.id for turn in transcript.turns][-2:] == ["next", "next/reply"]
    assert outline(transcript.turns[-3].parts) == before


@pytest.mark.parametrize("name", NESTED)
def test_a_replay_of_a_finished_run_gives_the_same_nested_content(name: str) -> None:
    followed = follow(name)
    followed.settle(final_state(name), final_status(name), NOW)
    replayed = Transcript.from_state(final_state(name), captures.thread(name), captures.run(name))
    replayed.start_run([], NOW)
    for each in captures.events(name):
        replayed.apply(each)
    replayed.settle(final_state(name), final_status(name), NOW)
    assert replayed.turns == followed.turns == reloaded(name)
    for one, other in zip(followed.turns, replayed.turns, strict=True):
        assert outline(one.parts) == outline(other.parts)
        ids = [part.id for part in all_parts(one.parts)]
        assert ids == [part.id for part in all_parts(other.parts)]


def test_nothing_that_a_nested_run_said_is_shown_twice() -> None:
    transcript = Transcript()
    transcript.start_run(sent("nested_graph"), NOW)
    for each in captures.events("nested_graph"):
        transcript.apply(each)
        if each.mode == "values" and each.is_root:
            parts = all_parts(transcript.turns[-1].parts)
            texts = [part for part in parts if isinstance(part, Text)]
            assert len({part.message_id for part in texts}) == len(texts)


def test_a_nested_run_keeps_its_place_while_the_answer_streams_on() -> None:
    transcript = follow("nested_graph")
    places = [type(part).__name__ for part in transcript.turns[-1].parts]
    assert places == ["Subagent", "Text", "Subagent", "Text"]
    nested = transcript.turns[-1].parts[0]
    transcript.settle(final_state("nested_graph"), "success", NOW)
    assert kept(transcript.turns[-1].parts[0], nested) is nested


def test_a_graph_without_a_name_is_not_called_by_the_agent_around_it() -> None:
    told = {"langgraph_node": "model", "lc_agent_name": "outer"}
    piece = {"type": "AIMessageChunk", "id": "in", "content": "hm"}
    transcript = reduced(
        [
            event("messages", [{"type": "AIMessageChunk", "id": "a", "content": ""}, told]),
            values(human()),
            event("messages", [piece, told], "tools:1"),
        ],
        [human()],
    )
    (run,) = transcript.turns[-1].parts
    assert isinstance(run, Subagent) and (run.name, run.live) == ("tools", True)


def test_a_nested_run_that_was_cut_goes_when_the_run_begins_again() -> None:
    piece = {"type": "AIMessageChunk", "id": "in", "content": "half"}
    transcript = reduced(
        [
            event("metadata", {"run_id": "r"}),
            values(human()),
            event("messages", [piece, {}], "work:1"),
        ],
        [human()],
    )
    assert outline(transcript.turns[-1].parts) == [("work", ["half"])]
    transcript.apply(event("metadata", {"run_id": "r"}))
    assert transcript.turns[-1].parts == ()


def test_the_newest_of_very_many_nested_runs_are_kept() -> None:
    stream = [values(human())]
    for n in range(1000):
        piece = {"type": "ai", "id": f"in{n}", "content": f"step {n}"}
        stream += [event("messages", [piece, {}], f"work:{n}"), values(human())]
    parts = reduced(stream, [human()]).turns[-1].parts
    assert len(parts) <= 201
    last = parts[-1]
    assert isinstance(last, Subagent) and outline(last.parts) == ["step 999"]


def test_removed_messages_leave_a_quiet_line_that_no_reload_needs() -> None:
    transcript = follow("messages_removed")
    (line,) = [p for p in transcript.turns[-1].parts if type(p).__name__ == "Removed"]
    assert getattr(line, "count", None) == 1
    assert transcript.turns == reloaded("messages_removed")


def test_a_replay_of_earlier_values_removes_nothing() -> None:
    whole = state(human(), ai("a", tool_calls=[call("c")]), ai("b", "So."))
    transcript = Transcript.from_state(whole)
    transcript.start_run([], NOW)
    for each in (values(human()), values(human(), ai("a", tool_calls=[call("c")]))):
        transcript.apply(each)
    assert "Removed" not in {type(part).__name__ for part in transcript.turns[-1].parts}


def test_a_thread_without_messages_gives_its_values_as_they_change() -> None:
    transcript = Transcript()
    transcript.start_run([human()], NOW)
    seen = []
    for each in captures.events("no_messages"):
        transcript.apply(each)
        if not seen or transcript.values is not seen[-1]:
            seen.append(transcript.values)
    assert [values and values["total"] for values in seen] == [None, 1, 2, 3]
    transcript.settle(final_state("no_messages"), "success", NOW)
    assert transcript.values == final_state("no_messages")["values"]
    assert [turn.id for turn in transcript.turns] == ["h1"]  # what was sent stays
    assert Transcript.from_state(final_state("no_messages")).values == transcript.values


def test_a_thread_with_messages_gives_no_values() -> None:
    assert follow("nested_graph").values is None
    assert Transcript.from_state(state(human())).values is None
    assert Transcript.from_state({"values": {}}).values is None


def test_the_events_and_the_progress_of_a_graph_without_messages_are_shown() -> None:
    told = [event("custom", {"tick": 1}), event("custom", {"message": "half", "percent": 50})]
    transcript = reduced([event("values", {"total": 1}), *told])
    assert [each.kind for each in events_of(transcript)] == ["custom", "progress"]
