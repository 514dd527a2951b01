"""The wire is searched by what its events name, exactly, without reading it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import captures
from webchat import limits
from webchat.agent_server.events import StreamEvent
from webchat.runs.wire_index import WireIndex
from webchat.runs.wire_log import WireLog
from webchat.transcript.references import References


def index_of(*said: tuple[str, Any]) -> WireIndex:
    index = WireIndex()
    for number, (name, data) in enumerate(said, 1):
        index.add(number, StreamEvent.decode(name, json.dumps(data), None, 0.0))
    return index


def messages(*ids: str) -> References:
    return References(message_ids=frozenset(ids))


def calls(*ids: str) -> References:
    return References(call_ids=frozenset(ids))


def token(message_id: str, **more: Any) -> tuple[str, Any]:
    return "messages", [{"id": message_id, "type": "AIMessageChunk", **more}, {}]


def piece(message_id: str, index: int | None, id: str | None = None) -> tuple[str, Any]:
    return token(message_id, tool_call_chunks=[{"id": id, "index": index, "args": "{"}])


def test_an_event_is_found_by_the_message_that_it_is_about():
    index = index_of(
        token("m-1"),
        token("m-2"),
        ("updates", {"model": {"messages": [{"id": "m-1"}]}}),
        ("updates", {"model": [{"messages": {"id": "m-1"}}], "other": None}),
        ("values", {"messages": [{"id": "m-1"}, {"id": "m-2"}]}),
        ("messages/metadata", {"m-1": {}}),
        ("messages/partial", [{"id": "m-1", "type": "ai"}]),
        ("custom", None),
    )
    assert index.find(messages("m-1")) == [1, 3, 4, 5, 6, 7]
    assert index.find(messages("m-2")) == [2, 5]
    assert index.find(messages("m-1", "m-2")) == [1, 2, 3, 4, 5, 6, 7]
    assert index.find(messages("m-3")) == index.find(References()) == []


def test_ids_are_compared_exactly():
    index = index_of(
        ("values", {"messages": [{"id": "m", "tool_calls": [{"id": "call_10"}]}]}),
        ("messages", [{"id": "t", "tool_call_id": "call_1", "content": "of call_10 and m"}, {}]),
    )
    assert index.find(calls("call_1")) == [2]
    assert index.find(calls("call_10")) == [1]
    assert index.find(messages("m")) == [1]
    assert index.find(calls("m")) == index.find(messages("call_1")) == []


def test_the_pieces_of_a_calls_arguments_belong_to_it_though_they_do_not_name_it():
    index = index_of(
        piece("m", 0, "a"),
        piece("m", 1, "b"),
        piece("m", 0),
        piece("m", 1),
        piece("other", 0),
        piece("m", 0),
    )
    assert index.find(calls("a")) == [1, 3, 6]
    assert index.find(calls("b")) == [2, 4]


def test_a_call_that_has_no_id_is_found_by_its_place_in_its_message():
    index = index_of(piece("m", 0), piece("m", 1), piece("m", 0), piece("other", 0))
    assert index.find(References(indexes=frozenset({("m", 0)}))) == [1, 3]


def test_a_new_call_may_take_the_place_of_one_that_is_written():
    index = index_of(
        piece("m", None, "a"), piece("m", None), piece("m", None, "b"), piece("m", None)
    )
    assert index.find(calls("a")) == [1, 2]
    assert index.find(calls("b")) == [3, 4]


TASK = {"id": "t1", "name": "tools", "input": [{"type": "tool_call", "id": "a", "name": "task"}]}


def test_the_work_of_an_agent_within_a_call_is_found_with_the_call():
    index = index_of(
        ("tasks", TASK),
        token("m"),
        ("updates|tools:t1", {"model": {}}),
        ("messages|tools:t1|deep:t2", [{"id": "inner"}, {}]),
        ("updates|tools:t10", {"model": {}}),
        ("tasks", {"id": "t1", "name": "tools", "result": {"messages": []}}),
    )
    assert index.find(calls("a")) == [1, 3, 4]


def test_without_tasks_the_tools_last_word_names_the_work_within_its_call():
    index = index_of(
        ("updates|tools:t1", {"model": {}}),
        ("messages", [{"tool_call_id": "a"}, {"langgraph_checkpoint_ns": "tools:t1"}]),
    )
    assert index.find(calls("a")) == [1, 2]


def test_a_graph_within_the_graph_is_found_with_all_that_works_in_it():
    index = index_of(
        ("values", {}), ("values|a:1", {}), ("values|a:1|b:2", {}), ("values|c:3|a:1", {})
    )
    assert index.find(References(namespaces=frozenset({("a:1",)}))) == [2, 3]
    assert index.find(References(namespaces=frozenset({("a:1", "b:2")}))) == [3]


def test_a_recorded_subagents_work_is_found_with_its_call():
    index, events = WireIndex(), captures.events("parallel_subagents_tasks")
    for number, event in enumerate(events, 1):
        index.add(number, event)
    for call_id, other in (("call_t1", "call_t2"), ("call_t2", "call_t1")):
        found = {number: events[number - 1] for number in index.find(calls(call_id))}
        inner = {event.namespace[0] for event in found.values() if event.namespace}
        assert len(inner) == 1
        of_it = [n for n, event in enumerate(events, 1) if event.namespace[:1] == (*inner,)]
        assert len(of_it) > 5 and set(of_it) <= set(found)
        missing = [n for n, event in enumerate(events, 1) if f'"{call_id}"' in event.raw]
        assert set(missing) <= set(found)
        alone = set(found) - set(index.find(calls(other)))
        assert all(f'"{other}"' not in events[n - 1].raw for n in alone)


def test_every_recorded_piece_of_arguments_is_found_with_its_call():
    index, events = WireIndex(), captures.events("tools_parallel")
    pieces: dict[str, list[int]] = {}
    names: dict[tuple[str, int], str] = {}
    for number, event in enumerate(events, 1):
        index.add(number, event)
        if event.mode == "messages":
            message = event.data[0]
            for one in message.get("tool_call_chunks") or ():
                place = (message["id"], one["index"])
                names[place] = one["id"] or names[place]
                pieces.setdefault(names[place], []).append(number)
    assert len(pieces) > 1 and all(len(numbers) > 2 for numbers in pieces.values())
    for call_id, numbers in pieces.items():
        assert set(numbers) <= set(index.find(calls(call_id)))


def test_only_what_is_new_is_looked_for():
    index = index_of(token("m"), token("n"), token("m"), token("m"))
    assert index.find(messages("m"), after=1) == [3, 4]
    assert index.find(messages("m"), after=4) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("messages", None),
        ("messages", [None, None]),
        ("messages", [{"id": 5, "tool_call_id": ["x"]}, []]),
        ("messages", [{"id": "m", "tool_call_chunks": [None, {"id": 1, "index": {}}]}, 3]),
        ("messages", [{"id": "m", "tool_call_chunks": "x"}]),
        ("messages", [{"id": None, "tool_calls": {"id": "x"}, "content": [[[]]]}, {}]),
        ("tasks", {"id": {}, "name": [], "input": [None]}),
        ("tasks", {"input": [{"type": "tool_call", "id": 7}]}),
        ("messages/metadata", ["m"]),
        ("values|" + "|".join("abc" * 20), {"id": {}, "tool_calls": 3}),
    ],
)
def test_odd_events_are_taken_as_they_are(name: str, data: Any):
    assert index_of((name, data)).indexed == 1


class Counted(list[Any]):
    """A list that counts how many of its items were looked at."""

    seen = 0

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            Counted.seen += 1
            yield item


def test_of_very_deep_and_very_wide_values_only_a_part_is_read(monkeypatch: pytest.MonkeyPatch):
    deep = Counted([{"id": "m"}])
    for _ in range(100_000):
        deep = Counted([deep])
    wide = Counted({"id": f"m{n}"} for n in range(500_000))
    many = Counted([Counted([[]] * 100_000)] * 50)
    for data in (deep, {"messages": wide}, many):
        monkeypatch.setattr(Counted, "seen", 0)
        WireIndex().add(1, StreamEvent("values", (), data, None, 0.0, 0))
        assert 10_000 < Counted.seen <= limits.WIRE_INDEX_VALUES


def test_past_its_bound_it_says_how_far_it_goes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WIRE_INDEX_BYTES", 3_000)
    index = index_of(*(token(f"m-{n}") for n in range(100)))
    assert 0 < index.indexed < 20
    assert index.find(messages("m-0")) == [1]
    assert index.find(messages("m-99")) == []


def test_a_logs_index_stands_though_bodies_were_let_go():
    log = WireLog("run", 0.0)
    for name, data in (token("m"), token("n"), token("m")):
        log.add(StreamEvent.decode(name, json.dumps(data), None, 0.0))
    log.let_go(10**9)
    assert log.events[0].raw is None
    assert log.index.find(messages("m")) == [1, 3]
