"""What a person does in a conversation, as their browser says it: send, stop, try again."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.unit.runs.agent import (
    GONE,
    THREAD,
    Agent,
    human,
    pause,
    run_named,
    thread_state,
    until,
)
from tests.unit.screen.page import records_of
from tests.unit.state.browser import Browser, browser
from webchat.screen.tab import Tab
from webchat.state import chat as chat_module
from webchat.state.chat import Chat
from webchat.state.session import Session

FIRST = "5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a11"
ONE, TWO = (f"fe096781-5601-53d2-b2f6-0d3403f7e9c{n}" for n in (1, 2))
INVALID = httpx.Response(422, json={"detail": "Invalid assistant"})


def page(tab: Tab) -> dict[str, Any]:
    return records_of(tab)


async def says(
    one: Browser, text: Any = "hello?", thread: str = THREAD, *, to: Any = "", id: str = FIRST
) -> None:
    said = {"message_id": id, "thread_id": thread, "text": text, "fresh": True, "anyway": False}
    await one.does(Chat, "send", **said, assistant_id=to)


async def test_a_message_is_sent_to_the_chosen_assistant_without_the_space_around_it(
    tab: Tab, agent: Agent
):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one, "  hello?\n")
    assert agent.bodies["start"]["assistant_id"] == "agent"
    (message,) = agent.bodies["start"]["input"]["messages"]
    assert message == {"type": "human", "id": FIRST, "content": "hello?"}
    assert tab.feed and tab.feed.thread_id == THREAD
    assert page(tab)["sent"]["outcome"] == "sent"


async def test_a_message_goes_to_the_one_chosen_at_enter_whoever_is_chosen_by_now(
    tab: Tab, agent: Agent
):
    async with browser() as one:
        await one.set(Session, assistant_id=TWO)
        await says(one, to=ONE)
    assert agent.bodies["start"]["assistant_id"] == ONE


async def test_a_message_to_an_assistant_that_is_gone_is_refused_and_nobody_else_asked(
    tab: Tab, agent: Agent
):
    agent.refusals["start"] = INVALID
    async with browser() as one:
        await one.set(Session, assistant_id=TWO)
        await says(one, to=ONE)
        sent = page(tab)["sent"]
        assert sent["outcome"] == "refused" and ONE in sent["reason"]
        agent.refusals.clear()
        await says(one, to=TWO)
        assert page(tab)["sent"]["outcome"] == "sent"
    assert agent.bodies["start"]["assistant_id"] == TWO


@pytest.mark.parametrize("to", ["agent", ONE.upper(), "../threads", f"{ONE} ", None, 5, [ONE]])
async def test_a_message_to_what_is_no_assistants_id_is_not_sent(tab: Tab, agent: Agent, to: Any):
    async with browser() as one:
        await one.set(Session, assistant_id=TWO)
        await says(one, to=to)
    sent = page(tab)["sent"]
    assert not agent.asked and (sent["id"], sent["outcome"]) == (FIRST, "refused")


@pytest.mark.parametrize("text", ["", "  \n ", "\x1c", "\x1f", "\x85", None, 5, ["hello?"]])
async def test_what_has_no_words_is_refused_and_the_page_told_so(tab: Tab, agent: Agent, text: Any):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one, text)
    sent = page(tab)["sent"]
    assert not agent.asked and (sent["id"], sent["outcome"]) == (FIRST, "refused")
    assert sent["reason"]


@pytest.mark.parametrize("thread", ["", "new", THREAD.upper(), "../assistants", f"{THREAD} "])
async def test_a_thread_that_is_no_id_of_the_pages_making_is_not_asked_for(
    tab: Tab, agent: Agent, thread: str
):
    async with browser() as one:
        await one.set(Session, assistant_id="agent")
        await says(one, thread=thread)
    assert not agent.asked and "sent" not in page(tab)


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
    assert agent.asked["start"] == 1


async def test_words_for_which_nobody_is_found_are_left_to_be_sent_later(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(chat_module, "PAUSE", 0.0)
    async with browser() as one:
        await says(one)
        assert page(tab)["sent"]["outcome"] == "later"
        await one.set(Session, assistant_note="The agent server has no assistants.")
        await says(one)
        assert page(tab)["sent"]["outcome"] == "refused"
    assert not agent.asked


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


async def test_a_retry_sends_the_message_that_came_back_and_the_page_hears_so(
    tab: Tab, agent: Agent
):
    agent.state = thread_state(human("h0", "an older question"), checkpoint="c1")
    async with browser() as one:
        await says(one, to=ONE)
        feed = tab.feed
        assert feed is not None
        agent.end("error", agent.state)
        await until(feed.changed, lambda: not feed.live)
        assert [back["id"] for back in page(tab)["returned"]["messages"]] == [FIRST]
        await one.does(Chat, "retry")
        assert agent.bodies["start"]["input"]["messages"][0]["id"] == FIRST
        assert page(tab)["sent"] == {"id": FIRST, "outcome": "sent", "reason": ""}
        assert page(tab)["returned"]["messages"] == []


async def test_what_the_page_has_of_what_came_back_is_handed_out_no_more(tab: Tab, agent: Agent):
    async with browser() as one:
        await says(one, to=ONE)
        feed = tab.feed
        assert feed is not None
        agent.end("error", thread_state())
        await until(feed.changed, lambda: not feed.live)
        elsewhere = THREAD[:-1] + ("0" if THREAD[-1] != "0" else "1")
        for thread_id, ids in ((elsewhere, [FIRST]), (THREAD, "nonsense"), (THREAD, [None])):
            await one.does(Chat, "has_returned", thread_id=thread_id, message_ids=ids)
            assert feed.returned
        await one.does(Chat, "has_returned", thread_id=THREAD, message_ids=[FIRST])
        assert not feed.returned
