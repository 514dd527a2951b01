"""Messages as providers and servers really write them, streamed and whole, read alike."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.transcript.stories import (
    ai,
    call,
    calls,
    chunk,
    event,
    events_of,
    human,
    reduced,
    state,
    texts,
    tool,
    values,
)
from webchat.transcript import (
    Image,
    Notice,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Transcript,
    Usage,
)


def parts_of(*messages: Any) -> tuple[Part, ...]:
    """The parts of the answer in a thread of a question and these messages."""
    return Transcript.from_state(state(human(), *messages)).turns[-1].parts


def streamed(*contents: Any, **last: Any) -> tuple[Part, ...]:
    """The parts of an answer that streamed in these pieces."""
    pieces = [chunk("a", content) for content in contents]
    end = chunk("a", [], chunk_position="last", **last)
    return reduced([values(human()), *pieces, end], [human()]).turns[-1].parts


def v1(text: str, index: int = 0) -> list[dict[str, Any]]:
    return [{"type": "reasoning", "reasoning": text, "index": index}]


def test_v1_reasoning_streams_into_one_part_as_it_is_stored() -> None:
    stored = parts_of(ai("a", [*v1("Let me think."), {"type": "text", "text": "So.", "index": 1}]))
    live = streamed(v1("Let me "), v1("think."), [{"type": "text", "text": "So.", "index": 1}])
    assert live == stored == (Reasoning("a/reasoning", "Let me think."), Text("a/text", "So."))


def test_reasoning_beside_the_content_comes_first() -> None:
    def beside(text: str, content: str = "") -> Any:
        return chunk("a", content, additional_kwargs={"reasoning_content": text})

    events = [values(human()), beside("Let me "), beside("think."), chunk("a", "So.")]
    live = reduced([*events, chunk("a", chunk_position="last")], [human()]).turns[-1].parts
    whole = ai("a", "So.", additional_kwargs={"reasoning_content": "Let me think."})
    assert live == parts_of(whole)
    assert live == (Reasoning("a/reasoning", "Let me think."), Text("a/text", "So."))


def test_paragraphs_of_reasoning_are_kept_apart() -> None:
    def summary(*texts: tuple[int, str]) -> list[dict[str, Any]]:
        entries = [{"type": "summary_text", "text": text, "index": n} for n, text in texts]
        return [{"type": "reasoning", "summary": entries, "index": 0}]

    stored = parts_of(ai("a", summary((0, "First."), (1, "Second."))))
    live = streamed(summary((0, "Fir")), summary((0, "st.")), summary((1, "Second.")))
    assert live == stored == (Reasoning("a/reasoning", "First.\n\nSecond."),)


def test_text_in_several_blocks_is_one_text() -> None:
    blocks = [{"type": "text", "text": "It is ", "index": 0}, {"type": "text", "text": "so."}]
    assert parts_of(ai("a", blocks)) == (Text("a/text", "It is so."),)
    assert parts_of(ai("a", ["It is ", "so."])) == (Text("a/text", "It is so."),)


def test_blank_text_is_no_part() -> None:
    assert parts_of(ai("a", "\n \n", tool_calls=[call("c")]))[0] == ToolCall(
        "a/call:c", "c", "search", {}, "cancelled"
    )


def test_a_block_of_an_unknown_type_is_shown_as_it_came() -> None:
    odd = {"type": "hologram", "payload": [1, 2]}
    assert parts_of(ai("a", [odd])) == (Notice("a/other", "hologram", odd),)


@pytest.mark.parametrize("odd", [5, {"x": 1}, True])
def test_content_that_is_neither_text_nor_blocks_is_shown_as_it_came(odd: Any) -> None:
    assert parts_of(ai("a", odd)) == (Notice("a/other", "content", odd),)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"type": "system", "id": "s", "content": "Be kind."}, "system"),
        ({"type": "telepathy", "id": "s", "content": "?"}, "telepathy"),
    ],
)
def test_messages_of_neither_side_are_quiet_notices(raw: dict[str, Any], kind: str) -> None:
    (notice,) = parts_of(raw)
    assert notice == Notice("s/notice", kind, raw["content"])


def test_something_that_is_no_message_at_all_is_shown_too() -> None:
    assert parts_of(7) == (Notice("#1/notice", "unknown", 7),)


def test_messages_in_the_style_of_roles_are_read() -> None:
    thread = state({"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hello."})
    asked, answer = Transcript.from_state(thread).turns
    assert (asked.role, answer.role) == ("human", "agent")
    assert answer.parts == (Text("#1/text", "Hello."),)


def test_messages_of_one_id_or_none_have_parts_of_their_own() -> None:
    parts = parts_of(ai("a", "one"), ai("a", "two"), {"type": "ai", "content": "three"})
    assert [part.text for part in parts if isinstance(part, Text)] == ["one", "two", "three"]
    assert len({part.id for part in parts}) == 3


def args(text: str, index: int | None = 0, **first: Any) -> Any:
    piece = {"name": None, "id": None, "args": text, "index": index, **first}
    return chunk("a", tool_call_chunks=[piece])


def last() -> Any:
    return chunk("a", chunk_position="last")


def test_argument_chunks_of_two_calls_that_mix_are_told_apart_by_index() -> None:
    stream = [
        args('{"q":', 0, id="c1", name="f"),
        args('{"q":', 1, id="c2", name="g"),
        args(" 1}", 0),
        args(" 2}", 1),
        last(),
    ]
    found = calls(reduced([values(human()), *stream], [human()]))
    assert {id: each.arguments for id, each in found.items()} == {"c1": {"q": 1}, "c2": {"q": 2}}


def test_whole_calls_that_all_say_index_0_are_told_apart_by_id() -> None:
    stream = [
        args('{"q": 1}', 0, id="c1", name="f"),
        args('{"q": 2}', 0, id="c2", name="f"),
    ]
    found = calls(reduced([values(human()), *stream, last()], [human()]))
    assert [each.arguments for each in found.values()] == [{"q": 1}, {"q": 2}]


def test_an_id_that_comes_late_joins_the_call_that_it_belongs_to() -> None:
    stream = [args('{"q":', 0, name="f"), args(" 1}", 0, id="c1"), last()]
    found = calls(reduced([values(human()), *stream], [human()]))
    assert found.keys() == {"c1"}
    assert found["c1"].arguments == {"q": 1}


def test_argument_chunks_without_an_index_go_to_the_last_call() -> None:
    stream = [args('{"q":', None, id="c1", name="f"), args(" 1}", None), last()]
    assert calls(reduced([values(human()), *stream], [human()]))["c1"].arguments == {"q": 1}


def test_a_call_without_arguments_has_none_to_wait_for() -> None:
    found = calls(reduced([values(human()), args("", 0, id="c1", name="now"), last()], [human()]))
    assert (found["c1"].arguments, found["c1"].status) == ({}, "running")


def test_the_parse_of_a_fragment_is_not_believed() -> None:
    stream = [
        chunk("a", tool_calls=[call("c1", "f", wrong=1)], tool_call_chunks=[]),
        args('{"q": 1}', 0, id="c1", name="f"),
        last(),
    ]
    assert calls(reduced([values(human()), *stream], [human()]))["c1"].arguments == {"q": 1}


def test_arguments_that_are_no_json_fail_and_are_shown_as_written() -> None:
    broken = {"id": "c", "name": "f", "args": '{"q": ', "error": "bad"}
    (part,) = parts_of(ai("a", invalid_tool_calls=[broken]))
    assert isinstance(part, ToolCall)
    assert (part.status, part.arguments, part.arguments_text) == ("failed", None, '{"q": ')
    live = reduced([values(human()), args('{"q": ', 0, id="c", name="f"), last()], [human()])
    assert live.turns[-1].parts == (part,)


def test_a_call_stands_where_its_content_block_does() -> None:
    block = {"type": "tool_call", "id": "c", "name": "search", "args": {"q": 1}}
    message = ai("a", ["Before.", block, "After."], tool_calls=[call("c", q=1)])
    assert [type(part) for part in parts_of(message)] == [Text, ToolCall, Text]


def test_a_call_that_only_the_content_has_is_shown() -> None:
    block = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"q": 1}'}
    (part,) = parts_of(ai("a", [block]))
    assert isinstance(part, ToolCall)
    assert (part.call_id, part.name, part.arguments) == ("c", "f", {"q": 1})


def test_a_result_answers_the_call_before_it_where_a_model_uses_an_id_twice() -> None:
    parts = parts_of(
        ai("a", tool_calls=[call("same")]),
        tool("t1", "same", "one"),
        ai("b", tool_calls=[call("same")]),
        tool("t2", "same", "two"),
    )
    assert [p.result for p in parts if isinstance(p, ToolCall)] == [
        ToolResult("one"),
        ToolResult("two"),
    ]


def test_a_result_whose_call_is_gone_is_shown_on_its_own() -> None:
    (part,) = parts_of(tool("t", "gone", "found", name="search", status="error"))
    assert isinstance(part, ToolCall)
    assert (part.name, part.status, part.result) == ("search", "failed", ToolResult("found"))


def test_a_result_may_have_pictures_and_things_unknown() -> None:
    content = [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "map", "at": [1, 2]},
    ]
    answer = ai("a", tool_calls=[call("c")])
    (part,) = parts_of(answer, tool("t", "c", content, artifact={"rows": 3}))
    assert isinstance(part, ToolCall) and part.result is not None
    picture, odd = part.result.parts
    assert part.result.text == "Look:" and part.result.artifact == {"rows": 3}
    assert picture == Image("t/image", None, "AAAA", "image/png")
    assert odd == Notice("t/other", "map", content[2])


WEB = "https://example.org/cat.png"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "image", "base64": "AA", "mime_type": "image/png"}, (None, "AA", "image/png")),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/gif", "data": "BB"},
            },
            (None, "BB", "image/gif"),
        ),
        ({"type": "image", "source": {"type": "url", "url": WEB}}, (WEB, None, None)),
        ({"type": "image_url", "image_url": WEB}, (WEB, None, None)),
        ({"type": "input_image", "image_url": "data:,plain"}, ("data:,plain", None, None)),
        ({"type": "image", "url": WEB, "mime_type": "image/png"}, (WEB, None, "image/png")),
        ({"type": "image"}, (None, None, None)),
    ],
)  # fmt: skip
def test_images_of_all_providers_are_found(
    block: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    (image,) = parts_of(ai("a", [block]))
    assert isinstance(image, Image)
    assert (image.url, image.data, image.mime_type) == expected


def test_tokens_are_counted_over_chunks_and_messages() -> None:
    def counted(given: int, written: int) -> dict[str, Any]:
        usage = {"input_tokens": given, "output_tokens": written, "total_tokens": given + written}
        return {"usage_metadata": usage}

    stream = [
        values(human(), ai("a", "one", **counted(5, 1))),
        chunk("b", "two", **counted(7, 0)),
        chunk("b", "", **counted(0, 3), chunk_position="last"),
    ]
    assert reduced(stream, [human()]).turns[-1].usage == Usage(12, 4, 16)


@pytest.mark.parametrize("count", [-1, 10**13, True, 1.5, "7"])
def test_tokens_that_are_no_number_of_tokens_count_as_none(count: object) -> None:
    said = ai("a", "x", usage_metadata={"output_tokens": count})
    assert reduced([values(human(), said)]).turns[-1].usage == Usage(0, 0, 0)


def test_messages_that_come_whole_so_far_replace_each_other() -> None:
    def partial(text: str, mode: str = "messages/partial") -> Any:
        return event(mode, [ai("a", text, tool_calls=[call("c", q=text)])])

    transcript = reduced([values(human()), partial("Hel"), partial("Hello")], [human()])
    said, writing = transcript.turns[-1].parts
    assert said == Text("a/text", "Hello")  # a call has followed it
    assert isinstance(writing, ToolCall)
    assert (writing.status, writing.arguments) == ("writing", None)
    transcript.apply(event("messages/metadata", {"a": {"metadata": {}}}))
    transcript.apply(partial("Hello.", "messages/complete"))
    said, running = transcript.turns[-1].parts
    assert said == Text("a/text", "Hello.")
    assert isinstance(running, ToolCall) and running.arguments == {"q": "Hello."}


def test_updates_may_be_null_a_list_or_a_single_message() -> None:
    stream = [
        values(human()),
        event("updates", {"a": None, "__metadata__": {"cached": True}}),
        event("updates", {"a": [{"messages": [ai("x", "one")]}, {"messages": ai("y", "two")}]}),
    ]
    assert texts(reduced(stream, [human()])) == ["one", "two"]


def test_a_subagents_namespace_moves_to_its_call_when_the_result_names_it() -> None:
    both = ai("a", tool_calls=[call("c1"), call("c2")])
    inner = {"type": "AIMessageChunk", "id": "in", "content": "working"}
    transcript = reduced(
        [
            values(human(), both),
            event("values", {"messages": [human("task")]}, "tools:1"),
            event("messages", [inner, {}], "tools:1"),
        ],
        [human()],
    )
    assert [type(p).__name__ for p in transcript.turns[-1].parts][-1] == "Subagent"
    named = {"langgraph_checkpoint_ns": "tools:1"}
    transcript.apply(event("messages", [tool("t", "c2"), named]))
    assert [type(p) for p in transcript.turns[-1].parts] == [ToolCall, ToolCall]
    (child,) = calls(transcript)["c2"].children
    assert isinstance(child, Text) and child.text == "working"


def test_a_wrapped_call_in_a_tasks_event_claims_its_namespace_too() -> None:
    wrapped = {"__type": "tool_call_with_context", "tool_call": call("c2"), "state": {}}
    inner = {"type": "AIMessageChunk", "id": "in", "content": "working"}
    transcript = reduced(
        [
            values(human(), ai("a", tool_calls=[call("c1"), call("c2")])),
            event("tasks", {"id": "9", "name": "tools", "input": wrapped}),
            event("messages", [inner, {}], "tools:9"),
            event("custom", {"pct": 5}, "tools:9"),
        ],
        [human()],
    )
    found = calls(transcript)
    assert found["c1"].children == () and len(found["c2"].children) == 1
    assert [report.data for report in found["c2"].progress] == [{"pct": 5}]


def test_progress_that_names_its_call_goes_there() -> None:
    transcript = reduced(
        [
            values(human(), ai("a", tool_calls=[call("c1"), call("c2")])),
            event("custom", {"tool_call_id": "c2", "pct": 5}),
            event("custom", {"pct": 9}),
        ],
        [human()],
    )
    assert [len(each.progress) for each in calls(transcript).values()] == [0, 1]
    assert [each.data for events in events_of(transcript) for each in events.recent] == [{"pct": 9}]
