"""A tool call as a card: how it stands, what it was asked, what came of it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.screen.drawing import call, part
from webchat.screen import tool_calls
from webchat.screen.tool_calls import result_value
from webchat.transcript import Progress


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("writing", "Writing"),
        ("running", "Running"),
        ("done", "Done"),
        ("failed", "Failed"),
        ("unfinished", "Failed or stopped"),
        ("cancelled", "Stopped"),
        ("waiting", "Waiting for you"),
    ],
)
def test_a_tool_says_how_it_stands(status: str, word: str):
    record = part(call(status, started_at=1.0, ended_at=3.5))
    assert (record["kind"], record["name"], record["status"], record["word"]) == (
        "tool",
        "search",
        status,
        word,
    )
    assert record["time"] == "2.5 s" and record["since"] == 1.0


def test_a_tool_without_a_name_yet_is_a_tool():
    assert part(call("writing", name="", arguments=None))["name"] == "tool"


@pytest.mark.parametrize(
    ("arguments", "text", "line"),
    [
        ({"query": "weather in la"}, "", "weather in la"),
        ({"query": "weather", "limit": 3}, "", "weather"),
        ({"a": "x", "b": "y"}, "", '{a: "x", b: "y"}'),
        ({"n": 1}, "", "{n: 1}"),
        ({}, "", ""),
        ([1, 2], "", "2 items"),
        (None, '{"query": "wea', '{"query": "wea'),
        (None, "x" * 900, "x" * 200),
    ],
)
def test_a_call_is_summed_up_by_the_argument_that_says_most(arguments: Any, text: str, line: str):
    assert part(call("writing", arguments=arguments, arguments_text=text))["summary"] == line


def test_a_long_argument_is_cut_to_a_line():
    summary = part(call(arguments={"code": "line\n" * 5_000}))["summary"]
    assert "\n" not in summary and len(summary) <= 80


@pytest.mark.parametrize(
    ("status", "text", "line"),
    [
        ("done", "sunny", "sunny"),
        ("done", "[1, 2, 3]", "3 items"),
        ("done", '{"temp": 21}', "{temp: 21}"),
        ("done", '[{"title": "Los Angeles"}, {"title": "Paris"}]', "2 results · Los Angeles"),
        ("done", '[{"name": "la"}]', "1 result · la"),
        ("done", '[{"title": ["odd"]}]', "1 result"),
        ("done", "{not json", "{not json"),
        ("done", "[" * 100_000, "[" * 79 + "…"),
        ("failed", "Error: no such city", "Error: no such city"),
        ("running", None, ""),
    ],
)
def test_a_result_is_summed_up_in_a_line(status: str, text: str | None, line: str):
    assert part(call(status, text))["outcome"] == line


def test_a_huge_result_is_not_read_as_json_to_sum_it_up(monkeypatch: pytest.MonkeyPatch):
    text = json.dumps(["x" * 1000] * 5000)
    read: list[int] = []
    monkeypatch.setattr(
        tool_calls, "json", SimpleNamespace(loads=lambda text: read.append(len(text)))
    )
    record = part(call("done", text))
    assert read == [] and len(record["outcome"]) <= 80


def test_progress_is_told_while_a_tool_runs_and_not_after():
    reports = (Progress({"percent": 40, "message": "fetching"}, 1.0), Progress("almost", 2.0))
    record = part(call("running", progress=reports))
    assert (record["percent"], record["outcome"]) == (40, "almost")
    assert part(call("running", progress=reports[:1]))["outcome"] == "fetching"
    assert part(call("done", "ok", progress=reports))["percent"] == -1


@pytest.mark.parametrize("percent", [-1, 101, "50", None, float("nan"), [5]])
def test_progress_that_is_no_percentage_moves_nothing(percent: Any):
    reports = (Progress({"percent": percent}, 1.0),)
    assert part(call("running", progress=reports))["percent"] == -1


def test_the_trees_of_a_call_come_when_it_is_opened():
    done = call("done", '{"temp": 21}', arguments={"city": "la"})
    shut = part(done)
    assert (shut["expanded"], shut["arguments"], shut["result"]) == (False, "", "")
    expanded = part(done, expanded={"p:2": set()})
    assert expanded["expanded"] and "la" in expanded["arguments"] and "temp" in expanded["result"]


def test_a_failure_is_in_plain_sight():
    record = part(call("failed", "boom"))
    assert record["expanded"] and "boom" in record["result"]


def test_a_call_that_may_have_failed_says_that_nobody_knows():
    record = part(call("unfinished"))
    assert "the server does not say which" in str(record["outcome"]) and not record["expanded"]


def test_a_tree_shows_all_of_what_was_asked_for():
    done = call("done", json.dumps({"long": "x" * 5_000}))
    cut = part(done, expanded={"p:2": set()})["result"]
    whole = part(done, expanded={"p:2": set(), "result:p:2": {"/long"}})["result"]
    assert "x" * 5_000 in whole and "x" * 5_000 not in cut


def test_a_result_is_a_value_where_it_is_one():
    assert result_value(call("done", '{"a": 1}')) == {"a": 1}
    assert result_value(call("done", "{a")) == "{a"
    assert result_value(call("done", "12")) == "12", "a number may be a text as well"
    assert result_value(call("running")) is None
