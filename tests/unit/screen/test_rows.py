"""The wire as rows: which are shown, how they are counted, and what is expanded of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.screen.drawing import assert_fit_for_the_page
from tests.unit.screen.page import shown
from webchat.agent_server.events import StreamEvent
from webchat.rendering import json_tree
from webchat.runs import RunFacts, WireLog, wire_log
from webchat.screen import rows as rows_module
from webchat.screen.replica import Replica
from webchat.screen.rows import PAGE, STRIDE, RawChoices, body_of, put_log

START = 1_795_000_000.0
RUN = RunFacts("run-1", "running", "open", started_at=START)


def log_of(*said: tuple[str, Any]) -> WireLog:
    log = WireLog("run-1", START)
    add(log, *said)
    return log


def add(log: WireLog, *said: tuple[str, Any]) -> None:
    for name, data in said:
        at = START + 0.5 * (len(log.events) + 1)
        log.add(StreamEvent.decode(name, json.dumps(data), None, at))


def many(count: int) -> WireLog:
    return log_of(*[("values", {"n": n}) for n in range(1, count + 1)])


def put(replica: Replica, choices: RawChoices, log: WireLog | None, **more: Any) -> dict[str, Any]:
    given = {"run": RUN, "runs": [], "empty": "Nothing was sent yet."} | more
    put_log(replica, choices, log, **given)
    return shown(replica)


def rows(records: dict[str, Any]) -> list[int]:
    return [records[name]["number"] for name in records["raw"]["rows"]]


# Which rows.


MIXED = (
    ("metadata", {"run_id": "run-1"}),
    ("values", {"messages": []}),
    ("messages", [{"content": "a"}, {"langgraph_node": "model"}]),
    ("updates", {"model": {}}),
    ("values|inner:1|leaf:2", {"messages": ["x"]}),
    ("custom", "anything"),
)


@pytest.mark.parametrize(
    ("tab", "numbers"),
    [("values", [2, 5]), ("updates", [4]), ("messages", [3]), ("all", [1, 2, 3, 4, 5, 6])],
)
def test_a_tab_shows_the_events_of_its_mode(tab: str, numbers: list[int]):
    records = put(Replica(), RawChoices(tab=tab), log_of(*MIXED))
    assert rows(records) == numbers
    counts = {tab: records["raw"][tab] for tab in rows_module.TABS}
    assert counts == {"values": 2, "updates": 1, "messages": 1, "all": 6}


def test_a_row_says_when_what_where_and_how_much():
    records = put(Replica(), RawChoices(tab="all"), log_of(*MIXED))
    assert records["w:3"] == {
        "number": 3,
        "at": "1.50",
        "mode": "messages",
        "node": "model",
        "namespace": "",
        "size": "47 B",
        "open": False,
        "body": "",
    }
    assert records["w:5"]["namespace"] == "inner:1 › leaf:2"
    assert records["w:5"]["node"] == "—"


def test_the_head_tells_of_the_run_as_a_whole():
    head = put(Replica(), RawChoices(), log_of(*MIXED))["raw"]
    assert head["run"] == "run-1"
    assert head["facts"].startswith("running · 3.0 s · 6 events · ")
    assert head["final"] == "values" and head["empty"] == ""
    foreign = put(Replica(), RawChoices(), log_of(*MIXED), run=None)["raw"]
    assert foreign["facts"].startswith("3.0 s"), "nobody knows how it stands"


def test_without_events_it_says_why_there_are_none():
    head = put(Replica(), RawChoices(), None, run=None)["raw"]
    assert (head["empty"], head["all"], head["rows"], head["facts"]) == (
        "Nothing was sent yet.",
        0,
        [],
        "",
    )
    head = put(Replica(), RawChoices(tab="updates"), log_of(("custom", 1)))["raw"]
    assert head["empty"] and head["all"] == 1 and head["final"] == ""


def test_there_is_a_choice_of_runs_where_there_are_several():
    one = [{"run_id": "a", "label": "a"}]
    assert put(Replica(), RawChoices(), None, runs=one)["raw"]["several"] is False
    head = put(Replica(), RawChoices(), None, runs=one * 2)["raw"]
    assert head["several"] and head["runs"] == one * 2


def test_going_to_another_tab_leaves_no_row_behind():
    replica, log = Replica(), log_of(*MIXED)
    put(replica, RawChoices(tab="all"), log)
    records = put(replica, RawChoices(tab="updates"), log)
    assert [name for name in records if name.startswith("w:")] == ["w:4"]


# Only what is about something.


def test_only_the_events_about_a_message_are_shown_when_asked_for():
    log = log_of(
        ("messages", [{"id": "m-1", "content": "a"}, {}]),
        ("messages", [{"id": "m-2", "content": "b"}, {}]),
        ("updates", {"model": {"messages": [{"id": "m-1"}]}}),
        ("values", {"messages": [{"id": "m-1"}, {"id": "m-2"}]}),
    )
    choices = RawChoices(tab="all", about=("m-1",), about_what="this message")
    records = put(Replica(), choices, log)
    assert rows(records) == [1, 3, 4] and records["raw"]["about"] == "this message"
    choices.tab = "messages"
    assert rows(put(Replica(), choices, log)) == [1]
    choices.about = ("m-1", "m-2")
    assert rows(put(Replica(), choices, log)) == [1, 2]
    choices.about = ()
    records = put(Replica(), choices, log)
    assert rows(records) == [1, 2] and records["raw"]["about"] == ""


# The window.


@pytest.mark.parametrize(
    ("count", "first"),
    [
        (0, None),
        (PAGE, 1),
        (PAGE + STRIDE - 1, 1),
        (PAGE + STRIDE, 1 + STRIDE),
        (PAGE + STRIDE + 1, 1 + STRIDE),
        (10_000, 1 + 10_000 - PAGE),
    ],
)
def test_the_newest_rows_are_in_the_page_and_the_window_moves_in_strides(
    count: int, first: int | None
):
    records = put(Replica(), RawChoices(), many(count))
    numbers = rows(records)
    assert numbers == list(range(first or 1, count + 1))
    assert records["raw"]["earlier"] == (first or 1) - 1
    assert len(numbers) < PAGE + STRIDE
    assert len([name for name in records if name.startswith("w:")]) == len(numbers)


def test_more_rows_are_there_for_the_asking():
    records = put(Replica(), RawChoices(rows=2 * PAGE), many(10_000))
    assert len(rows(records)) == 2 * PAGE


def test_another_event_costs_one_row_and_not_the_window():
    replica, choices, log = Replica(), RawChoices(), many(PAGE)
    put_log(replica, choices, log, RUN, [], "")
    replica.take()
    add(log, ("values", {"n": "new"}))
    put_log(replica, choices, log, RUN, [], "")
    ops = (replica.take() or [])[2]
    assert [op[:2] for op in ops if op[1] != "raw"] == [["put", f"w:{PAGE + 1}"]]
    assert ["append", "raw", "rows", [f"w:{PAGE + 1}"]] in ops
    assert len(json.dumps(ops)) < 600


def test_a_row_is_drawn_once(monkeypatch: pytest.MonkeyPatch):
    made: list[Any] = []
    tree = json_tree.tree
    monkeypatch.setattr(rows_module, "tree", lambda v, **k: (made.append(v), tree(v, **k))[1])
    replica, choices, log = Replica(), RawChoices(), many(3)
    choices.expanded[2] = set()
    for _ in range(5):
        put_log(replica, choices, log, RUN, [], "")
    assert made == [{"n": 2}]


# Expanded rows.


def test_an_opened_row_has_its_body_as_a_tree():
    choices = RawChoices(expanded={2: set()})
    records = put(Replica(), choices, many(3))
    assert records["w:2"]["open"] and "json-key" in records["w:2"]["body"]
    assert not records["w:1"]["open"] and records["w:1"]["body"] == ""


def test_a_body_shows_all_of_what_was_asked_for_and_shuts_again():
    replica, log = Replica(), log_of(("values", {"long": "x" * 5_000}))
    choices = RawChoices(expanded={1: set()})
    assert "x" * 5_000 not in put(replica, choices, log)["w:1"]["body"]
    choices.expanded[1].add("/long")
    assert "x" * 5_000 in put(replica, choices, log)["w:1"]["body"]
    del choices.expanded[1]
    assert put(replica, choices, log)["w:1"]["body"] == ""


def test_another_run_has_nothing_open_and_the_first_page():
    choices = RawChoices(rows=4 * PAGE, expanded={1: set()})
    put(Replica(), choices, log_of(("values", {"run": "one"})))
    choices.look_at("run-2")
    records = put(Replica(), choices, log_of(("updates", {"run": "two"}), ("values", {})))
    assert (choices.run_id, choices.rows) == ("run-2", PAGE)
    assert records["w:2"]["mode"] == "values" and not records["w:2"]["open"]


def test_a_body_that_was_let_go_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire_log, "KEPT_BYTES", 10)
    log = log_of(("values", {"n": 1}), ("values", {"long": "x" * 50}))
    records = put(Replica(), RawChoices(expanded={1: set()}), log)
    assert "let go" in records["w:1"]["body"]
    assert rows(records) == [1, 2]


def test_a_body_that_is_no_json_is_shown_as_text():
    log = WireLog("run-1", START)
    log.add(StreamEvent.decode("odd", "not {json", None, START))
    (event,) = log.events
    assert body_of(event) == "not {json"


def test_hostile_names_are_fit_to_be_shown():
    evil = "<img src=x onerror=alert(1)>\x00\u202e\ud800"
    log = log_of(
        (evil + "|" + evil, {evil: evil}),
        ("updates", {evil: {}}),
        ("messages", [{"content": evil}, {"langgraph_node": evil * 50}]),
    )
    records = put(Replica(), RawChoices(tab="all", expanded={1: set(), 2: set(), 3: set()}), log)
    assert_fit_for_the_page(records)
    assert all("<img" not in records[f"w:{n}"]["body"] for n in (1, 2, 3))
    assert len(records["w:3"]["node"]) <= 60 and len(records["w:1"]["mode"]) <= 40
