"""Reads finished runs again, for what no state tells: inner steps, custom events, times."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from webchat import limits
from webchat.agent_server import AgentServerError, StreamEvent
from webchat.agent_server.patience import Patience
from webchat.agent_server.types import Run
from webchat.runs.deduplicator import Deduplicator
from webchat.runs.feed_state import FeedState, version_of
from webchat.runs.returned import FAILED, left_out
from webchat.runs.run_facts import UNDER_WAY
from webchat.runs.timestamps import at_server_time, parse_timestamp
from webchat.runs.wire_log import WireLog
from webchat.transcript import Transcript

log = logging.getLogger(__name__)

ONCE = Patience(tries=0)
"""A replay that breaks off is not tried again."""

AT_ONCE = 50
"""Events that are reduced before others get the loop."""


async def replay(feed: FeedState) -> None:
    """Put in place of a transcript made of the state one made of the runs' events, where it can.

    Nothing changes where the server replays nothing, or the thread went on meanwhile.
    """
    state = feed.state or {}
    try:
        async with asyncio.timeout(limits.REPLAY_SECONDS):
            replayed = await _read(feed)
    except (AgentServerError, TimeoutError) as error:
        log.info("thread %s is not replayed: %s", feed.thread_id, error)
        feed.replayable = False
        return
    if replayed:
        transcript = await _reduce(replayed, state)
        run, last = replayed[-1][0], replayed[-1][1][-1]
        status = str(run.get("status") or "")
        transcript.settle(state, status, last.received_at, feed.thread)
        async with feed.changing:
            if feed.live or feed.version != version_of(state):
                return
            feed.transcript = transcript
            for run, events in replayed:
                if run["run_id"] not in feed.logs:
                    _keep_wire(feed, run, events)
    feed.replayable = False
    feed.changed.fire()


async def _read(feed: FeedState) -> list[tuple[Run, list[StreamEvent]]]:
    """The events of the latest runs that the server can replay, the oldest run first."""
    found: list[tuple[Run, list[StreamEvent]]] = []
    size = 0
    for run in await feed.server.runs(feed.thread_id, limit=limits.REPLAYED_RUNS):
        if run.get("status") in UNDER_WAY:
            return []
        if run.get("status") == "interrupted" and left_out(run.get("input"), feed.state):
            continue  # the thread has nothing of it, and the last turn is another run's
        events: list[StreamEvent] = []
        seen = Deduplicator(joined=True)
        async with feed.server.join_run(feed.thread_id, run["run_id"], patience=ONCE) as stream:
            async for item in stream:
                if isinstance(item, StreamEvent) and not seen.repeats(item):
                    size += item.size
                    if size > limits.REPLAY_BYTES:
                        return found[::-1]
                    events.append(at_server_time(item))
        if not events:
            break
        found.append((run, events))
    return found[::-1]


async def _reduce(
    replayed: list[tuple[Run, list[StreamEvent]]], state: Mapping[str, Any]
) -> Transcript:
    transcript = Transcript()
    for run, events in replayed:
        run_input = run.get("input")
        messages = run_input.get("messages") if isinstance(run_input, dict) else None
        if run.get("status") in FAILED and left_out(run_input, state):
            messages = None  # they are given back to a person
        began = parse_timestamp(run.get("created_at")) or events[0].received_at
        transcript.start_run(messages if isinstance(messages, list) else [], began)
        for number, event in enumerate(events):
            transcript.apply(event)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        transcript.settle(None, str(run.get("status") or ""), events[-1].received_at)
    return transcript


def _keep_wire(feed: FeedState, run: Run, events: list[StreamEvent]) -> None:
    wire = WireLog(run["run_id"], parse_timestamp(run.get("created_at")))
    for event in events:
        feed.wire_add(wire, event)
    feed.keep_log(wire)
