"""The wire of a run is kept as it came: in order, once, and within a bound of memory."""

from __future__ import annotations

import json
from sys import getsizeof
from typing import Any

import pytest

from tests import captures
from webchat import limits
from webchat.agent_server.events import StreamEvent
from webchat.runs.wire_log import WireLog

START = 1_795_000_000.0


def event(name: str, data: Any, id: str | None = None, at: float = START) -> StreamEvent:
    return StreamEvent.decode(name, json.dumps(data), id, at)


def token(text: str, id: str | None = None) -> StreamEvent:
    return event("messages", [{"content": text}, {"langgraph_node": "model"}], id)


def kept(*events: StreamEvent) -> WireLog:
    log = WireLog("run", START)
    for one in events:
        log.add(one)
    return log


@pytest.mark.parametrize("name", ["tools_parallel", "subgraphs_True", "chat_combo_tuple"])
def test_a_recording_is_kept_whole_in_its_order(name: str):
    said = captures.events(name)
    log = kept(*said)
    assert [row.number for row in log.events] == list(range(1, len(said) + 1))
    assert [(row.mode, row.namespace, row.raw, row.at) for row in log.events] == [
        (one.mode, one.namespace, one.raw, one.received_at) for one in said
    ]
    assert log.size == sum(one.size for one in said)


def test_each_tab_has_the_rows_of_its_stream_mode():
    log = kept(
        event("values", {}),
        event("updates", {"model": None}),
        event("values|inner:1", {}),
        event("messages/partial", []),
        event("feedback", 1),
    )
    numbers = {tab: [row.number for row in rows] for tab, rows in log.by_tab.items()}
    assert numbers == {"values": [1, 3], "updates": [2], "messages": [4], "feedback": [5]}
    assert log.events[2].namespace == ("inner:1",)


@pytest.mark.parametrize(
    ("said", "node"),
    [
        (token("a"), "model"),
        (event("updates", {"model": {}, "tools": {}}), "model, tools"),
        (event("tasks", {"id": "1", "name": "tools"}), "tools"),
        (event("values", {"messages": []}), ""),
        (event("messages", [{"content": "a"}, {"langgraph_node": 5}]), ""),
        (event("messages", [{"content": "a"}]), ""),
        (event("messages", {"event": "of another protocol"}), ""),
        (event("updates", ["model"]), ""),
        (event("tasks", {"name": ["tools"]}), ""),
        (event("tasks", None), ""),
    ],
)
def test_a_row_names_its_node_where_the_event_does(said: StreamEvent, node: str):
    assert kept(said).events[0].node == node


@pytest.mark.parametrize(
    "said",
    [
        event("updates", {"n" * 1_000_000: 1}),
        event("tasks", {"name": "n" * 1_000_000}),
        event("n" * 1_000_000, 1),
        event(f"custom|{'n' * 1_000_000}", 1),
        event(f"custom{'|n' * 1_000_000}", 1),
    ],
)
def test_a_row_keeps_no_name_without_end(said: StreamEvent):
    (row,) = kept(said).events
    assert len("".join((row.mode, row.node, *row.namespace))) <= limits.EVENT_NAME


def test_a_row_names_no_more_nodes_than_it_shows():
    (row,) = kept(event("updates", {f"node-{number}": None for number in range(1_000)})).events
    assert row.node.startswith("node-0, node-1, ") and len(row.node) <= 100


def test_rows_are_found_by_their_number():
    log = kept(token("a"), token("b"))
    first, last = log.get(1), log.get(2)
    assert first is log.events[0] and last is log.events[1]
    assert log.get(0) is log.get(3) is log.get(-1) is None


def test_without_a_start_the_seconds_count_from_the_first_event():
    log = WireLog("run", None)
    for at in (9.0, 9.5):
        log.add(event("values", {}, None, START + at))
    assert [row.at - log.started_at for row in log.events] == [0.0, 0.5]


def test_past_the_bound_the_oldest_bodies_go_and_every_row_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WIRE_BYTES", 1000)
    said = [event("values" if n % 2 else "updates", {"n": n, "x": "y" * 80}) for n in range(40)]
    log = kept(*said)

    assert [row.number for row in log.events] == list(range(1, 41))
    assert log.size == sum(one.size for one in said), "what was said, not what is kept"
    bodies = [row.raw for row in log.events]
    gone = bodies.index(next(raw for raw in bodies if raw is not None))
    assert gone > 0 and all(raw is None for raw in bodies[:gone])
    assert bodies[gone:] == [one.raw for one in said[gone:]], "the newest keep theirs"
    assert sum(getsizeof(row.raw) for row in log.events[gone:]) <= 1000
    for rows in log.by_tab.values():
        assert all(row is log.events[row.number - 1] for row in rows), "tabs show the same rows"


def test_an_event_larger_than_the_bound_keeps_its_body_while_it_is_the_newest(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(limits, "WIRE_BYTES", 100)
    log = kept(token("small"), event("values", "x" * 500))
    assert log.events[0].raw is None
    assert log.events[1].raw is not None
    log.add(token("next"))
    assert log.events[1].raw is None


def test_the_pieces_of_a_messages_arguments_are_kept_exactly():
    said = [one for one in captures.events("tools_parallel") if one.mode == "messages"]
    many = [
        event("messages", [{"content": f"wörd {n} " * (n % 5), **one.data[0]}, one.data[1]])
        for n, one in enumerate(said * 20)
    ]
    log = kept(*many)
    assert [row.raw for row in log.events] == [one.raw for one in many]


def test_a_calm_answers_tokens_share_what_they_say_about_their_message():
    meta = {"langgraph_node": "model", "about": "x" * 900}
    rows = [f"w{n % 7} th" + "e" * (n % 3) for n in range(1000)]
    many = [event("messages", [{"content": text, "id": "m"}, meta]) for text in rows]
    log = kept(*many)
    assert [row.raw for row in log.events] == [one.raw for one in many]
    assert log.memory < 400 * len(many), "of the kilobyte of each"


def test_agents_that_speak_at_once_share_each_their_own():
    many = [
        event(
            "messages",
            [{"content": f"{n}"}, {"langgraph_node": f"n{n % 3}", "x": f"{n % 3}" * 900}],
        )
        for n in range(900)
    ]
    log = kept(*many)
    assert [row.raw for row in log.events] == [one.raw for one in many]
    assert log.memory < 400 * len(many)


def test_memory_is_counted_as_it_is_taken_and_given_back():
    log = kept(*[event("custom", {"n": n, "x": "e" * 5000}) for n in range(10)])
    assert log.memory >= sum(getsizeof(row.raw) for row in log.events)
    before = log.memory
    log.let_go(20_000)
    assert before - log.memory >= 20_000
    log.let_go(10**9)
    assert [row.raw is None for row in log.events] == [True] * 9 + [False]
    assert log.memory < 10_000
