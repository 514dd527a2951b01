"""One thread, live: what it holds, what its run says, and what a person can do with it.

A feed outlives every tab. The agent server stays the source of truth: when a run has ended, its
status and the thread's state have the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webchat.agent_server.client import AgentServer
from webchat.runs.feed_state import FeedState, Owner
from webchat.runs.following import stop_run
from webchat.runs.loading import load
from webchat.runs.returned import left_out
from webchat.runs.run_facts import message_ids
from webchat.runs.sending import Sender
from webchat.runs.watching import Watcher
from webchat.runs.wire_log import WireLog
from webchat.runs.wire_readings import WireReadings


class Feed(FeedState):
    """One thread, live."""

    def __init__(self, server: AgentServer, thread_id: str, owner: Owner) -> None:
        super().__init__(server, thread_id, owner)
        self._sender = Sender(self)
        self._watcher = Watcher(self, self.load)
        self._wires = WireReadings(self)

    def _recount(self) -> None:
        super()._recount()
        self._watcher.subscribed()

    async def load(self) -> None:
        """Read the thread, and join its run if one goes on.

        Raises:
            AgentServerError: The thread can't be read.
        """
        async with self.changing:
            if not self.live:
                await load(self)

    async def send(self, assistant_id: str, message: Mapping[str, Any]) -> None:
        """Start a run with a person's message; returns once the server has taken it.

        A message that the thread has, that a run was started with, or that is on its way is not
        sent again: the call returns as if it had been. Where the server's answer is lost, the
        message is looked for before an error is raised.

        Args:
            assistant_id: Who is to answer.
            message: `{"type": "human", "id": ..., "content": ...}`, with an id of its own.

        Raises:
            Busy: Another run goes on. It is followed, and the message was not sent.
            UnknownThread: The thread was deleted.
            AgentServerError: The server did not take it. Nothing of it is shown then.
        """
        await self._sender.send(assistant_id, str(message["id"]), {"messages": [dict(message)]})

    async def send_input(
        self, assistant_id: str, message_id: str, run_input: Mapping[str, Any]
    ) -> None:
        """Start a run of a graph that takes no messages; otherwise as `send`.

        Args:
            assistant_id: Who is to run.
            message_id: The id of the sending, which the run keeps in its metadata.
            run_input: The graph's input, any JSON object.
        """
        await self._sender.send(assistant_id, message_id, run_input)

    def doubts(self, message_id: str) -> bool:
        """Whether the server may have taken a message that was not found so far.

        Its request got no answer. Sending it again looks for it first.
        """
        return self._sender.doubts(message_id)

    async def retry(self) -> list[str]:
        """Go on from where the last run failed; where nothing is due, ask the same again.

        Returns:
            The ids of the messages that were asked again; what pages keep of them is sent.

        Raises:
            AgentServerError: The server did not take it.
        """
        if self.lost:
            await self.load()
            return []
        await self.load()
        question = self.transcript.last_question()
        asked: Mapping[str, Any] | None
        if self.state is not None and self.state.get("next"):
            asked = None
        elif question is None or left_out(self.input, self.state):
            asked = self.input  # the last question of the transcript is another run's
        else:
            asked = {"messages": [question]}
        await self._sender.retry(self.assistant_id, asked)
        return list(message_ids(asked))

    async def stop(self) -> None:
        """Cancel the run on the server; what it wrote so far stays.

        Raises:
            AgentServerError: The server could not be told.
        """
        await stop_run(self)

    async def wire_of(
        self, run_id: str, show: Callable[[WireLog], None] = lambda _: None
    ) -> WireLog:
        """The wire of one of the thread's runs: ours, else what the server can replay.

        Returns when the wire is complete; of a run that goes on elsewhere, that is its end. It is
        read once for all that ask for it, until the last of them has left.

        Args:
            run_id: The run.
            show: Told the log as soon as there is one; it grows until this returns.

        Raises:
            AgentServerError: The server can't be asked, or does not know the run.
        """
        if run_id in self.logs:
            show(self.logs[run_id])
            return self.logs[run_id]
        return await self._wires.read(run_id, show)
