"""Reads a thread from the server, and joins its run if one goes on."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import cast

from webchat.agent_server.types import Thread
from webchat.runs.feed_state import FeedState
from webchat.runs.following import follow_joined
from webchat.runs.run_facts import UNDER_WAY
from webchat.runs.settling import state_of
from webchat.transcript import Transcript

RUNS_LISTED = 20
"""Runs of a thread that are asked for, the newest."""


async def load(feed: FeedState) -> None:
    """Read the thread, its latest runs and its state; the caller holds `feed.changing`.

    A transcript whose thread stood still is kept: it also knows what no state tells, such as
    times. Of several runs under way the first is joined, for the others wait for it.

    Raises:
        AgentServerError: The thread can't be read. Nothing has changed then.
    """
    before = None if feed.lost else feed.version
    thread = await feed.server.thread(feed.thread_id)
    runs = await feed.server.runs(feed.thread_id, limit=RUNS_LISTED)
    state = await state_of(feed)
    under_way = [run for run in runs if run.get("status") in UNDER_WAY]
    stream, held = None, AsyncExitStack()
    if under_way:
        joined = feed.server.join_run(feed.thread_id, under_way[-1]["run_id"])
        stream = await held.enter_async_context(joined)
    feed.thread, feed.state, feed.exists = _without_values(thread), state, True
    feed.assistant_id = runs[0].get("assistant_id", "") if runs else feed.assistant_id
    feed.listed([run for run in runs if run not in under_way[:-1]])
    feed.load_error = None
    if runs and not under_way:
        feed.input = runs[0].get("input")
    latest = runs[0] if runs and not under_way else None
    if before is None:
        feed.transcript = Transcript.from_state(state, feed.thread, latest)
        feed.replayable = bool(runs)
    elif feed.version != before:
        feed.transcript.update(state, feed.thread, latest)
    if stream is not None:
        follow_joined(feed, under_way[-1], held, stream)
    feed.changed.fire()


def _without_values(thread: Thread) -> Thread:
    """A thread's JSON without its content, which the state tells better."""
    return cast(Thread, {key: value for key, value in thread.items() if key != "values"})
