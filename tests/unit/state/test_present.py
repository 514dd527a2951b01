"""Turns as nodes: what each kind of part shows, and that nothing is drawn twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.state.page import assert_fit_to_be_sent, draw, shown
from webchat.rendering.blocks import Blocks
from webchat.state import present
from webchat.state.mirror import Mirror
from webchat.state.present import LONG, Presenter, result_value, text_of
from webchat.transcript import (
    Interrupt,
    Notice,
    Part,
    Progress,
    Reasoning,
    RunError,
    Subagent,
    Text,
    ToolCall,
    ToolResult,
    Turn,
    Usage,
)

HOSTILE = "a\x00\x1b[31m\u202eb\ud800c"
"""Characters that no page should get, and one that cannot even be sent."""


def turn(*parts: Part, role: str = "agent", **facts: Any) -> Turn:
    return Turn(id="t", role=role, parts=parts, **facts)  # type: ignore[arg-type]


def drawn(*parts: Part, opened: Any = None, **facts: Any) -> dict[str, Any]:
    """The nodes of a turn, drawn once."""
    mirror = Mirror()
    draw(Presenter(), mirror, turn(*parts, **facts), opened)
    return shown(mirror)


def part(*parts: Part, **facts: Any) -> dict[str, Any]:
    """The node of the turn's first part."""
    nodes = drawn(*parts, **facts)
    return nodes[nodes["t:1"]["parts"][0]]


def call(status: str = "done", text: str | None = None, **more: Any) -> ToolCall:
    result = None if text is None else ToolResult(text)
    given = {"id": "m/c", "call_id": "c", "name": "search", "arguments": {}, **more}
    return ToolCall(status=status, result=result, **given)  # type: ignore[arg-type]


# Each kind of part.


def test_the_agents_text_is_blocks_of_html_and_a_growing_one():
    nodes = drawn(Text("m/0", "# Title\n\nand *more*", growing=True), live=True)
    node = nodes["p:2"]
    assert node["kind"] == "text" and len(node["blocks"]) == 1
    assert "<h1" in nodes[node["blocks"][0]]["html"]
    assert "<em>" in nodes[node["tail"]]["html"]


def test_a_finished_text_has_no_growing_block():
    node = part(Text("m/0", "all of it"))
    assert node["tail"] == "" and len(node["blocks"]) == 1


def test_a_persons_words_stay_as_they_were_written():
    node = part(Text("h/0", "# not a *title* <b>"), role="human")
    assert node == {"kind": "plain", "text": "# not a *title* <b>", "action": ""}


def test_a_persons_long_words_are_cut_until_all_is_asked_for():
    text = "é" * (LONG + 5_000)
    node = part(Text("h/0", text), role="human")
    assert node["text"] == "é" * LONG + "…"
    assert node["action"] == "Show all · 50 kB"
    whole = part(Text("h/0", text), role="human", opened={"p:2": set()})
    assert whole == {"kind": "plain", "text": text, "action": ""}


def test_thinking_says_since_when_and_then_for_how_long():
    growing = Reasoning("m/0", "hm", growing=True, started_at=100.0)
    node = part(growing, live=True)
    assert (node["kind"], node["label"], node["live"]) == ("reasoning", "Thinking…", True)
    assert node["since"] == 100.0 and node["tail"]
    done = part(replace(growing, growing=False, ended_at=104.1))
    assert (done["label"], done["live"]) == ("Thought for 4.1 s", False)
    assert part(Reasoning("m/0", "hm"))["label"] == "Thoughts"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("writing", "Writing"),
        ("running", "Running"),
        ("done", "Done"),
        ("failed", "Failed"),
        ("cancelled", "Stopped"),
        ("waiting", "Waiting for you"),
    ],
)
def test_a_tool_says_how_it_stands(status: str, word: str):
    node = part(call(status, started_at=1.0, ended_at=3.5))
    assert (node["kind"], node["name"], node["status"], node["word"]) == (
        "tool",
        "search",
        status,
        word,
    )
    assert node["time"] == "2.5 s" and node["since"] == 1.0


def test_a_tool_without_a_name_yet_is_a_tool():
    assert part(call("writing", name="", arguments=None))["name"] == "tool"


def test_an_agent_within_a_tool_stands_under_it():
    inner = (Text("i/0", "found"), call(id="i/c2", name="inner"))
    nodes = drawn(call(children=inner))
    card = nodes["p:2"]
    text, tool = (nodes[name] for name in card["children"])
    assert nodes[text["blocks"][0]]["html"].count("found") == 1
    assert (tool["kind"], tool["name"], tool["children"]) == ("tool", "inner", [])


def test_an_agent_that_no_tool_started_is_a_group():
    nodes = drawn(Subagent("s", "researcher", parts=(Text("i/0", "found"),)))
    group = nodes["p:2"]
    assert (group["kind"], group["name"]) == ("subagent", "researcher")
    assert nodes[group["children"][0]]["kind"] == "text"


def test_a_question_of_the_graph_is_shown_as_it_came():
    node = part(Interrupt("i", {"question": "really?"}))
    assert node["kind"] == "interrupt" and "really?" in node["result"]


