"""The raw view of a tab: it costs nothing while shut, and follows the run while open."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.unit.runs.agent import (
    FAULT,
    THREAD,
    Agent,
    a_run,
    ai,
    frame,
    human,
    metadata,
    pause,
    run_named,
    thread_state,
    token,
    values,
)
from tests.unit.screen.page import looking_at, raw_rows
from webchat.screen import raw_view
from webchat.screen.tab import Tab

ADDRESS = f"/thread/{THREAD}"
TALK = thread_state(human(), ai())
CALL = {"type": "tool_call", "id": "call-7", "name": "search", "args": {"query": "q"}}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_view, "EVERY", 0.02)


def rows(records: dict[str, Any]) -> list[tuple[int, str]]:
    return [(number, mode) for number, _, mode, *_ in raw_rows(records)]


def tree_of(records: dict[str, Any], number: int) -> str:
    return records.get(f"e:{number}", {}).get("html", "")


def opened(tab: Tab, which: str = "all") -> None:
    tab.raw.tab = which
    tab.toggle_raw()


async def asked(tab: Tab, agent: Agent, id: str = "new") -> None:
    assert tab.feed is not None
    await tab.feed.send("agent", human(id, "and now?"))
    agent.say(metadata(tab.feed.run.run_id if tab.feed.run else ""), token("half", id=f"to-{id}"))


async def test_shut_it_costs_nothing(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until_it_says("half")
        agent.end("success", TALK)
        await screen.until(lambda records: not records["composer"]["running"])
    said = json.dumps(screen.deltas)
    assert '"raw"' not in said and '"w:' not in said
    assert agent.asked["join"] == 0, "no wire was asked for"


async def test_open_it_follows_the_run_and_shut_again_it_leaves_nothing(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)
        agent.say(values(human("new")))
        await screen.until(lambda records: rows(records)[2:] == [(3, "values")])
        assert screen.records["raw"]["facts"].startswith("running")
        agent.end("success", TALK)
        await screen.until(lambda records: records["raw"]["facts"].startswith("success"))
        tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert not [
            name for name in screen.records if name.startswith(("w:", "e:", "rows", "state"))
        ]


async def test_between_two_looks_at_the_wire_tokens_cost_no_rows_and_none_is_missed(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        for n in range(8):
            agent.say(token(f" word{n}", id="to-new"))
            await screen.until_it_says(f"word{n}")
        drawn = [one for one in screen.deltas if any(op[1] == "raw" for op in one[2])]
        assert len(drawn) <= 3 and len(rows(screen.records)) < 10
        tab.raw.refresh()
        await screen.until(lambda records: len(rows(records)) == 10)


async def test_while_rows_fly_by_looks_at_the_wire_are_rarer(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY_WHEN_MANY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until(lambda records: len(rows(records)) == 2)
        agent.say(*(token(f" word{n}", id="to-new") for n in range(raw_view.MANY + 1)))
        await screen.until(lambda records: len(rows(records)) == raw_view.MANY + 3)
        agent.say(token(" last", id="to-new"))
        await screen.until_it_says("last")
        assert tab.raw.late_by is not None and tab.raw.late_by > 60


async def test_the_next_run_is_shown_as_itself(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent, "one")
        await screen.until(lambda records: len(rows(records)) == 2)
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        agent.end("success", TALK)
        await screen.until(lambda records: not records["composer"]["running"])
        assert tab.feed is not None
        await tab.feed.send("agent", human("two"))
        agent.say(values(human("two")), frame("updates", {"model": {}}))
        await screen.until(lambda records: rows(records) == [(1, "values"), (2, "updates")])
        assert screen.records["raw"]["run"] == run_named(1)
        assert "e:1" not in screen.records
        known = [run["run_id"] for run in screen.records["raw"]["runs"]]
        assert known[0] == run_named(1) and screen.records["raw"]["several"]


async def test_shut_in_mid_answer_no_look_at_the_wire_is_due(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records.get("raw", {}).get("empty") == raw_view.NOTHING)
        tab.note("something else changed")
        await screen.until(lambda records: records["composer"]["note"])
        assert tab.raw.late_by is not None
        tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert tab.raw.late_by is None


# Earlier runs.


async def with_two_runs(tab: Tab, agent: Agent) -> None:
    agent.state = TALK
    agent.runs = [a_run(run_named(n), "success") for n in (2, 1)]
    agent.replay = [metadata(event_id="1-0"), values(human(), event_id="2-0")]
    await tab.go(ADDRESS)
    opened(tab)


async def replayed(tab: Tab) -> None:
    """Wait until the thread's finished runs have been read again, and let go of their wires."""
    assert tab.feed is not None
    while tab.feed.replayable:
        await pause()
    tab.feed.logs.clear()


