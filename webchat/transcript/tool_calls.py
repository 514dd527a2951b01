"""What is known about tool calls beside their messages: their results, tasks, times and reports.

A graph's messages tell which calls there are; the stream tells how each goes on. Knows the calls
of one graph at work, not how a call is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from webchat.limits import REPORTS_KEPT, REPORTS_KEPT_BYTES
from webchat.transcript.changes import Changes
from webchat.transcript.draft import Draft
from webchat.transcript.draft_content import CallDraft
from webchat.transcript.parts import Progress, RunError, ToolStatus
from webchat.transcript.recent import RecentLog
from webchat.transcript.thread_state import Task, is_cancel


def reports() -> RecentLog[Progress]:
    """A log for the reports of one tool or graph."""
    return RecentLog(REPORTS_KEPT, REPORTS_KEPT_BYTES)


@dataclass(slots=True)
class CallFacts:
    """What the live stream told about one call.

    Attributes:
        message_key: The message that the call is in.
        started_at: When it began to run, Unix seconds.
        ended_at: When its result came.
        task_open: Whether its task has started and not ended, where the server tells.
        progress: What its tool reported.
        ended: What became of it where it ended the run, or with it: `failed` where it raised an
            error that its tool did not handle, `unfinished` where it or a call beside it did.
    """

    message_key: str
    started_at: float | None = None
    ended_at: float | None = None
    task_open: bool = False
    ended: ToolStatus | None = None
    progress: RecentLog[Progress] = field(default_factory=reports)


@dataclass(slots=True)
class Pairs:
    """Which result answers which call, within one turn.

    Attributes:
        results: The tool message for each call, by the call's part id.
        claimed: The keys of the tool messages that answer a call.
        open: The calls that are written and have no result, in order, with their messages.
    """

    results: dict[str, Draft] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    open: list[tuple[Draft, CallDraft]] = field(default_factory=list)


def pair(drafts: Iterable[Draft]) -> Pairs:
    """Pair results with calls.

    Args:
        drafts: The messages of one turn, in order.

    Returns:
        The pairs. Where a model uses an id twice, a result answers the latest call before it.
    """
    pairs = Pairs()
    latest: dict[str, CallDraft] = {}
    calls: list[tuple[Draft, CallDraft]] = []
    for draft in drafts:
        for call in draft.calls:
            calls.append((draft, call))
            if call.call_id is not None:
                latest[call.call_id] = call
        if draft.kind == "tool" and draft.message.tool_call_id is not None:
            answered = latest.get(draft.message.tool_call_id)
            if answered is not None:
                pairs.results[answered.id] = draft
                pairs.claimed.add(draft.key)
    pairs.open = [
        (draft, call)
        for draft, call in calls
        if draft.complete and not call.broken and call.id not in pairs.results
    ]
    return pairs


class Calls:
    """The calls of one graph's latest turn.

    Attributes:
        facts: What the stream told about each, by part id.
        pairs: Which results answer them.
        told_failures: Whether the graph's tasks tell which of them failed.
    """

    def __init__(self, changes: Changes) -> None:
        """Start without calls.

        Args:
            changes: Where a call's message is marked when something of the call changes.
        """
        self.facts: dict[str, CallFacts] = {}
        self.pairs = Pairs()
        self.told_failures = False
        self._changes = changes
        self._tasks: dict[str, list[str]] = {}

    def open(self) -> list[CallDraft]:
        """Those that are written and have no result, in order."""
        return [call for _, call in self.pairs.open]

    def named(self, call_ids: Iterable[str | None]) -> list[str]:
        """The part ids of the open ones with these ids of the model's."""
        wanted = set(call_ids)
        return [call.id for call in self.open() if call.call_id in wanted]

    def pair(self, tail: Sequence[Draft], at: float | None) -> None:
        """Pair results with calls again, and note when calls began and ended.

        Args:
            tail: The turn's messages.
            at: When they changed, Unix seconds; None if that tells nothing about times.
        """
        self.pairs = pair(tail)
        for draft, call in self.pairs.open:
            facts = self.facts.setdefault(call.id, CallFacts(draft.key))
            facts.started_at = at if facts.started_at is None else facts.started_at
        for part_id in self.pairs.results:
            facts = self.facts.get(part_id)
            if facts is not None and facts.started_at is not None and facts.ended_at is None:
                facts.ended_at = at
                facts.task_open = False

    def mark(self, part_id: str) -> CallFacts:
        """What is known of a call, which is about to change."""
        facts = self.facts[part_id]
        self._changes.mark(facts.message_key)
        return facts

    def report(self, part_id: str, progress: Progress, size: int) -> None:
        """A call's tool reported progress; `size` is that of its JSON, in bytes."""
        self.mark(part_id).progress.add(progress, size)

    def begin_task(self, task_id: str, call_ids: Iterable[str], at: float) -> list[str]:
        """A task begins to run these calls.

        Args:
            task_id: The task.
            call_ids: The model's ids of the calls.
            at: When, Unix seconds.

        Returns:
            The part ids of those that are known and open.
        """
        self.told_failures = True
        started = self.named(call_ids)
        for part_id in started:
            facts = self.mark(part_id)
            facts.started_at, facts.task_open = at, True
        if started:
            self._tasks[task_id] = started
        return started

    def end_task(self, task_id: str, error: RunError | None) -> None:
        """A task ended, with an error or without.

        Where it failed and had not said which calls it ran, it may have run all that no other does.
        """
        self.told_failures = True
        failed = error is not None and not is_cancel(error)
        part_ids = self._tasks.pop(task_id, [])
        if failed and not part_ids:
            part_ids = [call.id for call in self.open() if not self.facts[call.id].task_open]
        for part_id in part_ids:
            facts = self.mark(part_id)
            facts.task_open = False
            if failed:
                facts.ended = _after_failure(len(part_ids))

    def stop_in(self, tasks: Sequence[Task], tail: Sequence[Draft]) -> None:
        """The run ended within a step: note which calls failed.

        Args:
            tasks: The step's, as the thread's state has them.
            tail: The turn's messages.
        """
        self.told_failures = True
        answered = frozenset(chain.from_iterable(task.answered for task in tasks))
        due = [
            (draft, call)
            for draft in tail
            for call in draft.calls
            if call.id not in self.pairs.results or call.call_id in answered
        ]
        pushed = sum(task.place is not None for task in tasks)
        for task in tasks:
            if task.error is None:
                continue
            if task.place is not None and pushed == len(due) and 0 <= task.place < pushed:
                ran = [due[task.place]]
            else:
                ran = due
            without = [each for each in ran if each[1].id not in self.pairs.results]
            for draft, call in without:
                facts = self.facts.setdefault(call.id, CallFacts(draft.key))
                facts.ended = _after_failure(len(without))

    def begin(self) -> None:
        """A run begins: calls that waited run from now on."""
        for call in self.open():
            facts = self.facts.get(call.id)
            if facts is not None:
                facts.started_at = facts.ended_at = facts.ended = None

    def rest(self, at: float) -> None:
        """The run is over: nothing runs any more."""
        for facts in self.facts.values():
            facts.task_open = False
            if facts.started_at is not None and facts.ended_at is None:
                facts.ended_at = at

    def forget(self, part_ids: set[str]) -> None:
        """Let go of what is known about these calls."""
        self.facts = {id: facts for id, facts in self.facts.items() if id not in part_ids}
        self._tasks = {
            task: kept
            for task, ids in self._tasks.items()
            if (kept := [id for id in ids if id not in part_ids])
        }


def _after_failure(calls: int) -> ToolStatus:
    """What became of the calls of a task that failed: of several nobody tells which one raised."""
    return "failed" if calls == 1 else "unfinished"