def test_a_failed_run_says_why_and_offers_to_try_again():
    node = part(RunError("e", "ValueError", "bad input", detail="ValueError('bad input')"))
    assert (node["kind"], node["advice"], node["action"]) == ("error", "bad input", "Try again")
    assert node["detail"] == "ValueError('bad input')"
    assert part(RunError("e", "timeout", ""))["advice"] == "The agent server gave no reason."


def test_what_is_unknown_is_shown_quietly_as_it_came():
    nodes = drawn(Notice("n", "file", {"x": 1}), asides=(Notice("aside1", "weird", [1]),))
    labels = [nodes[name]["label"] for name in nodes["t:1"]["parts"]]
    assert labels == ["file", "weird"]


# The turn.


def test_a_live_turn_with_nothing_to_show_is_working():
    node = drawn(live=True)["t:1"]
    assert node["working"] and node["live"] and node["clip"] == "" and node["facts"] == ""
    assert not drawn(Text("m/0", "a"), live=True)["t:1"]["working"]


def test_a_turns_facts_are_told_when_it_is_over():
    facts = {"started_at": 10.0, "first_token_at": 10.9, "usage": Usage(5, 1234, 1239)}
    over = drawn(Text("m/0", "a"), **facts)["t:1"]
    assert over["facts"] == "0.90 s to first token · 1,234 tokens"
    assert over["clip"] == "turn:t:1"
    assert drawn(Text("m/0", "a"), live=True, **facts)["t:1"]["facts"] == ""
    assert drawn(call())["t:1"]["clip"] == "", "there is no text to copy"


def test_a_stopped_turn_says_so():
    assert drawn(Text("m/0", "half"), stopped=True)["t:1"]["stopped"] is True


def test_the_text_of_a_turn_is_what_was_written():
    one = turn(Text("a", "# One"), call(), Text("b", "*two*"), Reasoning("r", "hidden"))
    assert text_of(one) == "# One\n\n*two*"


# A tool's lines.


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
    monkeypatch.setattr(present, "json", SimpleNamespace(loads=lambda text: read.append(len(text))))
    node = part(call("done", text))
    assert read == [] and len(node["outcome"]) <= 80


def test_progress_is_told_while_a_tool_runs_and_not_after():
    reports = (Progress({"percent": 40, "message": "fetching"}, 1.0), Progress("almost", 2.0))
    node = part(call("running", progress=reports))
    assert (node["percent"], node["outcome"]) == (40, "almost")
    assert part(call("running", progress=reports[:1]))["outcome"] == "fetching"
    assert part(call("done", "ok", progress=reports))["percent"] == -1


@pytest.mark.parametrize("percent", [-1, 101, "50", None, float("nan"), [5]])
def test_progress_that_is_no_percentage_moves_nothing(percent: Any):
    reports = (Progress({"percent": percent}, 1.0),)
    assert part(call("running", progress=reports))["percent"] == -1


def test_the_trees_of_a_call_come_when_it_is_opened():
    done = call("done", '{"temp": 21}', arguments={"city": "la"})
    shut = part(done)
    assert (shut["opened"], shut["arguments"], shut["result"]) == (False, "", "")
    opened = part(done, opened={"p:2": set()})
    assert opened["opened"] and "la" in opened["arguments"] and "temp" in opened["result"]


def test_a_failure_is_in_plain_sight():
    node = part(call("failed", "boom"))
    assert node["opened"] and "boom" in node["result"]


def test_a_tree_shows_all_of_what_was_asked_for():
    done = call("done", json.dumps({"long": "x" * 5_000}))
    cut = part(done, opened={"p:2": set()})["result"]
    whole = part(done, opened={"p:2": set(), "result:p:2": {"/long"}})["result"]
    assert "x" * 5_000 in whole and "x" * 5_000 not in cut


def test_a_result_is_a_value_where_it_is_one():
    assert result_value(call("done", '{"a": 1}')) == {"a": 1}
    assert result_value(call("done", "{a")) == "{a"
    assert result_value(call("done", "12")) == "12", "a number may be a text as well"
    assert result_value(call("running")) is None


# Hostile text.


@pytest.mark.parametrize(
    "made",
    [
        lambda: part(Text("h/0", HOSTILE), role="human"),
        lambda: part(call(name=HOSTILE, arguments={"a": HOSTILE})),
        lambda: part(call("writing", arguments=None, arguments_text=HOSTILE)),
        lambda: part(call("done", HOSTILE), opened={"p:2": set()}),
        lambda: part(call("failed", HOSTILE)),
        lambda: part(call("running", progress=(Progress({"message": HOSTILE}, 1.0),))),
        lambda: part(Subagent("s", HOSTILE)),
        lambda: part(RunError("e", HOSTILE, HOSTILE, detail=HOSTILE)),
        lambda: part(Interrupt("i", {HOSTILE: HOSTILE})),
        lambda: part(Notice("n", HOSTILE, HOSTILE)),
        lambda: drawn(Text("m/0", HOSTILE)),
        lambda: drawn(Reasoning("m/0", HOSTILE, growing=True)),
        pytest.param(
            lambda: part(call(call_id=HOSTILE)),
            marks=pytest.mark.xfail(strict=True, reason="a call's id goes to the page as it came"),
        ),
    ],
)
def test_no_character_reaches_the_page_that_it_should_not_get(made: Callable[[], dict[str, Any]]):
    assert_fit_to_be_sent(made())


