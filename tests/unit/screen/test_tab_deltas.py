"""A tab's deltas: a snapshot first, then only what has changed, whatever it looks at."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from typing import Any

import pytest

from tests.unit.runs.agent import (
    Agent,
    ai,
    human,
    pause,
    thread_state,
    token,
)
from tests.unit.screen.page import looking_at, records_of
from tests.unit.screen.talking import ADDRESS, SHORT, ask
from webchat import limits
from webchat.screen.app import App
from webchat.screen.conversation import TURNS
from webchat.screen.replica import Replica
from webchat.screen.tab import Tab
from webchat.screen.tabs import Tabs


def talk(pairs: int) -> list[dict[str, Any]]:
    return [
        message
        for n in range(pairs)
        for message in (human(f"h{n}", f"question {n}"), ai(f"a{n}", f"answer {n}"))
    ]


# Deltas.


async def test_the_first_frame_is_a_snapshot_and_the_others_only_differ(agent: Agent, tab: Tab):
    agent.state = thread_state(*talk(2))
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        agent.say(token(" and all", id="answer"))
        await screen.until_it_says("half and all")
    first, *others = screen.deltas
    assert first[1] == 0 and {op[0] for op in first[2]} == {"put"}
    assert [delta[1] for delta in others] == list(range(1, len(screen.deltas)))
    said = json.dumps(others)
    assert "question 1" not in said and "answer 1" not in said


async def test_an_answer_is_seen_as_it_comes_and_corrected_at_its_end(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.texts[0] == "short" and "thread" in screen.texts[1]
        await ask(tab, agent, screen)
        (turn,) = [
            record for record in screen.records.values() if record.get("live") and "parts" in record
        ]
        assert screen.records["composer"]["running"] and turn["role"] == "agent"
        agent.end("success", thread_state(human("new", "and now?"), ai("answer", "corrected")))
        await screen.until(lambda records: not records["composer"]["running"])
        assert screen.texts[0] == "and now?" and "corrected" in screen.texts[1]


async def tokens(agent: Agent, tab: Tab, pairs: int) -> list[Any]:
    """The deltas of ten tokens that come after a thread of so many questions and answers."""
    agent.state = thread_state(*talk(pairs))
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen, "some words to begin with, then more")
        before = len(screen.deltas)
        for n in range(10):
            agent.say(token(f" word{n}", id="answer"))
            await screen.until_it_says(f"word{n}")
        deltas = screen.deltas[before:]
        agent.end()
        await screen.until(lambda records: not records["composer"]["running"])
    agent.runs.clear()
    return deltas


async def test_a_token_costs_the_same_however_long_the_thread_is(agent: Agent, shared: App):
    costs = []
    for pairs in (1, 100):
        deltas = await tokens(agent, shared.new_tab(), pairs)
        costs.append([[op[0] for op in delta[2]] for delta in deltas])
        assert all(len(json.dumps(delta)) < 100 for delta in deltas)
    assert costs[0] == costs[1] == [["splice"]] * 10


async def test_a_token_draws_its_own_turn_and_no_other(
    agent: Agent, tab: Tab, monkeypatch: pytest.MonkeyPatch
):
    agent.state = thread_state(*talk(5))
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        drawn: list[str] = []
        note = Replica.drawn

        def noted(self: Replica, key: str, source: object, choice: object = None) -> None:
            drawn.append(key)
            note(self, key, source, choice)

        monkeypatch.setattr(Replica, "drawn", noted)
        agent.say(token(" more", id="answer"))
        await screen.until_it_says("half more")
        turn = screen.records["turns"]["ids"][-1]
        assert set(drawn) == {turn, *screen.records[turn]["parts"]}


async def test_a_huge_answer_comes_over_several_frames_the_newest_turn_first(
    agent: Agent, tab: Tab
):
    text = "".join(f"paragraph {n}\n\n" for n in range(2_000))
    agent.state = thread_state(human("h", "old question"), ai("a", text), human("h2", "newest"))
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert "newest" in json.dumps(screen.deltas[0])
        await screen.until(lambda _: "paragraph 1999" in screen.texts[1])
    assert len(screen.deltas) > 3
    assert screen.texts[1].count("paragraph") == 2_000


async def test_a_page_that_lost_track_gets_a_snapshot_of_a_new_epoch(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        before = dict(screen.records)
        tab.restart()
        await screen.until(lambda _: len(screen.deltas) == 2)
        assert screen.deltas[1][1] == 0 and screen.deltas[1][0] != screen.deltas[0][0]
        assert screen.records == before


async def test_who_leaves_in_mid_answer_and_comes_back_sees_all_of_it(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen, "one")
    agent.say(token(" two", id="answer"))
    await pause()
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await screen.until_it_says("one two")
        assert screen.deltas[0][1] == 0
        agent.say(token(" three", id="answer"))
        await screen.until_it_says("one two three")


async def test_two_tabs_see_the_same(agent: Agent, shared: App):
    agent.state = SHORT
    one, other = shared.new_tab(), shared.new_tab()
    await one.go(ADDRESS)
    await other.go(ADDRESS)
    async with looking_at(one) as first, looking_at(other) as second:
        await ask(one, agent, first)
        await second.until_it_says("half")
        assert first.texts == second.texts


async def test_a_closed_tab_watches_no_longer(agent: Agent, tab: Tab, shared: App):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await ask(tab, agent, screen)
        assert shared.feeds.subscribers == 1
    assert tab.feed and tab.feed.changed.subscribers == shared.feeds.subscribers == 0


async def test_a_reload_shows_what_was_said_elsewhere_meanwhile(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab):
        pass
    agent.state = thread_state(*talk(2), checkpoint="later")
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert len(screen.texts) == 4


# Older turns, and what is expanded.


async def test_a_long_thread_opens_with_its_newest_turns(agent: Agent, tab: Tab):
    agent.state = thread_state(*talk(30))
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        turns = screen.records["turns"]
        assert (len(turns["ids"]), turns["earlier"]) == (TURNS, 60 - TURNS)
        assert "answer 29" in screen.texts[-1] and "question 0" not in json.dumps(screen.deltas)
        tab.earlier()
        await screen.until(lambda records: len(records["turns"]["ids"]) == 2 * TURNS)
        tab.earlier()
        await screen.until(lambda records: records["turns"]["earlier"] == 0)
        assert screen.texts[0] == "question 0" and len(screen.texts) == 60


async def test_an_opened_part_is_opened_for_this_tab_alone(agent: Agent, shared: App):
    agent.state = thread_state(human("h", "x" * 30_000))
    one, other = shared.new_tab(), shared.new_tab()
    await one.go(ADDRESS)
    await other.go(ADDRESS)
    async with looking_at(one) as first, looking_at(other) as second:
        (name,) = first.records[first.records["turns"]["ids"][0]]["parts"]
        assert first.records[name]["action"]
        one.open_place(f"part:{name}", first.records[name]["piece"])
        await first.until(lambda records: records[name]["action"] == "")
        assert len(first.texts[0]) == 30_000
        other.wake()
        await pause()
        assert second.records[name]["action"]


async def test_a_name_that_nothing_has_opens_nothing(agent: Agent, tab: Tab):
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        tab.open_part("p:999")
        tab.note("seen")
        await screen.until(lambda records: records["composer"]["note"] == "seen")
    assert {op[1] for op in screen.deltas[-1][2]} == {"composer"}


async def test_turns_and_parts_are_found_by_their_names(agent: Agent, tab: Tab):
    assert tab.turn_named("t:1") is None and tab.part_named("p:2") is None
    agent.state = SHORT
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        name = screen.records["turns"]["ids"][1]
        turn = tab.turn_named(name)
        assert turn and turn.role == "agent"
        assert tab.part_named(screen.records[name]["parts"][0]) is turn.parts[0]
    assert tab.turn_named("t:999") is None


# Words from the tab to its page.


async def test_the_same_text_can_be_copied_twice(tab: Tab):
    async with looking_at(tab) as screen:
        for _ in range(2):
            before = len(screen.deltas)
            tab.clip("turn:t:1", "words")
            await screen.until(lambda _, before=before: len(screen.deltas) > before)
            assert screen.records["clip"] == {"key": "turn:t:1", "text": "words"}


async def test_what_was_copied_is_not_copied_again_by_who_comes_back(tab: Tab, agent: Agent):
    async with looking_at(tab) as screen:
        tab.clip("turn:t:1", "words")
        await screen.until(lambda records: "clip" in records)
    async with looking_at(tab) as screen:
        assert "clip" not in screen.records
        tab.clip("turn:t:1", "words")
        await screen.until(lambda records: "clip" in records)
        agent.state = SHORT
        await tab.go(ADDRESS)
        await screen.until(lambda records: records["page"]["state"] == "thread")
        assert "clip" not in screen.records


# The tabs of all.


def test_a_token_names_its_tab(shared: App):
    tabs = Tabs(shared.new_tab)
    assert tabs.of("one") is tabs.of("one") is not tabs.of("two")


def test_tabs_that_were_not_used_for_longest_are_let_go(
    shared: App, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "TABS_KEPT", 2)
    tabs = Tabs(shared.new_tab)
    first, gone = tabs.of("one"), weakref.ref(tabs.of("two"))
    assert tabs.of("one") is first, "used again"
    tabs.of("three")
    gc.collect()
    assert tabs.of("one") is first and gone() is None


async def test_a_tab_that_still_loads_is_the_one_that_its_events_reach(
    agent: Agent, shared: App, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "TABS_KEPT", 2)
    agent.state, agent.gates["state"] = SHORT, asyncio.Event()
    going = asyncio.create_task(shared.tabs.of("slow").go(ADDRESS))
    await pause()
    for n in range(10):
        shared.tabs.of(f"another {n}")
    gc.collect()
    assert records_of(shared.tabs.of("slow"))["page"]["state"] == "loading"
    agent.gates["state"].set()
    await going
    assert shared.tabs.of("slow").feed is not None
