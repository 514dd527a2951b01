"""Whatever JSON, in whatever order, from whatever server: the reducer never raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import captures
from tests.unit.transcript.stories import NOW, all_parts, chunk, event, human, reduced, sent, values
from webchat.agent_server.events import StreamEvent
from webchat.transcript import ToolCall, Transcript

MODES = [
    "metadata", "values", "messages", "messages/partial", "messages/complete", "messages/metadata",
    "updates", "tasks", "custom", "error", "end", "data", "debug", "never-seen", "",
]  # fmt: skip
KEYS = [
    "messages", "__interrupt__", "id", "type", "content", "tool_calls", "tool_call_chunks",
    "invalid_tool_calls", "args", "name", "index", "tool_call_id", "input", "tasks", "interrupts",
    "usage_metadata", "response_metadata", "additional_kwargs", "text", "summary", "image_url",
    "values", "next", "error", "status", "chunk_position", "source", "reasoning_content",
]  # fmt: skip
WORDS = [
    "human", "ai", "AIMessageChunk", "tool", "system", "remove", "text", "reasoning", "image",
    "tool_use", "tool_call", "input_json_delta", "a", "b", "last", "{\"x\": ", "\ud800", "",
]  # fmt: skip

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=5)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(WORDS[:6]), "id": st.sampled_from("abc")},
    optional={key: JSON for key in KEYS if key not in ("id", "type")},
)
DATA = (
    JSON
    | st.lists(MESSAGES, max_size=3)
    | st.fixed_dictionaries({"messages": st.lists(MESSAGES, max_size=4)})
    | st.dictionaries(st.sampled_from("ab"), st.fixed_dictionaries({"messages": MESSAGES}))
)
NAMESPACES = st.lists(st.sampled_from(["tools:1", "tools:2", "inner:1", ""]), max_size=3)
EVENTS = st.builds(
    StreamEvent,
    st.sampled_from(MODES),
    st.builds(tuple, NAMESPACES),
    DATA,
    st.none() | st.sampled_from(["1-0", "2-0", "x", "9" * 40 + "-0"]),
    st.just(NOW),
    st.just(0),
)


def look(transcript: Transcript) -> None:
    turns = transcript.turns
    ids = [turn.id for turn in turns]
    assert len(set(ids)) == len(ids)
    for turn in turns:
        for part in all_parts(turn.parts):
            assert isinstance(part.id, str)
    transcript.partial_answer()
    transcript.last_question()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EVENTS, max_size=6), JSON, st.sampled_from(["success", "error", "x", None]))
def test_no_json_makes_the_reducer_raise(events: list[Any], state: Any, status: str | None) -> None:
    transcript = Transcript()
    transcript.start_run([human()], NOW)
    for each in events:
        transcript.apply(each)
        look(transcript)
    transcript.settle(state, status, NOW)
    look(transcript)
    look(Transcript.from_state(state))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_flipped_or_lost_byte_makes_the_reducer_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([n for n in captures.names() if len(captures.raw(n)) < 30000]))
    stream = bytearray(captures.raw(name))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(stream) - 1))
        if data.draw(st.booleans()):
            stream[place] = data.draw(st.integers(0, 255))
        else:
            del stream[place : place + data.draw(st.integers(1, 40))]
    look(reduced(captures.decode(bytes(stream)), sent(name)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_events_out_of_order_do_not_make_the_reducer_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(captures.names()))
    events = data.draw(st.permutations(captures.events(name)[:40]))
    look(reduced(events, sent(name)))


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [50, 900, 100_000])
def test_json_nested_deeper_than_python_compares_is_taken_in(depth: int) -> None:
    def message() -> dict[str, Any]:
        odd = {"type": "ai", "id": "a", "content": nested(depth), "tool_calls": nested(depth)}
        return odd | {"artifact": nested(depth)}

    def told() -> StreamEvent:
        return StreamEvent("values", (), {"messages": [human(), message()]}, None, NOW, 0)

    transcript = reduced([told()], [human()])
    before = transcript.turns
    transcript.apply(told())
    assert [turn.id for turn in transcript.turns] == [turn.id for turn in before]


def test_a_namespace_of_thousands_of_steps_is_cut() -> None:
    message = {"type": "AIMessageChunk", "id": "x", "content": "deep"}
    namespace = [f"n:{n}" for n in range(5000)]
    transcript = reduced([values(human()), event("messages", [message, {}], *namespace)])
    assert len(list(all_parts(transcript.turns[-1].parts))) < 50


def test_another_protocols_messages_are_passed_over() -> None:
    odd = {"event": "content-block-delta", "index": 0, "delta": {"type": "text-delta", "text": "x"}}
    transcript = reduced([values(human()), event("messages", odd), chunk("a", "said")], [human()])
    assert [type(part).__name__ for part in transcript.turns[-1].parts] == ["Text"]


def test_ten_thousand_reports_and_three_hundred_calls_are_taken_in() -> None:
    calls = [{"id": f"c{n}", "name": "f", "args": {"n": n}} for n in range(300)]
    answer = {"type": "ai", "id": "a", "content": "", "tool_calls": calls}
    reports = [event("custom", {"tool_call_id": "c7", "n": n}) for n in range(10_000)]
    transcript = reduced([values(human(), answer), *reports], [human()])
    parts = transcript.turns[-1].parts
    assert len(parts) == 300
    assert isinstance(parts[7], ToolCall)
    assert parts[7].progress[-1].data == {"tool_call_id": "c7", "n": 9999}
