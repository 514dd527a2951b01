"""Under `debug` each room tells what passes its door, as CONTRIBUTING says."""

from __future__ import annotations

import logging

import pytest

from tests.unit.runs.agent import THREAD, Agent, ai, human, run_named, thread_state
from tests.unit.runs.following import ended
from tests.unit.screen.page import looking_at
from webchat.screen.tab import Tab


async def test_a_message_leaves_a_line_in_each_room(
    tab: Tab, agent: Agent, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, "webchat")
    agent.state = thread_state(human(content="before"), ai(content="said"))
    await tab.go(f"/thread/{THREAD}")
    async with looking_at(tab):
        assert tab.feed
        asked = {**human(content="whisper"), "id": "h2"}
        await tab.feed.send("agent", asked)
        agent.end("success", thread_state(asked, ai(content="answer")))
        await ended(tab.feed)

    lines = [record.getMessage() for record in caplog.records]
    for line in (
        f"GET /threads/{THREAD}/state: 200",
        f"tab shows thread {THREAD}",
        "page watches its tab",
        f"POST /threads/{THREAD}/runs/stream: 200",
        f"thread {THREAD}: following run {run_named(0)}, started",
        f"thread {THREAD}: run settled, success",
        "page left its tab",
    ):
        assert line in lines
    assert any(line.startswith("stream closed: ") for line in lines)
    assert not any("whisper" in line or "answer" in line for line in lines)
