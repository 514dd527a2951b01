"""The wire as rows: which are shown, how they are counted, and what is expanded of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.screen.drawing import assert_fit_for_the_page
from tests.unit.screen.page import raw_rows, shown
from webchat import limits
from webchat.agent_server.events import StreamEvent
from webchat.runs import RunFacts, WireLog
from webchat.runs.wire_index import WireIndex
from webchat.screen.raw_head import put_head
from webchat.screen.replica import Replica
from webchat.screen.rows import CHUNK, PAGE, TABS, ExpandedRow, RawChoices, Rows, body_of
from webchat.transcript.references import References

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


class Screen:
    """What one tab has of the wire."""

    def __init__(self, **choices: Any) -> None:
        self.choices = RawChoices(**choices)
        self.replica = Replica()
        self._rows = Rows()

    def put(self, log: WireLog | None, **more: Any) -> dict[str, Any]:
        """Put a log as it stands; returns what the page has then."""
        self.draw(log, **more)
        return shown(self.replica)

    def draw(self, log: WireLog | None, **more: Any) -> None:
        given: dict[str, Any] = {"run": RUN, "runs": [], "empty": "", "thread": True} | more
        _, earlier = self._rows.put(self.replica, self.choices, log)
        put_head(self.replica, self.choices, log, earlier=earlier, **given)

    def ops(self) -> list[list[Any]]:
        return (self.replica.take() or ["", 0, []])[2]


def numbers(records: dict[str, Any]) -> list[int]:
    return [row[0] for row in raw_rows(records)]


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
    ("tab", "expected"),
    [("values", [2, 5]), ("updates", [4]), ("messages", [3]), ("all", [1, 2, 3, 4, 5, 6])],
)
def test_a_tab_shows_the_events_of_its_mode(tab: str, expected: list[int]):
    records = Screen(tab=tab).put(log_of(*MIXED))
    assert numbers(records) == expected
    counts = {tab: records["raw"][tab] for tab in TABS}
    assert counts == {"values": 2, "updates": 1, "messages": 1, "all": 6}


def test_a_row_says_when_what_where_and_how_much():
    rows = raw_rows(Screen(tab="all").put(log_of(*MIXED)))
    assert rows[2] == [3, "1.50", "messages", "47 B", "model", "", 0]
    assert rows[4][4:6] == ["—", "inner:1 › leaf:2"]


def test_the_head_tells_of_the_run_as_a_whole():
    head = Screen().put(log_of(*MIXED))["raw"]
    assert head["run"] == "run-1" and head["thread"] and not head["ended"]
    assert head["facts"].startswith("running · 3.0 s · 6 events · ")
    foreign = Screen().put(log_of(*MIXED), run=None)["raw"]
    assert foreign["facts"].startswith("3.0 s"), "nobody knows how it stands"
    assert foreign["ended"]


def test_without_events_it_says_why_there_are_none():
    head = Screen().put(None, run=None, empty="Nothing was sent yet.")["raw"]
    assert (head["empty"], head["all"], head["facts"]) == ("Nothing was sent yet.", 0, "")
    assert raw_rows(Screen(tab="updates").put(log_of(("custom", 1)))) == []


def test_there_is_a_choice_of_runs_where_there_are_several():
    one = [{"run_id": "a", "label": "a"}]
    assert Screen().put(None, runs=one)["raw"]["several"] is False
    head = Screen().put(None, runs=one * 2)["raw"]
    assert head["several"] and head["runs"] == one * 2


def test_going_to_another_tab_leaves_no_row_behind():
    screen, log = Screen(tab="all"), log_of(*MIXED, *[("custom", n) for n in range(CHUNK)])
    assert len(numbers(screen.put(log))) == 6 + CHUNK
    screen.choices.tab = "updates"
    records = screen.put(log)
    assert numbers(records) == [4]
    assert [key for key in records if key.startswith(("w:", "e:"))] == ["w:0"]


# Only what is about something.


ABOUT_M1 = References(message_ids=frozenset({"m-1"}))


def test_only_the_events_about_a_message_are_shown_when_asked_for():
    log = log_of(
        ("messages", [{"id": "m-1", "content": "a"}, {}]),
        ("messages", [{"id": "m-2", "content": "b"}, {}]),
        ("updates", {"model": {"messages": [{"id": "m-1"}]}}),
        ("values", {"messages": [{"id": "m-1"}, {"id": "m-2"}]}),
    )
    screen = Screen(tab="all", about=ABOUT_M1, about_what="this message")
    records = screen.put(log)
    assert numbers(records) == [1, 3, 4] and records["raw"]["filter"] == "this message"
    screen.choices.tab = "messages"
    assert numbers(screen.put(log)) == [1]
    screen.choices.about = References(message_ids=frozenset({"m-1", "m-2"}))
    assert numbers(screen.put(log)) == [1, 2]
    screen.choices.about = References()
    records = screen.put(log)
    assert numbers(records) == [1, 2] and records["raw"]["filter"] == ""


def test_what_comes_later_about_it_is_found_without_a_look_at_what_came_before(
    monkeypatch: pytest.MonkeyPatch,
):
    log = log_of(*[("messages", [{"id": f"m-{n % 2}"}, {}]) for n in range(20)])
    screen = Screen(tab="all", about=ABOUT_M1, about_what="this message")
    assert len(numbers(screen.put(log))) == 10
    searched: list[int] = []
    find = WireIndex.find

    def counted(self: WireIndex, names: References, after: int = 0) -> list[int]:
        searched.append(after)
        return find(self, names, after)

    monkeypatch.setattr(WireIndex, "find", counted)
    screen.draw(log)
    assert searched == []
    add(log, ("messages", [{"id": "m-1"}, {}]), ("messages", [{"id": "m-0"}, {}]))
    assert numbers(screen.put(log))[-1] == 21
    assert searched == [20]


def test_work_that_is_known_to_be_an_agents_only_later_is_shown_from_its_beginning():
    log = log_of(("updates|tools:t1", {"model": {}}), ("updates|tools:t2", {"model": {}}))
    screen = Screen(tab="all", about=References(call_ids=frozenset({"c"})), about_what="this call")
    assert numbers(screen.put(log)) == []
    add(log, ("messages", [{"tool_call_id": "c"}, {"langgraph_checkpoint_ns": "tools:t1"}]))
    assert numbers(screen.put(log)) == [1, 3]


def test_where_not_all_could_be_searched_the_filter_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WIRE_INDEX_BYTES", 1_000)
    log = log_of(*[("messages", [{"id": f"m-{n}"}, {}]) for n in range(1_200)])
    screen = Screen(tab="all", about=ABOUT_M1, about_what="this message")
    said = screen.put(log)["raw"]["filter"]
    assert said == f"this message, in the first {log.index.indexed} events"


# The window.


@pytest.mark.parametrize(
    ("count", "first"),
    [
        (0, None),
        (PAGE, 1),
        (PAGE + CHUNK - 1, 1),
        (PAGE + CHUNK, 1 + CHUNK),
        (PAGE + CHUNK + 1, 1 + CHUNK),
        (10_000, 1 + 10_000 - PAGE),
    ],
)
def test_the_newest_rows_are_in_the_page_and_the_window_moves_in_chunks(
    count: int, first: int | None
):
    records = Screen().put(many(count))
    assert numbers(records) == list(range(first or 1, count + 1))
    assert records["raw"]["earlier"] == (first or 1) - 1
    assert len(numbers(records)) < PAGE + CHUNK
    chunks = [key for key in records if key.startswith("w:")]
    assert len(chunks) == -(-len(numbers(records)) // CHUNK)


def test_more_rows_are_there_for_the_asking():
    assert len(numbers(Screen(rows=2 * PAGE).put(many(10_000)))) == 2 * PAGE


def test_older_rows_stay_while_somebody_reads_them(monkeypatch: pytest.MonkeyPatch):
    screen, log = Screen(), many(PAGE)
    screen.draw(log)
    screen.choices.away = True
    add(log, *[("values", {"n": "new"})] * 2 * PAGE)
    assert numbers(screen.put(log)) == list(range(1, 3 * PAGE + 1))
    monkeypatch.setattr(limits, "RAW_ROWS", 2 * PAGE)
    assert numbers(screen.put(log))[0] == PAGE + 1, "within bounds"
    screen.choices.away = False
    assert numbers(screen.put(log))[0] == 2 * PAGE + 1


def test_another_event_costs_one_row_and_not_the_window():
    screen, log = Screen(), many(PAGE - 1)
    screen.draw(log)
    screen.ops()
    add(log, ("values", {"n": "new"}))
    screen.draw(log)
    ops = screen.ops()
    assert [op[:3] for op in ops if op[1] != "raw"] == [["append", "w:3", "rows"]]
    assert len(json.dumps(ops)) < 400


def test_the_windows_move_costs_its_old_chunk_and_not_the_rows_that_stay():
    screen, log = Screen(), many(PAGE + CHUNK - 1)
    screen.draw(log)
    screen.ops()
    add(log, *[("values", {"n": "new"})] * 2)
    screen.draw(log)
    ops = screen.ops()
    assert sorted(op[:2] for op in ops if op[1][:2] == "w:") == [
        ["append", "w:4"],
        ["delete", "w:0"],
        ["put", "w:5"],
    ]
    assert len(json.dumps(ops)) < 700


# Expanded rows.


def test_an_expanded_row_has_its_tree_beside_it():
    screen = Screen(expanded={2: ExpandedRow(html="<p>tree</p>")})
    records = screen.put(many(3))
    assert [row[-1] for row in raw_rows(records)] == [0, 1, 0]
    assert records["e:2"] == {"html": "<p>tree</p>"}
    del screen.choices.expanded[2]
    records = screen.put(many(3))
    assert [row[-1] for row in raw_rows(records)] == [0, 0, 0] and "e:2" not in records


def test_of_many_expanded_rows_the_first_ones_shut():
    choices = RawChoices()
    for number in range(1, limits.EXPANDED_ROWS + 3):
        choices.expand(number)
    assert list(choices.expanded) == list(range(3, limits.EXPANDED_ROWS + 3))


def test_another_run_has_nothing_open_and_the_first_page():
    choices = RawChoices(rows=4 * PAGE, expanded={1: ExpandedRow()})
    choices.look_at("run-2")
    assert (choices.run_id, choices.rows, choices.expanded) == ("run-2", PAGE, {})


def test_another_run_is_drawn_anew():
    screen = Screen(tab="all")
    screen.draw(log_of(("values", {"run": "one"})))
    other = WireLog("run-2", START)
    add(other, ("updates", {"run": "two"}), ("values", {}))
    assert [row[2] for row in raw_rows(screen.put(other))] == ["updates", "values"]


def test_a_body_that_was_let_go_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "WIRE_BYTES", 150)
    log = log_of(("values", {"n": 1}), ("values", {"long": "x" * 50}), ("values", {}))
    assert "let go" in body_of(log.events[0])
    assert numbers(Screen().put(log)) == [1, 2, 3]


def test_a_body_that_is_no_json_is_shown_as_text():
    log = WireLog("run-1", START)
    log.add(StreamEvent.decode("odd", "not {json", None, START))
    (event,) = log.events
    assert body_of(event) == "not {json"


def test_hostile_names_are_fit_to_be_shown():
    evil = "<img src=x onerror=alert(1)>\x00\u202e\ud800"
    log = log_of(
        (evil + "|" + evil * 50, {evil: evil}),
        ("updates", {evil: {}}),
        ("messages", [{"content": evil}, {"langgraph_node": evil * 50}]),
    )
    records = Screen(tab="all").put(log)
    assert_fit_for_the_page(records)
    rows = raw_rows(records)
    assert len(rows[2][4]) <= 60 and len(rows[0][2]) <= 40 and len(rows[0][5]) <= 200