def test_hostile_html_is_text_wherever_it_comes_from():
    evil = "<img src=x onerror=alert(1)>"
    nodes = drawn(
        Text("m/0", evil),
        call("failed", evil, arguments={evil: evil}),
        Interrupt("i", evil),
        Notice("n", evil, evil),
    )
    html = [
        node[f] for node in nodes.values() for f in ("html", "arguments", "result") if f in node
    ]
    assert len(html) > 4 and not any("<img" in one for one in html)


# Names, and drawing once.


def test_names_are_short_and_stable():
    presenter, mirror = Presenter(), Mirror()
    long = "lc_run--019a-0000-0000-0000-0000000000/text"
    first = turn(Text(long, "a", growing=True), live=True)
    draw(presenter, mirror, first)
    before = set(shown(mirror))
    draw(presenter, mirror, replace(first, parts=(Text(long, "ab", growing=True),)))
    assert set(shown(mirror)) == before == {"t:1", "p:2", "b:2.0.0t"}


def test_the_same_part_in_two_turns_has_two_names():
    presenter, mirror = Presenter(), Mirror()
    for id in ("one", "two"):
        draw(presenter, mirror, replace(turn(Text("0", id)), id=id))
    nodes = shown(mirror)
    assert nodes["t:1"]["parts"] != nodes["t:3"]["parts"]


def test_a_text_is_rendered_once_for_all_tabs(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    update = Blocks.update
    monkeypatch.setattr(
        Blocks, "update", lambda self, text: (read.append(text), update(self, text))
    )
    presenter, mirrors = Presenter(), [Mirror(), Mirror(), Mirror()]
    settled = Text("m/0", "settled")
    for text in ("a", "ab"):
        growing = Text("m/1", text, growing=True)
        for mirror in mirrors:
            draw(presenter, mirror, turn(settled, growing, live=True))
    assert read == ["settled", "a", "ab"]
    assert shown(mirrors[0]) == shown(mirrors[1]) == shown(mirrors[2])


def test_a_tab_that_comes_late_gets_all_blocks():
    presenter, early, late = Presenter(), Mirror(), Mirror()
    text = "".join(f"paragraph {n}\n\n" for n in range(30))
    for end in range(40, len(text) + 1, 40):
        draw(presenter, early, turn(Text("m/0", text[:end], growing=True), live=True))
    whole = turn(Text("m/0", text, growing=True), live=True)
    draw(presenter, early, whole)
    draw(presenter, late, whole)
    assert shown(late) == shown(early) and len(shown(late)) > 25


def redrawn(monkeypatch: pytest.MonkeyPatch, still: Part) -> tuple[int, int]:
    """Trees made for a part when it is first drawn, and as ten tokens come after it."""
    made: list[Any] = []
    tree, summary = present.tree, present.summary
    monkeypatch.setattr(present, "tree", lambda *a, **k: (made.append(a), tree(*a, **k))[1])
    monkeypatch.setattr(present, "summary", lambda *a, **k: (made.append(a), summary(*a, **k))[1])
    presenter, mirror = Presenter(), Mirror()
    counts = []
    for tokens in (1, 10):
        for n in range(tokens):
            growing = Text("m/1", "word " * (len(counts) + n + 1), growing=True)
            draw(presenter, mirror, turn(still, growing, live=True))
        counts.append(len(made))
    return counts[0], counts[1] - counts[0]


@pytest.mark.parametrize(
    "still",
    [
        Notice("n", "file", {"x": 1}),
        Interrupt("i", {"x": 1}),
        pytest.param(
            call("done", '{"a": 1}', arguments={"query": "q"}),
            marks=pytest.mark.xfail(strict=True, reason="every token draws every call again"),
        ),
        pytest.param(
            call("failed", "boom", arguments={"query": "q"}),
            marks=pytest.mark.xfail(strict=True, reason="every token draws every tree again"),
        ),
    ],
)
def test_a_part_that_did_not_change_is_not_drawn_again(
    monkeypatch: pytest.MonkeyPatch, still: Part
):
    first, later = redrawn(monkeypatch, still)
    assert first > 0 and later == 0


@pytest.mark.xfail(strict=True, reason="what one tab asked for is kept for all")
def test_what_one_tab_has_opened_is_not_open_in_another():
    presenter, one, other = Presenter(), Mirror(), Mirror()
    notice = turn(Notice("n", "file", {"long": "x" * 5_000}))
    draw(presenter, one, notice, {"part:p:2": {"/long"}})
    draw(presenter, other, notice)
    assert "x" * 5_000 in shown(one)["p:2"]["result"]
    assert "x" * 5_000 not in shown(other)["p:2"]["result"]
