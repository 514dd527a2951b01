"""What a person does in a conversation, as their browser says it: send, stop, try again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
    THREAD,
    Agent,
    ai,
    human,
    pause,
    run_named,
    thread_state,
    token,
    until,
)
from tests.unit.screen.page import looking_at, records_of
from tests.unit.state.browser import Browser, browser
from webchat.screen.app import App
from webchat.screen.tab import Tab
from webchat.state import chat as chat_module
from webchat.state.chat import Chat
from webchat.state.session import Session

FIRST, SECOND = (f"5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a{n}" for n in (11, 12))
TALK = thread_state(human(), ai())
ADDRESS = f"/thread/{THREAD}"


def page(tab: Tab) -> dict[str, Any]:
    return records_of(tab)


async def says(one: Browser, text: str = "hello?", id: str = FIRST) -> None:
    await one.does(Chat, "send", message_id=id, text=text)


async def test_the_first_message_makes_a_thread_and_goes_to_it(tab: Tab, agent: Agent):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one, "  hello?\n")
        assert tab.feed is not None
        assert one.went_to == [f"/thread/{tab.feed.thread_id}"]
        assert agent.bodies["start"]["assistant_id"] == "agent"
        (message,) = agent.bodies["start"]["input"]["messages"]
        assert message == {"type": "human", "id": FIRST, "content": "hello?"}
        records = page(tab)
        assert records["sent"] == {"id": FIRST, "ok": True}
        assert records["page"]["state"] == "thread" and records["composer"]["running"]


async def test_going_to_the_new_threads_address_keeps_what_is_seen(tab: Tab, agent: Agent):
    async with browser() as one, looking_at(tab) as screen:
        await one.set(Session, assistant_id="agent")
        await says(one)
        agent.say(token("an answer", id="a1"))
        await screen.until_it_says("an answer")
        feed = tab.feed
        await tab.go(one.went_to[0])
        assert tab.feed is feed
        agent.end("success", thread_state(human(FIRST, "hello?"), ai("a1", "an answer")))
        await screen.until(lambda records: not records["composer"]["running"])
        await tab.go(one.went_to[0])
        assert tab.feed is feed and screen.texts[0] == "hello?"


async def test_a_message_in_a_thread_stays_there(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        assert one.went_to == []
    assert tab.feed and tab.feed.thread_id == THREAD


async def test_a_double_click_sends_once(tab: Tab, agent: Agent):
    agent.gates["start"] = asyncio.Event()
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        clicks = [asyncio.create_task(says(one)) for _ in range(3)]
        await pause()
        agent.gates["start"].set()
        await asyncio.gather(*clicks)
        assert agent.asked["start"] == 1 and len(one.went_to) == 1
        assert page(tab)["sent"] == {"id": FIRST, "ok": True}
        assert page(tab)["composer"]["note"] == ""
        feed = tab.feed
        assert feed is not None
        agent.end("success", TALK)
        await until(feed.changed, lambda: not feed.live)
        await says(one)
        assert agent.asked["start"] == 1, "however late the second click comes"


async def test_a_second_message_while_one_is_answered_is_kept_by_the_composer(
    tab: Tab, agent: Agent
):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        await says(one, "and?", SECOND)
        records = page(tab)
        assert records["sent"] == {"id": SECOND, "ok": False}
        assert "still answering" in records["composer"]["note"]
        assert agent.asked["start"] == 1


@pytest.mark.parametrize("refusal", [FAULT, GONE])
async def test_a_message_that_could_not_be_sent_leaves_a_new_chat_as_it_was(
    tab: Tab, agent: Agent, shared: App, refusal: Any
):
    agent.refusals["start"] = refusal
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        records = page(tab)
        assert records["page"]["state"] == "new" and one.went_to == []
        assert records["sent"] == {"id": FIRST, "ok": False} and records["composer"]["note"]
        assert shared.health.suspected, "perhaps the server is away"
        agent.refusals.clear()
        await says(one, "once more", SECOND)
        records = page(tab)
        assert records["sent"] == {"id": SECOND, "ok": True} and records["composer"]["note"] == ""


async def test_a_message_that_could_not_be_sent_leaves_a_thread_as_it_was(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    agent.refusals["start"] = GONE
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
    records = page(tab)
    assert records["page"]["thread"] == THREAD and len(records["turns"]["ids"]) == 2


async def test_without_an_assistant_nothing_is_sent_and_the_words_are_kept(tab: Tab, agent: Agent):
    async with browser() as one:
        await one.set(Session, trouble="The agent server has no assistants.")
        await says(one)
        records = page(tab)
        assert records["composer"]["note"] == "The agent server has no assistants."
        assert records["sent"] == {"id": FIRST, "ok": False}
    assert not agent.asked


async def test_words_sent_before_an_assistant_was_found_wait_for_it(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(chat_module, "PAUSE", 0.001)
    monkeypatch.setattr(chat_module, "TRIES", 5_000)
    async with browser() as one:
        saying = asyncio.create_task(says(one))
        await pause()
        assert not agent.asked
        await one.set(Session, assistant_id="agent")
        await saying
        assert agent.asked["start"] == 1 and page(tab)["sent"] == {"id": FIRST, "ok": True}


async def test_words_for_which_nobody_is_found_are_kept(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(chat_module, "PAUSE", 0.0)
    async with browser() as one:
        await says(one)
        records = page(tab)
        assert records["sent"] == {"id": FIRST, "ok": False} and records["composer"]["note"]
    assert not agent.asked


async def test_words_sent_while_a_thread_is_read_do_not_go_elsewhere(tab: Tab, agent: Agent):
    agent.state, agent.gates["state"] = TALK, asyncio.Event()
    opening = asyncio.create_task(tab.go(ADDRESS))
    await pause()
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        went_to = one.went_to
    agent.gates["state"].set()
    await opening
    assert went_to == [] and tab.feed and tab.feed.thread_id == THREAD


async def test_a_starter_is_sent_from_an_empty_page_and_from_no_other(tab: Tab, agent: Agent):
    async with browser() as one:
        await one.set(Session, assistant_id="agent", starters=["What can you do?"])
        await one.does(Chat, "start_with", words="Something else")
        assert not agent.asked
        await one.does(Chat, "start_with", words="What can you do?")
        (message,) = agent.bodies["start"]["input"]["messages"]
        assert message["content"] == "What can you do?" and len(one.went_to) == 1
        await one.does(Chat, "start_with", words="What can you do?")
        assert agent.asked["start"] == 1


async def test_stop_stops_and_says_when_it_cannot(tab: Tab, agent: Agent):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        agent.refusals["cancel"] = GONE
        await one.does(Chat, "stop")
        assert page(tab)["composer"]["note"] and not page(tab)["composer"]["stopping"]
        agent.refusals.clear()
        await one.does(Chat, "stop")
        records = page(tab)
        assert records["composer"]["stopping"] and records["composer"]["note"] == ""


async def test_trying_again_goes_on_and_says_when_it_cannot(tab: Tab, agent: Agent):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one)
        agent.end("error", thread_state(human(FIRST, "hello?"), next=["model"]))
        feed = tab.feed
        assert feed is not None
        await until(feed.changed, lambda: not feed.live)
        agent.refusals["start"] = GONE
        await one.does(Chat, "retry")
        assert page(tab)["composer"]["note"]
        agent.refusals.clear()
        await one.does(Chat, "retry")
        assert page(tab)["composer"]["running"] and page(tab)["composer"]["note"] == ""
    assert feed.run and feed.run.run_id == run_named(1)
