"""The raw view of a tab: it costs nothing while shut, and follows the run while open."""

from __future__ import annotations

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
    run_named,
    thread_state,
    token,
    values,
)
from tests.unit.screen.page import looking_at
from webchat.screen import raw_view
from webchat.screen.app import App
from webchat.screen.tab import Tab

ADDRESS = f"/thread/{THREAD}"
TALK = thread_state(human(), ai())
CALL = {"type": "tool_call", "id": "call-7", "name": "search", "args": {"query": "q"}}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_view, "EVERY", 0.02)


def rows(records: dict[str, Any]) -> list[tuple[int, str]]:
    if "raw" not in records:
        return []
    return [(records[name]["number"], records[name]["mode"]) for name in records["raw"]["rows"]]


async def expanded(tab: Tab, which: str = "all") -> None:
    tab.raw.tab = which
    await tab.toggle_raw()


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
    assert agent.asked["runs"] == 1, "for the page itself"


async def test_open_it_follows_the_run_and_shut_again_it_leaves_nothing(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        await screen.until(lambda records: rows(records) == [(1, "metadata"), (2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)
        agent.say(values(human("new")))
        await screen.until(lambda records: rows(records)[2:] == [(3, "values")])
        assert screen.records["raw"]["facts"].startswith("running")
        agent.end("success", TALK)
        await screen.until(lambda records: records["raw"]["facts"].startswith("success"))
        await tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert not [name for name in screen.records if name.startswith("w:")]


async def test_between_two_looks_at_the_wire_tokens_cost_no_rows_and_none_is_missed(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent)
        for n in range(8):
            agent.say(token(f" word{n}", id="to-new"))
            await screen.until_it_says(f"word{n}")
        drawn = [one for one in screen.deltas if any(op[1] == "raw" for op in one[2])]
        assert len(drawn) <= 2 and len(rows(screen.records)) < 10
        tab.raw.refresh()
        await screen.until(lambda records: len(rows(records)) == 10)


async def test_the_next_run_is_shown_as_itself(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        await asked(tab, agent, "one")
        await screen.until(lambda records: len(rows(records)) == 2)
        tab.raw.toggle_row(1)
        await screen.until(lambda records: records["w:1"]["open"])
        agent.end("success", TALK)
        await screen.until(lambda records: not records["composer"]["running"])
        assert tab.feed is not None
        await tab.feed.send("agent", human("two"))
        agent.say(values(human("two")), frame("updates", {"model": {}}))
        await screen.until(lambda records: rows(records) == [(1, "values"), (2, "updates")])
        assert screen.records["raw"]["run"] == run_named(1)
        assert not screen.records["w:1"]["open"]
        known = [run["run_id"] for run in screen.records["raw"]["runs"]]
        assert known[0] == run_named(1) and screen.records["raw"]["several"]


async def test_shut_in_mid_answer_no_look_at_the_wire_is_due(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(raw_view, "EVERY", 3600.0)
    agent.state = TALK
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: "raw" in records)
        tab.note("something else changed")
        await screen.until(lambda records: records["composer"]["note"])
        assert tab.raw.late_by is not None
        await tab.toggle_raw()
        await screen.until(lambda records: "raw" not in records)
        assert tab.raw.late_by is None


# Earlier runs.


async def with_two_runs(tab: Tab, agent: Agent) -> None:
    agent.state = TALK
    agent.runs = [a_run(run_named(n), "success") for n in (2, 1)]
    agent.replay = [metadata(event_id="1-0"), values(human(), event_id="2-0")]
    await tab.go(ADDRESS)
    await expanded(tab)


async def test_a_reloaded_thread_shows_the_wire_of_its_last_run(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        assert rows(screen.records) == [(1, "metadata"), (2, "values")]
        raw = screen.records["raw"]
        assert raw["run"] == run_named(2) and raw["several"]
        assert [run["run_id"] for run in raw["runs"]] == [run_named(2), run_named(1)]


async def test_another_run_can_be_chosen_and_stays_chosen(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    agent.replay = [values(human(), event_id="1-0")]
    async with looking_at(tab) as screen:
        tab.raw.look_at(run_named(1))
        await tab.raw.read(tab.feed)
        await screen.until(lambda records: records["raw"]["run"] == run_named(1))
        assert rows(screen.records) == [(1, "values")]
        await asked(tab, agent)
        await screen.until_it_says("half")
        assert screen.records["raw"]["run"] == run_named(1), "though a newer one goes on"


@pytest.mark.parametrize("run_id", [run_named(9), "not-an-id", "../../x"])
async def test_a_run_that_there_is_not_is_said_not_to_be(tab: Tab, agent: Agent, run_id: str):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        tab.raw.look_at(run_id)
        await tab.raw.read(tab.feed)
        await screen.until(lambda records: records["raw"]["empty"])
        assert rows(screen.records) == []


async def test_a_server_that_has_forgotten_the_wire_is_said_to(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        assert screen.records["raw"]["empty"] == "The server no longer has the wire of this run."


async def test_a_server_that_fails_is_said_to_in_the_view_alone(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    agent.refusals["runs"] = FAULT
    await expanded(tab)
    async with looking_at(tab) as screen:
        assert "failed" in screen.records["raw"]["empty"]
        assert screen.records["page"]["state"] == "thread"


async def test_on_an_empty_page_nothing_was_sent_yet(tab: Tab, agent: Agent):
    await tab.go("/")
    await expanded(tab)
    async with looking_at(tab) as screen:
        assert screen.records["raw"]["empty"] == "Nothing was sent yet."
    assert not agent.asked


async def test_it_goes_along_to_another_thread(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        assert rows(screen.records)
        await tab.go("/")
        await screen.until(lambda records: records["page"]["state"] == "new" and not rows(records))
        await tab.go(ADDRESS)
        await screen.until(lambda records: len(rows(records)) == 2)


# What is expanded, and what is about something.


async def test_a_row_opens_and_shuts(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        tab.raw.toggle_row(2)
        await screen.until(lambda records: records["w:2"]["open"])
        assert "json" in screen.records["w:2"]["body"]
        tab.raw.toggle_row(2)
        await screen.until(lambda records: not records["w:2"]["open"])


async def test_a_row_that_there_is_not_does_not_open(tab: Tab, agent: Agent):
    await with_two_runs(tab, agent)
    for number in (0, -1, 3, 10**12):
        tab.raw.toggle_row(number)
    assert tab.raw.expanded == {}
    event = tab.raw.event(2)
    assert tab.raw.event(3) is None and event is not None and event.mode == "values"


async def test_the_last_values_are_the_final_state(tab: Tab, agent: Agent):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    agent.replay = [
        values(event_id="1-0"),
        token("x", event_id="2-0"),
        values(ai(), event_id="3-0"),
    ]
    await tab.go(ADDRESS)
    await expanded(tab)
    async with looking_at(tab) as screen:
        assert screen.records["raw"]["final"]
        tab.raw.show_final()
        await screen.until(lambda records: rows(records) == [(1, "values"), (3, "values")])
        assert screen.records["w:3"]["open"] and not screen.records["w:1"]["open"]


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
        await tab.show_about(f"turn:{turn}")
        assert tab.raw.open and tab.raw.tab == "all"
        await screen.until(lambda records: rows(records) == [(2, "messages"), (3, "updates")])
        assert screen.records["raw"]["about"] == "this message"
        await tab.show_about("call-7")
        await screen.until(lambda records: rows(records) == [(3, "updates")])
        assert screen.records["raw"]["about"] == "this tool call"


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
        await tab.show_about(f"turn:{answer}")
        await screen.until(lambda records: rows(records) == [(2, "messages")])
        assert screen.records["raw"]["run"] == run_named(0)


async def test_another_thread_is_not_searched_for_what_was_asked_in_this_one(
    tab: Tab, agent: Agent
):
    await with_two_runs(tab, agent)
    await tab.show_about("h1")
    await tab.go("/")
    assert tab.raw.about == ()


async def test_about_what_nobody_knows_shows_all(tab: Tab, agent: Agent, shared: App):
    await with_two_runs(tab, agent)
    async with looking_at(tab) as screen:
        await tab.show_about("turn:t:999")
        await screen.until(lambda records: len(rows(records)) == 2)
        assert screen.records["raw"]["about"] == ""
