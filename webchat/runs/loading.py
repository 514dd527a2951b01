"""Reads a thread from the server, and joins its run if one goes on."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import cast

from webchat import limits
from webchat.agent_server.types import Run, Thread
from webchat.runs.feed_state import FeedState
from webchat.runs.following import follow_joined
from webchat.runs.returned import left_out_by
from webchat.runs.run_facts import UNDER_WAY
from webchat.runs.settling import state_of
from webchat.transcript import Transcript
from webchat.transcript.thread_state import FAILURES


async def load(feed: FeedState) -> None:
    """Read the thread, its latest runs and its state; the caller holds `feed.changing`.

    A transcript whose thread stood still is kept: it also knows what no state tells, such as
    times. A run may end without a step, and then it alone is new. Of several runs under way the
    first is joined, for the others wait for it.

    Raises:
        AgentServerError: The thread can't be read. Nothing has changed then.
    """
    before = None if feed.lost else feed.version
    known = feed.runs[-1].run_id if feed.runs else ""
    record = await feed.server.thread_record(feed.thread_id)
    runs = await feed.server.runs(feed.thread_id, limit=limits.RUNS_LISTED)
    under_way = [run for run in runs if run.get("status") in UNDER_WAY]
    latest = runs[0] if runs and not under_way else None
    thread = record if under_way else await _with_error(feed, record, latest)
    state = await state_of(feed)
    stream, held = None, AsyncExitStack()
    if under_way:
        joined = feed.server.join_run(feed.thread_id, under_way[-1]["run_id"])
        stream = await held.enter_async_context(joined)
    feed.thread, feed.state, feed.exists = thread, state, True
    feed.read_at = record.get("updated_at") or ""
    feed.assistant_id = runs[0].get("assistant_id", "") if runs else feed.assistant_id
    feed.listed([run for run in runs if run not in under_way[:-1]])
    feed.load_error = None
    if runs and not under_way:
        feed.input = runs[0].get("input")
    missing = left_out_by(runs, state)
    feed.listed_left_out(missing)
    stopped = latest is not None and latest.get("status") == "interrupted"
    # that a run was stopped which left nothing in the thread is not shown: the last turn is older
    told = () if missing and stopped else (feed.thread, latest)
    if before is None:
        feed.transcript = Transcript.from_state(state, *told)
        feed.replayable = bool(runs)
    elif feed.version != before or (latest is not None and latest["run_id"] != known):
        feed.transcript.update(state, *told)
    if stream is not None:
        follow_joined(feed, under_way[-1], held, stream)
    feed.changed.fire()


async def _with_error(feed: FeedState, thread: Thread, latest: Run | None) -> Thread:
    """A thread's record and, where its last run failed, why: that stands beside its content."""
    status = thread.get("status")
    failed = status == "error" or (latest is not None and latest.get("status") in FAILURES)
    if not failed and (latest is not None or status != "interrupted"):
        return thread
    whole = await feed.server.thread(feed.thread_id)
    return cast(Thread, {key: value for key, value in whole.items() if key != "values"})
