"""One graph's messages: those that `values` confirmed, and over them what streams.

The main graph is a scope, and so is each graph that works within it. A scope takes in what the
stream tells and notes which messages that changed; `part_builder` makes parts of them, and how
messages make turns is the transcript's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from webchat.transcript.changes import Changes
from webchat.transcript.content import text_of
from webchat.transcript.draft import Draft
from webchat.transcript.message_list import MessageList
from webchat.transcript.messages import Message, read_message
from webchat.transcript.parts import Namespace, Progress
from webchat.transcript.subagents import (
    Subagents,
    call_step,
    node_of,
    task_call_ids,
    task_of,
    task_step,
)
from webchat.transcript.thread_state import Task, read_task_error
from webchat.transcript.tool_calls import Calls, reports


class Scope:
    """The messages of one graph.

    Attributes:
        list: All its messages.
        calls: What is known about the tool calls of the tail.
        subagents: The graphs that work within this one.
        progress: What this graph reported that is no call's.
        prefix: What every key begins with.
        agent: The name of the agent that the graph is, empty where none is told.
        namespace: Where it works, as its events say.
        changes: What changed since parts were last made of it.
    """

    def __init__(self, prefix: str = "", owner: Scope | None = None, step: str = "") -> None:
        """Start empty.

        Args:
            prefix: Goes before every key, so that ids are unique over all scopes.
            owner: The scope of the graph that this one works within. What such a graph was
                given is its input, not its work, and its human messages begin no turn.
            step: The step that leads here from the owner.
        """
        self.list = MessageList(prefix, nested=owner is not None)
        self.changes = Changes()
        self.calls = Calls(self.changes)
        self.subagents: Subagents[Scope] = Subagents()
        self.progress = reports()
        self.agent = ""
        self.namespace: Namespace = () if owner is None else (*owner.namespace, *step.split("|"))
        self.prefix = prefix
        self._owner = owner
        self._step = step
        self._told_outside: frozenset[str] = frozenset()

    def messages(self) -> Iterator[Draft]:
        """All messages in order."""
        return iter(self.list)

    def tail(self) -> list[Draft]:
        """The messages after the last human one; of a graph within another, all of its own."""
        if self._owner is not None:
            outside = self._told_outside
            return [draft for draft in self.messages() if draft.message.id not in outside]
        found = list(takewhile(lambda draft: draft.kind != "human", reversed(self.list)))
        return found[::-1]

    def send(self, raws: Sequence[Any]) -> None:
        """Show messages that were sent, until `values` confirms them."""
        self.list.send(raws)
        self._pair(None)

    def confirm(
        self,
        raws: Sequence[Any],
        at: float | None,
        keep_streaming: bool = False,
        keep_pending: bool = False,
    ) -> int:
        """Take over the messages of a `values` event or a state: what is not there is no more.

        Args:
            raws: All messages' JSON, in order.
            at: When they came; None if that tells nothing about times.
            keep_streaming: Whether what streams may still be confirmed later.
            keep_pending: Whether what was sent may.

        Returns:
            How many messages that were confirmed before are not there any more.
        """
        removed = self.list.confirm(raws, keep_streaming=keep_streaming, keep_pending=keep_pending)
        if not keep_streaming:
            self.subagents.working.clear()
            self._leave_to_outer()
        self._forget_calls_of_gone_messages()
        self._pair(at)
        return removed

    def _leave_to_outer(self) -> None:
        """What a nested run said and its node handed over is shown as this graph's, once."""
        ids = frozenset(draft.message.id for draft in self.messages() if draft.message.id)
        for _, child in self.subagents.unclaimed():
            outside = ids & {draft.message.id for draft in child.messages()}
            if outside != child._told_outside:
                child._told_outside = outside
                child._pair(None)

    def message(self, raw: Any, metadata: Any, at: float) -> Draft | None:
        """Take in one message or chunk of the stream.

        Args:
            raw: The message's JSON.
            metadata: What came with it.
            at: When, Unix seconds.

        Returns:
            The message as it is now; None if there is nothing to show over what is confirmed.
        """
        message = read_message(raw)
        if _says_nothing(message):
            return None
        self._claim_by_result(message, metadata)
        draft, replaced = self.list.stream(message, at, partial=False)
        if draft is None:
            return None
        if replaced:
            self._pair(at)
        elif message.chunk:
            self.changes.mark(draft.key)
            if message.last:
                self.calls.pair(self.tail(), at)
        return draft

    def whole_messages(self, raws: Iterable[Any], at: float, partial: bool = False) -> bool:
        """Take in messages that came in one event.

        Args:
            raws: Each one's JSON.
            at: When, Unix seconds.
            partial: Whether each is all of the message so far, and not yet the whole.

        Returns:
            Whether there is something to show over what is confirmed.
        """
        messages = [message for raw in raws if not _says_nothing(message := read_message(raw))]
        taken = [self.list.stream(message, at, partial=partial)[0] for message in messages]
        shown = any(draft is not None for draft in taken)
        if shown:
            self._pair(at)
        return shown

    def report(self, data: Any, at: float, size: int) -> bool:
        """Take in a report of progress.

        Args:
            data: Any JSON.
            at: When it came, Unix seconds.
            size: Of its JSON, in bytes.

        Returns:
            False if nobody claims it: it names no call that runs, nor is just one running.
        """
        named = text_of(data, "tool_call_id") if isinstance(data, Mapping) else ""
        found = self.calls.named([named]) or [call.id for call in self.calls.open()]
        if len(found) == 1:
            self.calls.report(found[0], Progress(data, at), size)
            return True
        if self._owner is None:
            return False
        claim = self._owner.subagents.claim_of(self._step)
        if claim is None:
            self.progress.add(Progress(data, at), size)
        else:
            self._owner.calls.report(claim, Progress(data, at), size)
        return True

    def task(self, data: Mapping[str, Any], at: float) -> None:
        """Take in a `tasks` event: which calls begin to run, or end."""
        task_id = text_of(data, "id")
        if "input" not in data:
            self.calls.end_task(task_id, read_task_error(data.get("error")))
            return
        started = self.calls.begin_task(task_id, task_call_ids(data), at)
        if len(started) == 1:
            self.subagents.claims[task_step(data)] = started[0]

    def stop_in(self, tasks: Sequence[Task]) -> None:
        """The run ended within a step, whose tasks a thread's state has: note what failed."""
        self.changes.mark_all()
        self.calls.stop_in(tasks, self.tail())

    def enter(self, step: str) -> Scope:
        """The scope of a graph within this one, marked as about to change."""
        child = self.subagents.children.get(step)
        if child is None:
            child = Scope(f"{self.prefix}{step}/", self, step)
            self.subagents.add(step, child, self.list.last_keys())
            taken = set(self.subagents.claims.values())
            free = [call.id for call in self.calls.open() if call.id not in taken]
            if task_of(step) not in self.subagents.claims and len(free) == 1:
                self.subagents.claims[task_of(step)] = free[0]
            self.changes.mark_all()
        claim = self.subagents.claim_of(step)
        if claim is None:
            self.changes.mark(step)
        else:
            self.calls.mark(claim)
        return child

    def is_called(self, agent: str) -> None:
        """The graph turns out to be an agent of the given name.

        A graph that has no name of its own gives that of the agent around it.
        """
        if agent and not self.agent and (self._owner is None or agent != self._owner.agent):
            self.agent = agent
            self.changes.mark_all()

    def name_of(self, step: str, child: Scope) -> str:
        """The name to show a graph within this one by."""
        return child.agent or node_of(step)

    def placed(self) -> dict[str, list[str]]:
        """The steps of the graphs that no call started, by the key of the message before them."""
        return self.subagents.placed(draft.key for draft in self.messages())

    def update(self, node: str, raws: Iterator[Any], at: float) -> None:
        """Take in the messages that a node hands over when it ends.

        Those of a node in which a graph works are on the page as that graph's, until `values`.
        """
        if not self.subagents.works(node):
            self.whole_messages(raws, at)

    def restart(self) -> None:
        """The run begins again at its last checkpoint: drop all that is not confirmed."""
        self._forget_calls({call.id for call in self.calls.open()})
        self.begin()

    def begin(self) -> None:
        """A run begins: drop what another left, and let calls that waited run from now on."""
        self.list.streaming = {}
        self.subagents.forget_working()
        self._forget_calls_of_gone_messages()
        self.calls.begin()
        self._pair(None)

    def rest(self, at: float) -> None:
        """The run is over: nothing grows or runs any more."""
        for draft in self.list.streaming.values():
            draft.cut(at)
        self.calls.rest(at)
        for child in self.subagents.children.values():
            child.rest(at)
        self.changes.mark_all()

    def _pair(self, at: float | None) -> None:
        """Messages came, went or were replaced: see anew which results answer which calls."""
        self.changes.mark_all()
        self.calls.pair(self.tail(), at)

    def _claim_by_result(self, message: Message, metadata: Any) -> None:
        """A tool's final message names its call and the namespace that the tool worked in."""
        if message.kind != "tool" or not isinstance(metadata, Mapping):
            return
        step = call_step(metadata).rpartition("|")[2]
        if any(task_of(child) == step for child in self.subagents.children):
            for part_id in self.calls.named([message.tool_call_id]):
                self.subagents.claims[step] = part_id
                self.changes.mark_all()

    def _forget_calls_of_gone_messages(self) -> None:
        present = {draft.key for draft in self.messages()}
        facts = self.calls.facts.items()
        self._forget_calls({id for id, each in facts if each.message_key not in present})

    def _forget_calls(self, part_ids: set[str]) -> None:
        if part_ids:
            self.calls.forget(part_ids)
            self.subagents.forget_calls(part_ids)


def _says_nothing(message: Message) -> bool:
    return message.kind == "remove" or message.kind == message.type == "unknown"
