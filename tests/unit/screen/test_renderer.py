"""Turns as records: what each kind of part shows, and that nothing is drawn twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.screen.drawing import (
    HOSTILE,
    assert_fit_for_the_page,
    call,
    draw,
    drawn,
    flood,
    part,
    turn,
)
from tests.unit.screen.page import shown
from webchat.rendering import blocks
from webchat.screen import parts as parts_module
from webchat.screen import tool_calls
from webchat.screen.plain import LONG, PIECE
from webchat.screen.renderer import Renderer, text_of
from webchat.screen.replica import Replica
from webchat.transcript import (
    Citation,
    Image,
    Interrupt,
    Notice,
    Part,
    Paused,
    Progress,
    Reasoning,
    Removed,
    RunError,
    Subagent,
    Text,
    ToolResult,
    Usage,
)

# Each kind of part.


def test_the_agents_text_is_blocks_of_html_and_a_growing_one():
    records = drawn(Text("m/0", "# Title\n\nand *more*", growing=True), live=True)
    record = records["p:2"]
    assert record["kind"] == "text" and len(record["blocks"]) == 1
    assert "<h1" in records[record["blocks"][0]]["html"]
    assert "<em>" in records[record["tail"]]["html"]


def test_a_finished_text_has_no_growing_block():
    record = part(Text("m/0", "all of it"))
    assert record["tail"] == "" and len(record["blocks"]) == 1


def test_a_persons_words_stay_as_they_were_written():
    record = part(Text("h/0", "# not a *title* <b>"), role="human")
    assert record == {"kind": "plain", "text": "# not a *title* <b>", "action": "", "piece": ""}


def test_a_persons_long_words_are_cut_until_all_is_asked_for():
    text = "é" * (LONG + 5_000)
    record = part(Text("h/0", text), role="human")
    assert record["text"] == "é" * LONG + "…"
    assert record["action"] == "Show all · 50 kB"
    whole = part(Text("h/0", text), role="human", expanded={"part:p:2": {record["piece"]}})
    assert whole == {"kind": "plain", "text": text, "action": "", "piece": ""}


def test_a_huge_text_of_a_person_comes_in_pieces_each_offered_by_the_one_before():
    text = "x" * (LONG + 2 * PIECE + 1)
    renderer, replica, asked = Renderer(), Replica(), set[str]()
    lengths = []
    while True:
        draw(renderer, replica, turn(Text("h/0", text), role="human"), {"part:p:2": asked})
        record = shown(replica)["p:2"]
        lengths.append(len(record["text"]))
        if not record["piece"]:
            break
        assert renderer.offers("part:p:2", record["piece"], asked)
        assert not renderer.offers("part:p:2", "7", asked)
        asked.add(record["piece"])
    assert lengths == [LONG + 1, LONG + PIECE + 1, LONG + 2 * PIECE + 1, len(text)]
    assert not renderer.offers("part:p:2", str(len(asked)), asked)


def test_an_agents_long_text_has_no_pieces_to_ask_for():
    renderer = Renderer()
    draw(renderer, Replica(), turn(Text("m/0", "x " * LONG)))
    assert not renderer.offers("part:p:2", "0", ())


def test_the_sources_of_a_text_are_numbered_once_and_lead_only_to_the_web():
    cited = (
        Citation(2, 9, "javascript:alert(1)", "Evil"),
        Citation(1, 4, "https://tides.example/a", "", "The moon pulls."),
        Citation(1, 7, "https://tides.example/a", "again"),
        Citation(3, 9, None, HOSTILE),
    )
    record = part(Text("m/0", "By the moon.", citations=cited))
    assert_fit_for_the_page(record["citations"])
    assert [(c["number"], c["text"], c["detail"]) for c in record["citations"]][:2] == [
        (1, "tides.example", "https://tides.example/a"),
        (2, "Evil", ""),
    ]
    assert record["citations"][0]["quote"] == "The moon pulls."
    assert record["citations"][2]["detail"] == ""


def test_what_a_tool_kept_for_programs_is_a_folded_tree_in_its_card():
    kept = replace(call("done", "ok"), result=ToolResult("ok", artifact={"rows": list(range(300))}))
    assert part(kept)["artifact"] == ""
    opened = part(kept, expanded={"p:2": set()})["artifact"]
    assert "rows" in opened and "<details>" in opened
    renderer = Renderer()
    draw(renderer, Replica(), turn(kept), {"p:2": ()})
    assert renderer.offers("artifact:p:2", "/rows", ())
    assert not renderer.offers("artifact:p:2", "/other", ())


def test_thinking_says_since_when_and_then_for_how_long():
    growing = Reasoning("m/0", "hm", growing=True, started_at=100.0)
    record = part(growing, live=True)
    assert (record["kind"], record["label"], record["live"]) == ("reasoning", "Thinking…", True)
    assert record["since"] == 100.0 and record["tail"]
    done = part(replace(growing, growing=False, ended_at=104.1))
    assert (done["label"], done["live"]) == ("Thought for 4.1 s", False)
    assert part(Reasoning("m/0", "hm"))["label"] == "Thoughts"


def test_an_agent_within_a_tool_stands_under_it():
    inner = (Text("i/0", "found"), call(id="i/c2", name="inner"))
    records = drawn(call(children=inner))
    card = records["p:2"]
    text, tool = (records[name] for name in card["children"])
    assert records[text["blocks"][0]]["html"].count("found") == 1
    assert (tool["kind"], tool["name"], tool["children"]) == ("tool", "inner", [])


def test_an_agent_that_no_tool_started_is_a_group():
    records = drawn(Subagent("s", "researcher", parts=(Text("i/0", "found"),)))
    group = records["p:2"]
    assert (group["kind"], group["name"]) == ("subagent", "researcher")
    assert records[group["children"][0]]["kind"] == "text"


def test_a_question_of_the_graph_is_shown_as_it_came():
    record = part(Interrupt("i", {"question": "really?"}))
    assert record["kind"] == "interrupt" and "really?" in record["result"]


def test_a_paused_run_says_before_which_node():
    record = part(Paused("paused", ("approve",)))
    assert record["kind"] == "line" and record["text"] == "Paused before approve."


def test_a_failed_run_says_why_and_offers_to_try_again():
    record = part(RunError("e", "ValueError", "bad input", detail="ValueError('bad input')"))
    assert (record["kind"], record["advice"], record["action"]) == (
        "error",
        "bad input",
        "Try again",
    )
    assert record["detail"] == "ValueError('bad input')"
    assert part(RunError("e", "timeout", ""))["advice"] == "The agent server gave no reason."


@pytest.mark.parametrize(
    "long",
    [
        lambda text: RunError("e", text, text, detail=text),
        lambda text: call(name=text),
        lambda text: Subagent("s", text),
        lambda text: Image("i", "https://example.org/a.png", alt=text),
        lambda text: Text("t", "x", citations=(Citation(1, 1, "https://a.example", text, text),)),
    ],
    ids=["error", "call", "subagent", "image", "citation"],
)
def test_names_and_errors_without_end_are_cut(long: Callable[[str], Part]):
    record = part(long("é" * 1_000_000))
    assert len(repr(record)) < 60_000


def test_what_is_unknown_is_shown_quietly_as_it_came():
    records = drawn(Notice("n", "file", {"x": 1}), flood("weird", {"n": 7}))
    notice, events = (records[name] for name in records["t:1"]["parts"])
    assert notice["label"] == "file"
    assert events["label"] == "1 weird event" and "7" in events["summary"]


def test_many_events_are_one_line_with_a_count_until_they_are_opened():
    events = flood("custom", *({"tick": n} for n in range(3000)))
    shut = part(events)
    assert shut["label"] == "3,000 custom events" and "2999" in shut["summary"]
    assert shut["result"] == "" and not shut["expanded"]
    assert "2998" in part(events, expanded={"p:2": []})["result"]


def test_progress_of_a_node_is_its_message_and_a_bar():
    record = part(flood("progress", {"message": "half of it", "percent": 50}), live=True)
    assert record["summary"] == "half of it" and record["percent"] == 50


def test_messages_that_were_removed_leave_a_line():
    assert part(Removed("removed", 1))["text"] == "1 message was removed from the thread."
    assert part(Removed("removed", 3))["text"] == "3 messages were removed from the thread."


def test_a_nested_run_shows_runs_within_it_to_any_depth():
    within = Subagent("s2", "third", (Text("m/1", "deep down"),))
    card = replace(call(), children=(Subagent("s1", "second", (within,)),))
    records = drawn(card)
    names = [record.get("name") for record in records.values() if record.get("kind") == "subagent"]
    assert sorted(names) == ["second", "third"]
    assert any("deep down" in record.get("html", "") for record in records.values())


# The turn.


def test_a_live_turn_with_nothing_to_show_is_working():
    record = drawn(live=True)["t:1"]
    assert record["working"] and record["live"] and record["clip"] == "" and record["facts"] == ""
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


# Hostile text.


@pytest.mark.parametrize(
    "made",
    [
        lambda: part(Text("h/0", HOSTILE), role="human"),
        lambda: part(call(name=HOSTILE, arguments={"a": HOSTILE})),
        lambda: part(call("writing", arguments=None, arguments_text=HOSTILE)),
        lambda: part(call("done", HOSTILE), expanded={"p:2": set()}),
        lambda: part(call("failed", HOSTILE)),
        lambda: part(call("running", progress=(Progress({"message": HOSTILE}, 1.0),))),
        lambda: part(Subagent("s", HOSTILE)),
        lambda: part(RunError("e", HOSTILE, HOSTILE, detail=HOSTILE)),
        lambda: part(Interrupt("i", {HOSTILE: HOSTILE})),
        lambda: part(Notice("n", HOSTILE, HOSTILE)),
        lambda: part(Paused("p", (HOSTILE,))),
        lambda: drawn(Text("m/0", HOSTILE)),
        lambda: drawn(Reasoning("m/0", HOSTILE, growing=True)),
        lambda: part(call(call_id=HOSTILE)),
    ],
)
def test_no_character_reaches_the_page_that_it_should_not_get(made: Callable[[], dict[str, Any]]):
    assert_fit_for_the_page(made())


def test_hostile_html_is_text_wherever_it_comes_from():
    evil = "<img src=x onerror=alert(1)>"
    records = drawn(
        Text("m/0", evil),
        call("failed", evil, arguments={evil: evil}),
        Interrupt("i", evil),
        Notice("n", evil, evil),
    )
    html = [
        record[f]
        for record in records.values()
        for f in ("html", "arguments", "result")
        if f in record
    ]
    assert len(html) > 4 and not any("<img" in one for one in html)


# Names, and drawing once.


def test_names_are_short_and_stable():
    renderer, replica = Renderer(), Replica()
    long = "lc_run--019a-0000-0000-0000-0000000000/text"
    first = turn(Text(long, "a", growing=True), live=True)
    draw(renderer, replica, first)
    before = set(shown(replica))
    draw(renderer, replica, replace(first, parts=(Text(long, "ab", growing=True),)))
    assert set(shown(replica)) == before == {"t:1", "p:2", "b:2.0.0t"}


def test_the_same_part_in_two_turns_has_two_names():
    renderer, replica = Renderer(), Replica()
    for id in ("one", "two"):
        draw(renderer, replica, replace(turn(Text("0", id)), id=id))
    records = shown(replica)
    assert records["t:1"]["parts"] != records["t:3"]["parts"]


def test_a_text_is_rendered_once_for_all_tabs(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    html_of = blocks.html_of
    monkeypatch.setattr(blocks, "html_of", lambda s, *p: (read.append(s), html_of(s, *p))[1])
    renderer, replicas = Renderer(), [Replica(), Replica(), Replica()]
    settled = Text("m/0", "settled")
    for text in ("*a*", "*a* **b**"):
        growing = Text("m/1", text, growing=True)
        for replica in replicas:
            draw(renderer, replica, turn(settled, growing, live=True))
    assert [text.strip() for text in read] == ["settled", "*a*", "*a* **b**"]
    assert shown(replicas[0]) == shown(replicas[1]) == shown(replicas[2])


def test_a_tab_that_comes_late_gets_all_blocks():
    renderer, early, late = Renderer(), Replica(), Replica()
    text = "".join(f"paragraph {n}\n\n" for n in range(30))
    for end in range(40, len(text) + 1, 40):
        draw(renderer, early, turn(Text("m/0", text[:end], growing=True), live=True))
    whole = turn(Text("m/0", text, growing=True), live=True)
    draw(renderer, early, whole)
    draw(renderer, late, whole)
    assert shown(late) == shown(early) and len(shown(late)) > 25


def redrawn(monkeypatch: pytest.MonkeyPatch, still: Part) -> tuple[int, int]:
    """Trees made for a part when it is first drawn, and as ten tokens come after it."""
    made: list[Any] = []

    def count(module: Any, name: str) -> None:
        original = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: (made.append(a), original(*a, **k))[1])

    count(parts_module, "tree")
    count(tool_calls, "tree")
    count(tool_calls, "summary")
    renderer, replica = Renderer(), Replica()
    counts = []
    for tokens in (1, 10):
        for n in range(tokens):
            growing = Text("m/1", "word " * (len(counts) + n + 1), growing=True)
            draw(renderer, replica, turn(still, growing, live=True))
        counts.append(len(made))
    return counts[0], counts[1] - counts[0]


@pytest.mark.parametrize(
    "still",
    [
        Notice("n", "file", {"x": 1}),
        Interrupt("i", {"x": 1}),
        call("done", '{"a": 1}', arguments={"query": "q"}),
        call("failed", "boom", arguments={"query": "q"}),
    ],
)
def test_a_part_that_did_not_change_is_not_drawn_again(
    monkeypatch: pytest.MonkeyPatch, still: Part
):
    first, later = redrawn(monkeypatch, still)
    assert first > 0 and later == 0


def test_what_one_tab_has_opened_is_not_open_in_another():
    renderer, one, other = Renderer(), Replica(), Replica()
    notice = turn(Notice("n", "file", {"long": "x" * 5_000}))
    draw(renderer, one, notice, {"part:p:2": {"/long"}})
    draw(renderer, other, notice)
    assert "x" * 5_000 in shown(one)["p:2"]["result"]
    assert "x" * 5_000 not in shown(other)["p:2"]["result"]


BIG = {f"key{n}": {"a": [1, 2, "x" * 50]} for n in range(90)}


@pytest.mark.parametrize(
    ("many", "at_once"),
    [
        ([Text(f"x{n}", "word") for n in range(200)], 100),
        ([call(id=f"c{n}", text="found") for n in range(2_000)], 1_000),
        ([call("failed", "boom", id=f"c{n}", arguments=BIG) for n in range(12)], 3),
        ([Notice(f"n{n}", "odd", BIG) for n in range(12)], 3),
        ([Interrupt(f"i{n}", {"x": 1}) for n in range(500)], 250),
        ([call(id="c", children=tuple(Notice(f"n{n}", "odd", BIG) for n in range(12)))], 4),
    ],
    ids=["texts", "calls", "failed calls", "notices", "questions", "within a call"],
)
def test_very_many_parts_come_over_several_deltas_in_their_order(many: list[Part], at_once: int):
    renderer, replica, whole = Renderer(), Replica(), turn(*many)
    counts = [0]
    while not draw(renderer, replica, whole):
        counts.append(len(replica.keys_under("p:")))
        assert 0 < counts[-1] - counts[-2] <= at_once
    assert len(counts) > 2
    assert draw(renderer, replica, whole)
    names = shown(replica)["t:1"]["parts"]
    assert [renderer.parts[name].id for name in names] == [part.id for part in many]
