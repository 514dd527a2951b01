"""Reads the stream of a run to its end: each event once, to the wire log and the transcript."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from webchat.agent_server import AgentServerError, StreamEvent, StreamNotice
from webchat.agent_server.streams import RunStream
from webchat.agent_server.types import Run
from webchat.runs.deduplicator import Deduplicator
from webchat.runs.feed_state import FeedState
from webchat.runs.run_facts import RunFacts, message_ids
from webchat.runs.settling import settle
from webchat.runs.timestamps import at_server_time, parse_timestamp
from webchat.runs.wire_log import WireLog

log = logging.getLogger(__name__)

CATCHING_UP = 0.25
"""Seconds that a joined run's replay may take before it is shown: until then it only repeats."""

OUR_FAULT = ("webchat could not follow this answer.", "Its log says why; the run may still go on.")
"""What a person reads, and what to do, when reading a stream failed on our side."""


def follow_joined(feed: FeedState, run: Run, held: AsyncExitStack, stream: RunStream) -> None:
    """Follow a run that was under way already, from its first event.

    Args:
        feed: The thread; its state and transcript are those of now.
        run: The run.
        held: What its stream was entered in.
        stream: Its stream, entered.
    """
    began = parse_timestamp(run.get("created_at")) or time.time()
    run_input = run.get("input")
    feed.transcript.start_run(_not_taken_in_yet(feed, run_input), began)
    feed.follow(RunFacts(run["run_id"], "running", "open", started_at=began), run_input)
    follow(feed, held, stream, began, joined=True)


def follow(
    feed: FeedState,
    held: AsyncExitStack,
    stream: RunStream,
    started_at: float,
    *,
    joined: bool = False,
) -> None:
    """Read an entered stream to its end, whoever asked for it.

    Args:
        feed: The thread; its latest run is the stream's.
        held: What the stream was entered in; closed at the end.
        stream: The run's stream.
        started_at: When the run was started, Unix seconds.
        joined: Whether the stream repeats the run from its first event.
    """
    wire = WireLog("", started_at)
    if stream.run_id:
        _name_run(feed, wire, stream.run_id)
    how = "joined" if joined else "started"
    log.debug("thread %s: following run %s, %s", feed.thread_id, stream.run_id or "(new)", how)
    feed.owner.spawn(_read(feed, held, stream, wire, joined=joined))


async def _read(
    feed: FeedState, held: AsyncExitStack, stream: RunStream, wire: WireLog, *, joined: bool
) -> None:
    seen = Deduplicator(joined=joined)
    caught_up = _catching_up(feed) if joined else None
    try:
        async with held:
            async for item in stream:
                if isinstance(item, StreamNotice):
                    if item.replayed_from_start:
                        seen.rejoined()
                    feed.run_is(stream=item.kind, why=item.why)
                elif not seen.repeats(item):
                    if not wire.run_id and stream.run_id:
                        _name_run(feed, wire, stream.run_id)
                    _take(feed, wire, at_server_time(item) if joined else item)
                    if caught_up is None or caught_up.is_set():
                        feed.changed.fire()
        await settle(feed, stream.status or "gone", stream.updated_at)
    except AgentServerError as error:
        log.warning("run %s of thread %s: %s", stream.run_id, feed.thread_id, error)
        _lose(feed, error)
    except Exception:  # a run that nobody reads must not look as if it went on
        log.exception("run %s of thread %s", stream.run_id, feed.thread_id)
        _lose(feed, AgentServerError(OUR_FAULT[0], advice=OUR_FAULT[1]))


def _catching_up(feed: FeedState) -> asyncio.Event:
    """What is set when a joined run's replay is shown; what comes later is to be shown at once."""
    caught_up = asyncio.Event()

    def show() -> None:
        caught_up.set()
        feed.changed.fire()

    asyncio.get_running_loop().call_later(CATCHING_UP, show)
    return caught_up


def _take(feed: FeedState, wire: WireLog, event: StreamEvent) -> None:
    feed.wire_add(wire, event)
    feed.transcript.apply(event)


def _lose(feed: FeedState, error: AgentServerError) -> None:
    feed.load_error = error
    feed.transcript.settle(None, "lost", time.time())
    feed.run_is(status="lost", stream="closed", why=str(error), ended_at=time.time())


def _name_run(feed: FeedState, wire: WireLog, run_id: str) -> None:
    """The run has a name at last: some servers tell it in the first event only."""
    wire.run_id = run_id
    stop = feed.run is not None and feed.run.status == "stopping"
    feed.run_is(run_id=run_id, status="running")
    feed.keep_log(wire)
    if stop:
        feed.owner.spawn(stop_after_all(feed))


async def stop_after_all(feed: FeedState) -> None:
    """Stop a run that was to be stopped before it was known; a failure is logged."""
    try:
        await stop_run(feed)
    except AgentServerError as error:
        log.warning("run of thread %s not stopped: %s", feed.thread_id, error)


async def stop_run(feed: FeedState) -> None:
    """Cancel the latest run on the server, as soon as it has a name.

    Raises:
        AgentServerError: The server could not be told.
    """
    run = feed.run
    if run is None or not run.live or run.status == "stopping":
        return
    feed.run_is(status="stopping")
    if not run.run_id:
        return
    try:
        await feed.server.cancel(feed.thread_id, run.run_id)
    except AgentServerError:
        if feed.live:
            feed.run_is(status="running")
        raise


def _not_taken_in_yet(
    feed: FeedState, run_input: Mapping[str, Any] | None
) -> list[Mapping[str, Any]]:
    """The messages that a run was started with and that the thread's state does not have yet."""
    known = set(message_ids((feed.state or {}).get("values")))
    messages = (run_input or {}).get("messages")
    if not isinstance(messages, list):
        return []
    return [m for m in messages if isinstance(m, dict) and m.get("id") and m["id"] not in known]
