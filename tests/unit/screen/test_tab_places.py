"""Where a tab goes: a new chat, a thread, or an address that names neither."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.unit.runs.agent import FAULT, GONE, THREAD, Agent, ai, human, pause, thread_state
from tests.unit.screen.page import looking_at
from webchat.runs import HealthState
from webchat.screen.app import App
from webchat.screen.tab import Tab

ADDRESS = f"/thread/{THREAD}"
OTHER = f"{THREAD[:-1]}f"
TALK = thread_state(human(content="a question"), ai(content="an answer"))
UNKNOWN = httpx.Response(404, json={"detail": f"Thread with ID {THREAD} not found"})


@pytest.mark.parametrize("path", ["/", "", "//"])
async def test_the_front_page_is_a_new_chat(tab: Tab, agent: Agent, path: str):
    await tab.go(path)
    async with looking_at(tab) as screen:
        page = screen.records["page"]
        assert (page["state"], page["thread"], page["title"]) == ("new", "", "")
    assert not agent.asked


@pytest.mark.parametrize("path", [ADDRESS, ADDRESS + "/", ADDRESS.strip("/")])
async def test_a_threads_address_shows_it(tab: Tab, agent: Agent, path: str):
    agent.state = TALK
    await tab.go(path)
    async with looking_at(tab) as screen:
        page = screen.records["page"]
        assert (page["state"], page["thread"]) == ("thread", THREAD)
        assert len(screen.records["turns"]["ids"]) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/thread",
        "/thread/",
        f"/thread/{THREAD}/more",
        f"/threads/{THREAD}",
        "/settings",
        "/thread/../assistants/1",
        "/<script>alert(1)</script>",
        "/thread/a/b/c",
        "/\x00",
    ],
)
async def test_an_address_of_nothing_says_so_and_asks_nobody(tab: Tab, agent: Agent, path: str):
    await tab.go(path)
    async with looking_at(tab) as screen:
        page = screen.records["page"]
        assert (page["state"], page["title"]) == ("error", "There is no such page")
    assert not agent.asked and "script" not in json.dumps(screen.deltas)


@pytest.mark.parametrize(
    "thread_id",
    [
        "not-an-id",
        "..",
        "1" * 5_000,
        "%2e%2e",
        "<b>",
        THREAD[:-1],
        THREAD.replace("-", ""),
        "\ud800",
    ],
)
async def test_a_malformed_id_is_a_page_with_a_way_on(tab: Tab, agent: Agent, thread_id: str):
    await tab.go(f"/thread/{thread_id}")
    async with looking_at(tab) as screen:
        page = screen.records["page"]
        assert (page["state"], page["title"]) == ("error", "There is no such conversation")
        assert page["advice"] and page["detail"]
        json.dumps(screen.deltas, ensure_ascii=False).encode()
    assert not agent.asked


async def test_an_unknown_thread_is_a_page_with_a_way_on(tab: Tab, agent: Agent):
    agent.refusals["thread"] = UNKNOWN
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        page = screen.records["page"]
        assert (page["state"], page["title"]) == ("error", "There is no such conversation")
        assert "turns" not in screen.records
        await tab.go("/")
        await screen.until(lambda records: records["page"]["state"] == "new")


async def test_while_a_thread_is_read_it_is_loading(tab: Tab, agent: Agent):
    agent.state, agent.gates["state"] = TALK, asyncio.Event()
    async with looking_at(tab) as screen:
        going = asyncio.create_task(tab.go(ADDRESS))
        await screen.until(lambda records: records["page"]["state"] == "loading")
        agent.gates["state"].set()
        await going
        await screen.until(lambda records: records["page"]["state"] == "thread")


async def test_going_on_leaves_nothing_of_the_last_thread(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert any(name.startswith("t:") for name in screen.records)
        await tab.go("/")
        await screen.until(lambda records: records["page"]["state"] == "new")
        assert not [name for name in screen.records if name.partition(":")[0] in ("t", "p", "b")]
        agent.state = thread_state(human(content="elsewhere"))
        await tab.go(f"/thread/{OTHER}")
        await screen.until(lambda records: records["page"]["thread"] == OTHER)
        assert screen.texts == ["elsewhere"]


async def test_coming_back_to_a_thread_shows_it_again(tab: Tab, agent: Agent):
    agent.state = TALK
    async with looking_at(tab) as screen:
        for path in (ADDRESS, "/", ADDRESS):
            await tab.go(path)
        await screen.until(lambda records: records["page"]["state"] == "thread")
        assert screen.texts[0] == "a question" and "an answer" in screen.texts[1]


async def test_only_one_thread_is_watched_at_a_time(tab: Tab, agent: Agent, shared: App):
    agent.state = TALK
    async with looking_at(tab) as screen:
        feeds = []
        for thread_id in (THREAD, OTHER):
            await tab.go(f"/thread/{thread_id}")
            await screen.until(lambda records, id=thread_id: records["page"]["thread"] == id)
            feeds.append(tab.feed)
        assert [feed.changed.subscribers for feed in feeds] == [0, 1]


# When the server fails.


async def test_a_server_that_is_away_is_said_and_the_thread_shown_when_it_is_back(
    tab: Tab, agent: Agent, shared: App
):
    agent.state, agent.refusals["thread"] = TALK, GONE
    shared.health.state = HealthState("away", "It is away.")
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["page"]["state"] == "error" and screen.records["page"]["advice"]
        agent.refusals.clear()
        shared.health.become(HealthState("connected"))
        await screen.until(lambda records: records["page"]["state"] == "thread")


async def test_a_failure_is_a_reason_to_look_after_the_link(tab: Tab, agent: Agent, shared: App):
    agent.refusals["thread"] = GONE
    await tab.go(ADDRESS)
    assert shared.health.suspected


async def test_a_thread_that_keeps_failing_is_not_asked_for_again_and_again(
    tab: Tab, agent: Agent, shared: App
):
    agent.refusals["thread"] = FAULT
    await tab.go(ADDRESS)
    asked = agent.asked["thread"]
    async with looking_at(tab) as screen:
        for n in range(20):
            tab.note(f"{n}")
            await screen.until(lambda records, n=n: records["composer"]["note"] == f"{n}")
    assert agent.asked["thread"] == asked


async def test_what_will_not_pass_is_not_tried_again(tab: Tab, agent: Agent, shared: App):
    agent.refusals["thread"] = UNKNOWN
    shared.health.state = HealthState("away")
    await tab.go(ADDRESS)
    asked = agent.asked["thread"]
    async with looking_at(tab) as screen:
        shared.health.become(HealthState("connected"))
        await screen.until(lambda records: records["health"]["word"] == "connected")
        await pause()
    assert agent.asked["thread"] == asked


async def test_a_thread_that_comes_late_does_not_show_where_one_has_gone_on(tab: Tab, agent: Agent):
    agent.state, agent.gates["state"] = TALK, asyncio.Event()
    slow = asyncio.create_task(tab.go(ADDRESS))
    await pause()
    await tab.go("/")
    agent.gates["state"].set()
    await slow
    assert tab.feed is None
