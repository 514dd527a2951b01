"""A message is sent once, and the page is told what became of it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.unit.runs.agent import (
    FAULT,
    GONE,
    RESET,
    THREAD,
    Agent,
    a_run,
    ai,
    human,
    pause,
    thread_state,
    token,
    until,
)
from tests.unit.screen.page import Screen, looking_at, records_of
from webchat.limits import LONGEST_MESSAGE
from webchat.screen.app import App
from webchat.screen.sending import Message, deliver
from webchat.screen.tab import Tab

FIRST, SECOND, THIRD = (f"5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a{n}" for n in (11, 12, 13))
ADDRESS = f"/thread/{THREAD}"
OTHER = THREAD[:-1] + ("0" if THREAD[-1] != "0" else "1")
TALK = thread_state(human(), ai())
QUESTION = {"id": "i1", "value": {"question": "Shall I?"}}
ASKING = thread_state(human(), ai(), next=["ask"], tasks=[{"interrupts": [QUESTION]}])
UNKNOWN = httpx.Response(404, json={"detail": "Thread not found"})
REFUSAL = httpx.Response(422, json={"detail": "Invalid assistant"})


async def agent_found() -> tuple[str, str]:
    return "agent", ""


async def says(
    tab: Tab, text: str = "hello?", id: str = FIRST, *, fresh: bool = False, anyway: bool = False
) -> None:
    await deliver(tab, Message(id, THREAD, text, fresh, anyway), agent_found)


async def told(screen: Screen, word: str, reason: str = "", id: str = FIRST) -> None:
    """Wait until the page is told this of a message."""

    def is_told(records: dict[str, Any]) -> bool:
        sent = records.get("sent", {})
        return (sent.get("id"), sent.get("outcome")) == (id, word) and reason in sent["reason"]

    await screen.until(is_told)


async def returned(screen: Screen, *ids: str) -> None:
    """Wait until the page is told that the thread did not take these messages in."""
    await screen.until(lambda records: returned_ids(records) == list(ids))


def returned_ids(records: dict[str, Any]) -> list[str]:
    return [message["id"] for message in records["returned"]["messages"]]


async def test_the_first_message_makes_its_thread_and_is_followed_there(tab: Tab, agent: Agent):
    agent.refusals["thread"] = UNKNOWN
    async with looking_at(tab) as screen:
        await says(tab, fresh=True)
        await told(screen, "sent")
        assert agent.bodies["create"]["thread_id"] == THREAD
        (message,) = agent.bodies["start"]["input"]["messages"]
        assert message == {"type": "human", "id": FIRST, "content": "hello?"}
        assert screen.records["page"] == screen.records["page"] | {
            "state": "thread",
            "thread": THREAD,
        }
        assert screen.records["composer"]["running"]
        agent.say(token("an answer", id="a1"))
        await screen.until_it_says("an answer")
        feed = tab.feed
        await tab.go(ADDRESS)
        assert tab.feed is feed, "its address is its own"


async def test_a_page_that_is_at_its_address_before_the_message_comes_finds_its_thread(
    tab: Tab, agent: Agent
):
    agent.refusals["thread"] = UNKNOWN
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["page"]["state"] == "error"
        await says(tab, fresh=True)
        await screen.until(lambda records: records["page"]["state"] == "thread")
        await told(screen, "sent")


async def test_the_page_and_the_message_may_come_at_once(tab: Tab, agent: Agent):
    agent.refusals["thread"], agent.gates["thread"] = UNKNOWN, asyncio.Event()
    async with looking_at(tab) as screen:
        for one in (tab.go(ADDRESS), says(tab, fresh=True)), (says(tab, fresh=True), tab.go("/")):
            both = [asyncio.create_task(step) for step in one]
            await pause()
            agent.gates["thread"].set()
            await asyncio.gather(*both)
        await told(screen, "sent")
    assert agent.asked["start"] == 1


async def test_a_message_to_a_thread_that_was_deleted_does_not_make_it_anew(tab: Tab, agent: Agent):
    agent.refusals["thread"] = UNKNOWN
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, "refused")
        assert screen.records["sent"]["reason"]
    assert not agent.asked["create"] and not agent.asked["start"]


async def test_a_message_that_comes_twice_at_once_is_sent_once(tab: Tab, agent: Agent):
    agent.state, agent.gates["start"] = TALK, asyncio.Event()
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        both = [asyncio.create_task(says(tab)) for _ in range(3)]
        await pause()
        await told(screen, "sending")
        agent.gates["start"].set()
        await asyncio.gather(*both)
        await told(screen, "sent")
    assert agent.asked["start"] == 1


async def test_a_message_that_the_thread_has_is_not_sent_again_however_late(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await says(tab)
        agent.end("success", thread_state(human(), ai(), human(FIRST, "hello?"), ai("a2", "ah")))
        feed = tab.feed
        assert feed is not None
        await until(feed.changed, lambda: not feed.live)
        await says(tab)
        await told(screen, "sent")
    assert agent.asked["start"] == 1


async def test_a_message_from_another_tab_that_came_already_is_said_to_be_sent(
    tab: Tab, agent: Agent, shared: App
):
    agent.state = TALK
    other = shared.new_tab()
    await tab.go(ADDRESS)
    await other.go(ADDRESS)
    async with looking_at(tab), looking_at(other) as screen:
        await says(tab)
        await says(other)
        await told(screen, "sent")
    assert agent.asked["start"] == 1


async def test_a_message_while_the_agent_works_is_left_to_the_page_to_send_later(
    tab: Tab, agent: Agent
):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await says(tab)
        await says(tab, "and?", SECOND)
        await told(screen, "later", "The agent is still at work.", SECOND)
        assert screen.records["composer"]["running"], "it can be stopped"
    assert agent.asked["start"] == 1


@pytest.mark.parametrize(
    ("refusal", "word"), [(FAULT, "doubtful"), (GONE, "later"), (REFUSAL, "refused")]
)
async def test_a_message_that_was_not_taken_leaves_the_thread_as_it_was(
    tab: Tab, agent: Agent, refusal: Any, word: str
):
    agent.state = TALK
    await tab.go(ADDRESS)
    agent.refusals["start"] = refusal
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, word)
        assert screen.records["sent"]["reason"]
        await screen.until(lambda records: len(records["turns"]["ids"]) == 2)
        agent.refusals.clear()
        await says(tab)
        await told(screen, "sent")
    assert agent.bodies["start"]["input"]["messages"][0]["id"] == FIRST


async def test_a_message_whose_request_got_no_answer_is_in_doubt_until_it_is_found_or_taken(
    tab: Tab, agent: Agent
):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        agent.refusals["start"] = RESET
        await says(tab)
        await told(screen, "doubtful")
        agent.refusals["start"] = GONE
        await says(tab)
        await told(screen, "doubtful")
        agent.refusals.clear()
        await says(tab)
        await told(screen, "sent")


async def test_a_call_that_is_cut_short_leaves_its_message_in_doubt(tab: Tab, agent: Agent):
    agent.state, agent.gates["start"] = TALK, asyncio.Event()
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        call = asyncio.create_task(says(tab))
        await told(screen, "sending")
        call.cancel()
        await told(screen, "doubtful")
        agent.gates["start"].set()
        await says(tab)
        await told(screen, "sent")
    assert agent.asked["start"] == 1


async def test_a_message_does_not_drop_the_agents_question_unless_it_is_meant_to(
    tab: Tab, agent: Agent
):
    agent.state = ASKING
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        assert screen.records["composer"]["asking"]
        await says(tab)
        await told(screen, "asking")
        assert not agent.asked["start"]
        await says(tab, anyway=True)
        await told(screen, "sent")
        await screen.until(lambda records: not records["composer"]["asking"])


async def test_a_message_that_led_to_the_agents_question_was_sent(tab: Tab, agent: Agent):
    asked = thread_state(human(FIRST, "hello?"), next=["ask"], tasks=[{"interrupts": [QUESTION]}])
    agent.state = asked
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, "sent")
    assert not agent.asked["start"]


async def test_a_message_of_too_much_is_refused(tab: Tab, agent: Agent):
    async with looking_at(tab) as screen:
        await says(tab, "x" * (LONGEST_MESSAGE + 1), fresh=True)
        await told(screen, "refused", "too long")
    assert not agent.asked


@pytest.mark.parametrize(
    ("why", "word"), [("", "later"), ("The agent server has no assistants.", "refused")]
)
async def test_without_an_assistant_nothing_is_sent(tab: Tab, agent: Agent, why: str, word: str):
    async def nobody() -> tuple[str, str]:
        return "", why

    async with looking_at(tab) as screen:
        await deliver(tab, Message(FIRST, THREAD, "hello?", fresh=True), nobody)
        await told(screen, word, why)
    assert not agent.asked


async def test_a_message_whose_run_ended_before_the_thread_took_it_in_comes_back(
    tab: Tab, agent: Agent
):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, "sent")
        agent.end("error", TALK)
        await returned(screen, FIRST)
        assert screen.records["returned"]["thread"] == THREAD
        (message,) = screen.records["returned"]["messages"]
        assert message["text"] == "hello?" and message["reason"]
        tab.has_returned(FIRST)
        await returned(screen)
        await says(tab)
        await told(screen, "sent")
        await returned(screen)
    assert agent.asked["start"] == 2


async def test_a_message_comes_back_though_another_was_sent_meanwhile(tab: Tab, agent: Agent):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, "sent")
        first, wire = agent.runs[0], agent.wire
        await tab.go(f"/thread/{OTHER}")
        await deliver(tab, Message(SECOND, OTHER, "and you?"), agent_found)
        await told(screen, "sent", id=SECOND)
        first["status"] = "error"
        wire.pieces.put_nowait(None)
        await tab.go(ADDRESS)
        await returned(screen, FIRST)
        assert screen.records["sent"]["id"] == SECOND


async def test_a_message_comes_back_to_a_tab_that_did_not_send_it(
    tab: Tab, agent: Agent, shared: App
):
    agent.state = TALK
    await tab.go(ADDRESS)
    await says(tab)
    agent.end("error", TALK)
    other = shared.new_tab()
    await other.go(ADDRESS)
    async with looking_at(other) as screen:
        await returned(screen, FIRST)


@pytest.mark.parametrize(
    "message", [human(content="no id") | {"id": None}, human("h1"), human(FIRST, [{"a": 1}])]
)
async def test_what_no_page_could_have_sent_comes_back_to_none(
    tab: Tab, agent: Agent, message: dict[str, Any]
):
    agent.state = TALK
    await tab.go(ADDRESS)
    assert tab.feed
    tab.feed.give_back([message])
    assert records_of(tab)["returned"] == {"thread": "", "messages": []}


async def test_messages_that_came_back_are_handed_out_in_order_and_no_more_than_a_delta_carries(
    tab: Tab, agent: Agent
):
    agent.state = TALK
    await tab.go(ADDRESS)
    assert tab.feed
    long = "x" * (LONGEST_MESSAGE - 10)
    tab.feed.give_back([human(FIRST, "short"), human(SECOND, long), human(THIRD, "the last")])
    assert returned_ids(records_of(tab)) == [FIRST, SECOND]
    tab.has_returned(FIRST)
    tab.has_returned("nobody's")
    assert returned_ids(records_of(tab)) == [SECOND, THIRD]
    tab.has_returned(SECOND)
    tab.has_returned(THIRD)
    assert returned_ids(records_of(tab)) == []


async def test_a_failure_of_our_own_once_the_message_may_be_taken_leaves_it_in_doubt(
    tab: Tab, agent: Agent, monkeypatch: pytest.MonkeyPatch
):
    agent.state = TALK
    await tab.go(ADDRESS)
    async with looking_at(tab) as screen:
        with monkeypatch.context() as broken:
            broken.setattr("webchat.runs.sending.follow", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await says(tab)
        await told(screen, "doubtful", "Something went wrong in webchat itself")


async def test_a_failure_of_our_own_is_told_and_raised(tab: Tab, agent: Agent):
    async def broken() -> tuple[str, str]:
        raise ZeroDivisionError

    async with looking_at(tab) as screen:
        with pytest.raises(ZeroDivisionError):
            await deliver(tab, Message(FIRST, THREAD, "hello?", fresh=True), broken)
        await told(screen, "refused")
        await says(tab, fresh=True)
        await told(screen, "sent")


async def test_a_message_to_another_thread_than_the_tab_shows_leaves_the_tab_where_it_is(
    tab: Tab, agent: Agent
):
    agent.state, agent.runs = TALK, [a_run(status="success")]
    await tab.go(f"/thread/{OTHER}")
    async with looking_at(tab) as screen:
        await says(tab)
        await told(screen, "sent")
        assert screen.records["page"]["thread"] == OTHER
