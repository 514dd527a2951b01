"""The end of a run: the server's own account is read, and what it would forget is written back."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from webchat.agent_server import AgentServerError, Rejected
from webchat.agent_server.patience import PATIENT
from webchat.runs.feed_state import FeedState
from webchat.runs.patiently import patiently
from webchat.runs.returned import left_out
from webchat.transcript import Transcript
from webchat.transcript.thread_state import FAILURES

log = logging.getLogger(__name__)


async def state_of(feed: FeedState) -> Mapping[str, Any]:
    """The thread's state as it stands on the server.

    Raises:
        AgentServerError: It can't be read.
    """
    try:
        return await feed.server.state(feed.thread_id)
    except Rejected:
        # input that the graph could not take leaves a state that the server can't read back
        thread = await feed.server.thread(feed.thread_id)
        return {"values": thread.get("values") or {}, "next": [], "tasks": []}


async def settle(feed: FeedState, status: str, ended_at: str = "") -> None:
    """Take over how the latest run ended.

    Args:
        feed: The thread.
        status: The run's final status, in the server's words.
        ended_at: When it ended, in the server's words, which is when its thread changed last;
            empty where that is not known.

    Raises:
        AgentServerError: The thread's state can't be read, though it was tried again and again.
    """
    stopped_by_us = feed.run is not None and feed.run.status == "stopping"
    feed.state = await patiently(
        lambda: state_of(feed),
        PATIENT,
        lambda error: feed.run_is(stream="reconnecting", why=str(error)),
    )
    feed.read_at = ended_at
    if stopped_by_us and status == "interrupted":
        if missing := left_out(feed.input, feed.state):
            await _write(feed, {"messages": missing}, as_node="__start__")
        await _write_back_partial(feed)
    thread = await _thread_of(feed, status)
    feed.transcript.settle(feed.state, status, time.time(), thread)
    missing = [] if status == "success" else left_out(feed.input, feed.state)
    if missing:
        feed.give_back(missing)
        # why it failed is shown, that it was stopped is not: the last turn is an older run's
        failed = (thread, {"status": status}) if status in FAILURES else ()
        feed.transcript = Transcript.from_state(feed.state or {}, *failed)
    feed.run_is(status=status, stream="closed", why="", ended_at=time.time())
    log.debug("thread %s: run settled, %s", feed.thread_id, status)


async def _thread_of(feed: FeedState, status: str) -> Mapping[str, Any] | None:
    """The thread's JSON where it tells more than its state: of errors outside of a node."""
    if status == "success":
        return None
    try:
        return await feed.server.thread(feed.thread_id)
    except AgentServerError as error:
        log.warning("thread %s could not be read: %s", feed.thread_id, error)
        return None


async def _write_back_partial(feed: FeedState) -> None:
    """Keep what a stopped answer had said: the server itself forgets it."""
    partial = feed.transcript.partial_answer()
    due = (feed.state or {}).get("next") or []
    if partial is None or not due:
        return
    message_id, text = partial
    message = {
        "type": "ai",
        "id": message_id,
        "content": text,
        "response_metadata": {"finish_reason": "cancelled"},
    }
    await _write(feed, {"messages": [message]}, as_node=due[0])


async def _write(feed: FeedState, values: Any, as_node: str) -> None:
    try:
        feed.read_at = ""
        await feed.server.update_state(feed.thread_id, values, as_node)
        feed.state = await state_of(feed)
    except AgentServerError as error:
        log.warning("what was said in thread %s is not kept: %s", feed.thread_id, error)
