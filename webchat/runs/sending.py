"""Starts runs: a message is sent once, whatever fails on the way."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from webchat import limits
from webchat.agent_server import (
    AgentServerError,
    Busy,
    NotFound,
    UnknownThread,
)
from webchat.agent_server.patience import Patience
from webchat.runs.feed_state import FeedState
from webchat.runs.following import follow, stop_after_all
from webchat.runs.loading import load
from webchat.runs.run_facts import SENT_AS, RunFacts, message_ids
from webchat.transcript import Transcript, Turn

log = logging.getLogger(__name__)

LOOKING = Patience(tries=4, first_wait=0.5)
"""How long a message whose request got no answer is looked for: about eight seconds."""


class Sender:
    """Starts the runs of one thread.

    Args:
        feed: The thread.
    """

    def __init__(self, feed: FeedState) -> None:
        self._feed = feed
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._doubtful: dict[str, frozenset[str]] = {}  # by message, the runs that it is not in

    async def send(self, assistant_id: str, message_id: str, run_input: Mapping[str, Any]) -> None:
        """See `Feed.send` and `Feed.send_input`."""
        sending = self._in_flight.get(message_id)
        if sending is None:
            sending = self._feed.owner.spawn(self._send(assistant_id, message_id, run_input))
            self._in_flight[message_id] = sending
            sending.add_done_callback(lambda _: self._in_flight.pop(message_id, None))
        # of the app, not of the asker: a message that is on its way gets there without them
        await asyncio.shield(sending)

    async def _send(self, assistant_id: str, message_id: str, run_input: Mapping[str, Any]) -> None:
        if self._feed.holds(message_id):
            return
        if message_id in self._doubtful:
            async with self._feed.changing:
                if not self._feed.live and await self._was_taken(message_id):
                    return
        await self.start(assistant_id, run_input, message_id)

    async def retry(self, assistant_id: str, run_input: Mapping[str, Any] | None) -> None:
        """Start a run that nobody sent a message for; see `start` for the errors."""
        await self.start(assistant_id, run_input, str(uuid.uuid4()))

    def doubts(self, message_id: str) -> bool:
        """See `Feed.doubts`."""
        return message_id in self._doubtful

    async def start(
        self, assistant_id: str, run_input: Mapping[str, Any] | None, message_id: str
    ) -> None:
        """Start a run and follow it.

        Args:
            assistant_id: Who is to answer.
            run_input: The graph's input; None to go on where the thread stands.
            message_id: The id of what a person sent, or of the try. The run's metadata keep it,
                unless a message of the input has it.

        Raises:
            Busy: A run goes on. It is followed now.
            UnknownThread: The thread was deleted.
            AgentServerError: The server did not take it. Nothing of it is shown then.
        """
        feed = self._feed
        if feed.live:
            raise _busy(feed)
        now = time.time()
        messages = _messages_of(run_input)
        feed.sending = _as_turns(messages)
        feed.starts(RunFacts("", "starting", "open", started_at=now))
        try:
            async with feed.changing:
                if feed.follows:
                    raise _busy(feed)
                await self._post(assistant_id, run_input, message_id, now)
        finally:
            feed.sending = ()
            feed.starts(None)

    async def _post(
        self,
        assistant_id: str,
        run_input: Mapping[str, Any] | None,
        message_id: str,
        now: float,
    ) -> None:
        feed, held, messages = self._feed, AsyncExitStack(), _messages_of(run_input)
        if feed.deleted and feed.load_error is not None:
            raise feed.load_error
        if not feed.exists:
            await feed.server.create_thread(feed.thread_id)
            feed.exists = True
        named = message_id in message_ids(run_input)
        asked = feed.server.stream_run(
            feed.thread_id,
            assistant_id,
            run_input,
            create=False,
            recursion_limit=await feed.server.recursion_limit(assistant_id),
            metadata=None if named else {SENT_AS: message_id},
        )
        known = frozenset(run.run_id for run in feed.runs)
        try:
            stream = await held.enter_async_context(asked)
            feed.assistant_id = assistant_id
            feed.transcript.start_run(messages, now)
            starting = feed.run
            status = "stopping" if starting and starting.status == "stopping" else "starting"
            feed.follow(RunFacts("", status, "open", started_at=now), run_input, message_id)
            follow(feed, held, stream, now)
            self._doubtful.pop(message_id, None)
        except Busy:
            await self._join_what_goes_on()
            raise
        except NotFound:
            await self._look_for_thread()
            raise
        except AgentServerError as error:
            if not error.maybe_taken:
                raise
            self._doubtful.setdefault(message_id, known)
            if not await self._was_taken(message_id):
                raise
            ours = feed.run is not None and feed.run.run_id == feed.started_with(message_id)
            if feed.stop_due and feed.follows and ours:
                feed.owner.spawn(stop_after_all(feed))
        except Exception:
            self._doubtful.setdefault(message_id, known)
            raise

    async def _join_what_goes_on(self) -> None:
        """Somebody else's run keeps the thread busy: show it, so that it can be stopped."""
        try:
            await load(self._feed)
        except AgentServerError as error:
            log.warning("thread %s is busy and can't be read: %s", self._feed.thread_id, error)

    async def _look_for_thread(self) -> None:
        """Whether it is the thread that is not there."""
        try:
            await self._feed.server.thread(self._feed.thread_id)
        except UnknownThread as error:
            self._feed.delete(error)
            raise
        except AgentServerError:
            return

    async def _was_taken(self, message_id: str) -> bool:
        """Whether a run was started whose request got no answer; if it goes on, it is followed.

        A run that has failed took the message as well: why is shown, and a message that the
        thread does not have is given back. It is looked for twice after the server answers again,
        for a request may still be on its way.
        """
        feed, answers = self._feed, 0
        for attempt in range(1, LOOKING.tries + 1):
            await asyncio.sleep(LOOKING.wait(attempt))
            try:
                await self._look_at_runs()
            except UnknownThread:
                answers += 1
            except AgentServerError:
                continue
            else:
                answers += 1
                run_id = feed.started_with(message_id)
                if feed.has_message(message_id) or (
                    run_id is not None and run_id not in self._doubtful[message_id]
                ):
                    del self._doubtful[message_id]
                    return True
            if answers == 2:
                break
        return False

    async def _look_at_runs(self) -> None:
        """Read the thread; where a run is followed meanwhile, what its runs were started with."""
        feed = self._feed
        if feed.follows:
            feed.took(await feed.server.runs(feed.thread_id, limit=limits.RUNS_LISTED))
        else:
            await load(feed)


def _busy(feed: FeedState) -> Busy:
    return Busy(
        "The agent is still answering.",
        advice="Wait for it to finish, or stop it.",
        thread_id=feed.thread_id,
    )


def _messages_of(run_input: Mapping[str, Any] | None) -> list[Any]:
    messages = (run_input or {}).get("messages")
    return messages if isinstance(messages, list) else []


def _as_turns(messages: list[Any]) -> tuple[Turn, ...]:
    """Messages that are being sent, as turns."""
    sending = Transcript()
    sending.start_run(messages, time.time())
    return tuple(turn for turn in sending.turns if turn.role == "human")