async def test_a_reloaded_thread_shows_the_wire_of_its_last_run(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "values")])
        raw = screen.records["raw"]
        assert raw["run"] == run_named(2) and raw["several"]
        assert [run["run_id"] for run in raw["runs"]] == [run_named(2), run_named(1)]


async def test_another_run_can_be_chosen_and_stays_chosen(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        agent.replay = [values(human(), event_id="1-0")]
        tab.raw.choose_run(tab.feed, run_named(1))
        await screen.until(lambda records: rows(records) == [(1, "values")])
        assert screen.records["raw"]["run"] == run_named(1)
        await asked(tab, agent)
        await screen.until_it_says("half")
        assert screen.records["raw"]["run"] == run_named(1), "though a newer one goes on"


@pytest.mark.parametrize("run_id", [run_named(9), "not-an-id", "../../x", ""])
async def test_a_run_that_was_not_offered_is_not_asked_for(tab: Tab, agent: Agent, run_id: str):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        joined, shown = agent.asked["join"], screen.records["raw"]["run"]
        tab.raw.choose_run(tab.feed, run_id)
        tab.raw.refresh()
        await pause()
        assert agent.asked["join"] == joined and screen.records["raw"]["run"] == shown


async def test_a_server_that_has_forgotten_the_wire_is_said_to(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["raw"]["empty"] == raw_view.FORGOTTEN)


async def test_a_server_that_fails_is_said_to_in_the_view_alone(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    agent.refusals["runs"] = FAULT
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "failed" in records["raw"]["empty"])
        assert screen.records["page"]["state"] == "thread"


async def test_on_an_empty_page_nothing_was_sent_yet(tab: Tab, agent: Agent):
    await tab.go("/")
    opened(tab)
    async with looking_at(tab) as screen:
        assert screen.records["raw"]["empty"] == "Nothing was sent yet."
    assert not agent.asked


async def test_it_goes_along_to_another_thread(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await tab.go("/")
        await screen.until(lambda records: records["page"]["state"] == "new" and not rows(records))
        await tab.go(ADDRESS)
        await screen.until(lambda records: len(rows(records)) == 2)


# Answers that come late.


async def test_a_run_chosen_later_is_not_replaced_by_one_chosen_before(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        slow = agent.gates["join"] = asyncio.Event()
        tab.raw.choose_run(tab.feed, run_named(1))
        while agent.asked["join"] < 2:
            await pause()
        tab.raw.choose_run(tab.feed, run_named(2))
        await screen.until(lambda records: records["raw"]["run"] == run_named(2))
        slow.set()
        await pause()
        tab.raw.refresh()
        await pause()
        assert screen.records["raw"]["run"] == run_named(2)
        assert rows(screen.records) == [(1, "metadata"), (2, "values")]


@pytest.mark.parametrize("route", ["runs", "join"])
async def test_another_threads_events_do_not_come_after_one_has_left_it(
    tab: Tab, agent: Agent, route: str
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [metadata(event_id="1-0")]
    await tab.go(ADDRESS)
    slow = agent.gates[route] = asyncio.Event()
    asked = agent.asked[route]
    opened(tab)
    async with looking_at(tab) as screen:
        while agent.asked[route] == asked:
            await pause()
        await tab.go("/")
        slow.set()
        await screen.until(lambda records: records["page"]["state"] == "new")
        await pause()
        tab.raw.refresh()
        await screen.until(lambda records: records["raw"]["empty"] == "Nothing was sent yet.")
        assert rows(screen.records) == [] and not screen.records["raw"]["runs"]


async def test_a_page_does_not_wait_for_the_wire(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go("/")
    opened(tab)
    agent.gates["join"] = asyncio.Event()
    agent.runs = [a_run(status="success")]
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["page"]["state"] == "thread"
        await screen.until(lambda records: records["raw"]["empty"] == "Reading…")


async def test_the_wire_of_a_run_that_goes_on_elsewhere_is_shown_as_it_comes(
    tab: Tab, agent: Agent
):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        await replayed(tab)
        agent.runs[1]["status"], agent.replay = "running", []
        joined = agent.asked["join"]
        tab.raw.choose_run(tab.feed, run_named(1))
        while agent.asked["join"] == joined:
            await pause()
        agent.say(metadata(event_id="1-0"))
        await screen.until(lambda records: rows(records) == [(1, "metadata")])
        agent.say(values(human(), event_id="2-0"))
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "values")])


# What is expanded.


async def test_a_row_expands_and_shuts(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.toggle_row(2)
        await screen.until(lambda records: "json" in tree_of(records, 2))
        tab.raw.toggle_row(2)
        await screen.until(lambda records: "e:2" not in records)


async def test_a_tree_shows_more_of_what_it_offered_and_of_nothing_else(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(human("h1", "x" * 5_000), event_id="1-0")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.show_more("event:1", "/messages/0/content")
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        assert "x" * 5_000 not in tree_of(screen.records, 1)
        for pointer in ("/", "/" * 4_000, "/messages/1", "/messages", "nonsense"):
            tab.raw.show_more("event:1", pointer)
        assert tab.raw.expanded[1].pointers == ()
        tab.raw.show_more("event:1", "/messages/0/content")
        await screen.until(lambda records: "x" * 5_000 in tree_of(records, 1))


async def test_an_expanded_events_json_is_read_once_whatever_is_asked_of_it(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(human("h1", "x" * 5_000), event_id="1-0")]
    read: list[int] = []
    body_of = raw_view.body_of
    monkeypatch.setattr(
        raw_view, "body_of", lambda event: (read.append(event.number), body_of(event))[1]
    )
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.raw.toggle_row(1)
        await screen.until(lambda records: tree_of(records, 1))
        for _ in range(20):
            tab.raw.show_more("event:1", "/nowhere")
        tab.raw.show_more("event:1", "/messages/0/content")
        await screen.until(lambda records: "x" * 5_000 in tree_of(records, 1))
    assert read == [1]


async def test_a_row_that_there_is_not_does_not_open(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        for number in (0, -1, 3, 10**12):
            tab.raw.toggle_row(number)
        assert tab.raw.expanded == {}
        event = tab.raw.event(2)
        assert tab.raw.event(3) is None and event is not None and event.mode == "values"
        for key in ("event:3", "event:-1", "event:²", "event:" + "9" * 5_000, "event:", "state:"):
            with pytest.raises(KeyError):
                tab.raw.json_of(key)


# The thread's state.

STATE = thread_state(human(), ai(), next=["tools"], checkpoint="c9")


async def test_the_threads_state_is_what_the_server_has_and_not_the_last_values(
    tab: Tab, agent: Agent
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [values(ai("a1", "999"), event_id="1-0")]
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        assert screen.records["raw"]["thread"] and screen.records["raw"]["ended"]
        assert not screen.records["state"]["open"]
        agent.state = thread_state(human(), ai("a1", "35.5"), next=["tools"], checkpoint="c9")
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "35.5" in records["state"]["html"])
        state = screen.records["state"]
        assert "999" not in state["html"] and "checkpoint" in state["html"]
        assert state["facts"] == "next: tools · checkpoint c9"
        assert tab.raw.json_of("state:") == agent.state
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: not records["state"]["open"])


async def test_the_state_is_there_without_a_wire(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, []
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["raw"]["empty"] == "Nothing was sent yet.")
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])


async def test_a_state_that_cannot_be_read_says_so_in_its_place(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    agent.refusals["state"] = FAULT
    async with looking_at(tab) as screen:
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "failed" in records["state"]["error"])
        assert screen.records["page"]["state"] == "thread"
        del agent.refusals["state"]
        assert tab.feed is not None
        tab.raw.state.read(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])
        assert screen.records["state"]["error"] == ""


async def test_the_state_is_read_again_after_a_run(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    async with looking_at(tab) as screen:
        tab.raw.toggle_state(tab.feed)
        await screen.until(lambda records: "hello" in records["state"]["html"])
        await asked(tab, agent)
        agent.end("success", thread_state(human("new"), ai("a2", "the end"), checkpoint="c2"))
        await screen.until(lambda records: "the end" in records["state"]["html"])


async def test_a_state_that_comes_after_one_has_left_is_not_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    opened(tab)
    slow = agent.gates["state"] = asyncio.Event()
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "raw" in records)
        tab.raw.toggle_state(tab.feed)
        await pause()
        await tab.go("/")
        slow.set()
        await pause()
        tab.raw.refresh()
        await screen.until(lambda records: not records["raw"]["thread"])
        state = screen.records["state"]
        assert not state["open"] and state["html"] == ""


# What is about something.


async def test_what_the_wire_said_about_a_message_or_a_tool_call(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        agent.say(
            frame("updates", {"model": {"messages": [ai("to-new", "", tool_calls=[CALL])]}}),
            frame("custom", {"about": "something else"}),
        )
        await screen.until(lambda _: '"kind": "tool"' in json.dumps(screen.records))
        turn = screen.records["turns"]["ids"][-1]
        tab.show_wire_of(f"turn:{turn}")
        assert tab.raw.open and tab.raw.tab == "all"
        await screen.until(lambda records: rows(records) == [(2, "messages"), (3, "updates")])
        assert screen.records["raw"]["filter"] == "this message"
        (call,) = [key for key, one in screen.records.items() if one.get("kind") == "tool"]
        tab.show_wire_of(f"part:{call}")
        await screen.until(lambda records: rows(records) == [(3, "updates")])
        assert screen.records["raw"]["filter"] == "this tool call"


async def test_a_call_without_an_id_is_found_by_its_message(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        call = {**CALL, "id": None}
        agent.say(
            frame("updates", {"model": {"messages": [ai("m-2", "", tool_calls=[call])]}}),
            values(ai("m-2", "", tool_calls=[call])),
        )
        await screen.until(lambda _: '"kind": "tool"' in json.dumps(screen.records))
        (key,) = [key for key, one in screen.records.items() if one.get("kind") == "tool"]
        tab.show_wire_of(f"part:{key}")
        await screen.until(lambda records: rows(records) == [(3, "updates"), (4, "values")])


async def test_what_is_said_next_of_a_growing_message_is_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until_it_says("half")
        tab.show_wire_of(f"turn:{screen.records['turns']['ids'][-1]}")
        await screen.until(lambda records: rows(records) == [(2, "messages")])
        agent.say(token(" more", id="to-new"), token("another", id="of-same-turn"))
        await screen.until(lambda records: [n for n, _ in rows(records)] == [2, 3, 4])


async def test_about_a_message_of_an_earlier_run_that_run_is_shown(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await asked(tab, agent, "one")
        await screen.until_it_says("half")
        answer = screen.records["turns"]["ids"][-1]
        agent.end("success", thread_state(human("one"), ai("to-one")))
        await screen.until(lambda records: not records["composer"]["running"])
        await asked(tab, agent, "two")
        await screen.until(lambda _: len(screen.records["turns"]["ids"]) >= 4)
        tab.show_wire_of(f"turn:{answer}")
        await screen.until(lambda records: rows(records) == [(2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)


async def test_another_thread_is_not_searched_for_what_was_asked_in_this_one(
    tab: Tab, agent: Agent
):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        tab.show_wire_of(f"turn:{screen.records['turns']['ids'][-1]}")
        assert tab.raw.about
        await tab.go("/")
        assert not tab.raw.about


@pytest.mark.parametrize("name", ["turn:t:999", "part:p:999", "c1", "", ":", "turn:", "x:y"])
async def test_nothing_is_shown_of_what_nobody_knows(tab: Tab, agent: Agent, name: str):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await screen.until(rows)
        tab.show_wire_of(name)
        assert not tab.raw.about and len(rows(screen.records)) == 2
