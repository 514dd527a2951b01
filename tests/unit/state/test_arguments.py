"""Any client can call any handler with anything: what makes no sense does nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
import reflex as rx

from tests.unit.runs.agent import (
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    metadata,
    pause,
    thread_state,
    values,
)
from tests.unit.screen.page import records_of
from tests.unit.state.browser import TOKEN, browser
from webchat import limits
from webchat.screen.tab import Tab
from webchat.screen.tabs import Tabs
from webchat.state.chat import Chat
from webchat.state.current import app
from webchat.state.live import LONGEST_NAME, Live
from webchat.state.raw import Raw
from webchat.state.session import Session

MESSAGE = "5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a11"
LONG = "y" * 9_000
ODD: list[Any] = [
    *(None, 0, -1, 10**30, 1.5, float("nan"), "", " ", "x", "²", "t:", ":", "\x00", "\ud800"),
    *(
        [],
        ["all"],
        {},
        {"a": 1},
        [[1]],
        "event:²",
        "event:-1",
        "event:99999999999",
        "turn:",
        "a" * 10_000,
    ),
    *("turn:t:999", "arguments:p:999", "__class__", "../..", "<script>alert(1)</script>"),
]


async def opened_thread(tab: Tab, agent: Agent, found: str = "found") -> dict[str, Any]:
    """Look at a thread and its wire; returns what is shown."""
    call = {"type": "tool_call", "id": "c1", "name": "search", "args": {"query": "q"}}
    tool = {"type": "tool", "id": "r1", "tool_call_id": "c1", "content": found}
    agent.state = thread_state(human(), ai("a0", "", tool_calls=[call]), tool, ai())
    agent.runs = [a_run(status="success")]
    agent.replay = [metadata(event_id="1-0"), values(human(content=LONG), event_id="2-0")]
    await tab.go(f"/thread/{THREAD}")
    tab.raw.tab = "all"
    tab.toggle_raw()
    await pause()
    return records_of(tab)


def what_is_open(tab: Tab) -> tuple[object, ...]:
    records = records_of(tab)
    records.pop("clock", None)
    return (records, tab.feed, tab.raw.open, tab.raw.tab, dict(tab.raw.expanded), tab.raw.rows)


@pytest.mark.parametrize(
    ("state", "handler", "arguments"),
    [
        (Live, "open_part", ["name"]),
        (Live, "show", ["tree", "pointer"]),
        (Live, "clip", ["key"]),
        (Chat, "send", ["message_id", "thread_id", "text", "fresh", "anyway", "assistant_id"]),
        (Raw, "choose_tab", ["name"]),
        (Raw, "expand_row", ["number"]),
        (Session, "choose", ["assistant_id"]),
    ],
)
async def test_odd_arguments_do_nothing_and_raise_nothing(
    tab: Tab,
    agent: Agent,
    caplog: pytest.LogCaptureFixture,
    state: type[rx.State],
    handler: str,
    arguments: list[str],
):
    await opened_thread(tab, agent)
    before, asked = what_is_open(tab), agent.asked.copy()
    async with browser() as one:
        with caplog.at_level(logging.ERROR):
            for value in ODD:
                await one.does(state, handler, **dict.fromkeys(arguments, value))
        assert one.went_to == []
    assert what_is_open(tab) == before
    assert agent.asked == asked
    assert not caplog.records


async def test_a_run_that_is_no_name_is_not_looked_for(tab: Tab, agent: Agent):
    await opened_thread(tab, agent)
    asked = agent.asked.copy()
    async with browser() as one:
        for value in (None, 5, [], {}, "", "x" * (LONGEST_NAME + 1)):
            await one.does(Raw, "choose_run", run_id=value)
            await one.does(Raw, "show_wire_of", name=value)
    assert agent.asked == asked


async def test_a_run_that_was_not_offered_is_not_looked_for(tab: Tab, agent: Agent):
    await opened_thread(tab, agent)
    asked = agent.asked.copy()
    async with browser() as one:
        for value in ("../../assistants", THREAD, "x"):
            await one.does(Raw, "choose_run", run_id=value)
    assert agent.asked == asked


# What makes sense does something, by the same way.


async def test_a_part_opens(tab: Tab, agent: Agent):
    records = await opened_thread(tab, agent)
    (name,) = [key for key, record in records.items() if record.get("kind") == "tool"]
    async with browser() as one:
        await one.does(Live, "open_part", name=name)
        assert records_of(tab)[name]["expanded"]


async def test_a_tree_shows_what_it_offers_and_nothing_else(tab: Tab, agent: Agent):
    records = await opened_thread(tab, agent, found=json.dumps([list(range(500)), "x" * 9_000]))
    (name,) = [key for key, record in records.items() if record.get("kind") == "tool"]
    async with browser() as one:
        await one.does(Live, "open_part", name=name)
        before = records_of(tab)[name]
        for pointer in ("/0/3", "/2", "/" * 4_000, "/1/", "0", "/ 1", "/__class__"):
            await one.does(Live, "show", tree=f"result:{name}", pointer=pointer)
            await one.does(Live, "show", tree=f"arguments:{name}", pointer=pointer)
            await one.does(Live, "show", tree="result:p:99", pointer="/1")
        assert records_of(tab)[name] == before
        await one.does(Live, "show", tree=f"result:{name}", pointer="/1")
        assert "x" * 9_000 in records_of(tab)[name]["result"]


async def test_no_more_than_so_much_is_opened_and_that_is_said(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "EXPANDED", 2)
    late = app().new_tab()
    agent.state = thread_state(*(human(f"h{n}", "x" * 30_000) for n in range(3)))
    await late.go(f"/thread/{THREAD}")
    records = records_of(late)
    names = [records[turn]["parts"][0] for turn in records["turns"]["ids"]]
    for name in names[:2]:
        late.open_place(f"part:{name}", "0")
        late.open_place(f"part:{name}", "0")
    assert records_of(late)["composer"]["note"] == ""
    late.open_place(f"part:{names[2]}", "0")
    records = records_of(late)
    assert [records[name]["action"] == "" for name in names] == [True, True, False]
    assert "Too much is open" in records["composer"]["note"]


async def test_a_row_opens_and_shows_more_of_itself_only_while_it_is_open(tab: Tab, agent: Agent):
    await opened_thread(tab, agent)
    async with browser() as one:
        await one.does(Live, "show", tree="event:2", pointer="/messages")
        assert tab.raw.expanded == {}
        await one.does(Raw, "expand_row", number=2)
        while not tab.raw.expanded[2].html:  # drawn beside the loop
            await asyncio.sleep(0.01)
        for pointer in ("/messages", "/" * 4_000, "/0"):
            await one.does(Live, "show", tree="event:2", pointer=pointer)
            assert tab.raw.expanded[2].pointers == (), "not offered"
        await one.does(Live, "show", tree="event:2", pointer="/messages/0/content")
        assert tab.raw.expanded[2].pointers == ("/messages/0/content",)
        await one.does(Raw, "expand_row", number=2)
        assert tab.raw.expanded == {}


@pytest.mark.parametrize(
    ("kind", "words"),
    [("arguments", '{\n  "query": "q"\n}'), ("result", '"found"')],
)
async def test_a_calls_sides_can_be_copied(tab: Tab, agent: Agent, kind: str, words: str):
    records = await opened_thread(tab, agent)
    (name,) = [key for key, record in records.items() if record.get("kind") == "tool"]
    async with browser() as one:
        await one.does(Live, "clip", key=f"{kind}:{name}")
    assert records_of(tab)["clip"] == {"key": f"{kind}:{name}", "text": words}


async def test_a_turn_and_an_event_can_be_copied(tab: Tab, agent: Agent):
    records = await opened_thread(tab, agent)
    turn = records["turns"]["ids"][-1]
    async with browser() as one:
        await one.does(Live, "clip", key=f"turn:{turn}")
        assert records_of(tab)["clip"]["text"] == "hello"
        await one.does(Live, "clip", key="event:2")
        assert '"type": "human"' in records_of(tab)["clip"]["text"]


async def test_the_raw_view_is_switched_and_the_page_told_by_one_record(tab: Tab, agent: Agent):
    records = await opened_thread(tab, agent)
    (call,) = [key for key, record in records.items() if record.get("kind") == "tool"]

    def chosen() -> tuple[bool, str]:
        record = records_of(tab)["raw_view"]
        assert record["open"] == ("raw" in records_of(tab))
        return record["open"], record["tab"]

    async with browser() as one:
        assert chosen() == (True, "all")
        await one.does(Raw, "toggle")
        assert chosen() == (False, "all")
        await one.does(Raw, "toggle")
        await one.does(Raw, "choose_tab", name="updates")
        assert chosen() == (True, "updates")
        await one.does(Raw, "toggle_state")
        assert tab.raw.state.open
        await one.does(Raw, "read_state")
        await one.does(Raw, "toggle_state")
        assert not tab.raw.state.open
        rows = tab.raw.rows
        await one.does(Raw, "earlier")
        assert tab.raw.rows == 2 * rows
        await one.does(Raw, "toggle")
        await one.does(Raw, "show_wire_of", name=f"part:{call}")
        assert chosen() == (True, "all") and tab.raw.about.call_ids == {"c1"}
        await one.does(Raw, "show_all")
        assert not tab.raw.about


async def test_a_tab_that_was_let_go_comes_back_with_its_raw_view_shut_on_the_page_too(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    await opened_thread(tab, agent)
    async with browser() as one:
        monkeypatch.setattr(app(), "tabs", Tabs(app().new_tab))  # as after a restart
        await one.does(Raw, "choose_tab", name="updates")
    back = app().tabs.of(TOKEN)
    assert back is not tab
    assert records_of(back)["raw_view"] == {"open": False, "tab": "updates"}


async def test_older_turns_are_there_for_the_asking(tab: Tab, agent: Agent):
    messages = [human(f"h{n}") if n % 2 else ai(f"a{n}") for n in range(60)]
    agent.state = thread_state(*messages)
    await tab.go(f"/thread/{THREAD}")
    before = records_of(tab)["turns"]
    async with browser() as one:
        await one.does(Live, "earlier")
    after = records_of(tab)["turns"]
    assert len(after["ids"]) > len(before["ids"]) and after["earlier"] < before["earlier"]


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_a_message_of_nothing_is_not_sent(tab: Tab, agent: Agent, text: str):
    said = {"message_id": MESSAGE, "thread_id": THREAD, "text": text, "assistant_id": ""}
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await one.does(Chat, "send", **said, fresh=True, anyway=False)
    assert not agent.asked


async def test_what_stops_or_retries_nothing_does_nothing(tab: Tab, agent: Agent):
    async with browser() as one:
        for handler in ("stop", "retry"):
            await one.does(Chat, handler)
    assert not agent.asked
