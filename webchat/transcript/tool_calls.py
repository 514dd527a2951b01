"""What is known about a tool call beside its message: its result, its times, its reports.

Pairs results with calls by id, and decides a call's status. Knows nothing of the wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from webchat.limits import REPORTS_KEPT, REPORTS_KEPT_BYTES
from webchat.transcript.content_parts import image_part, notice_part
from webchat.transcript.draft import CallDraft, Draft
from webchat.transcript.parts import Progress, ToolCall, ToolResult, ToolStatus
from webchat.transcript.recent import RecentLog


@dataclass(frozen=True, slots=True)
class RunPhase:
    """What becomes of what is unfinished.

    Attributes:
        live: Whether the run goes on.
        unresolved: The status of a call that has been written and has no result.
    """

    live: bool
    unresolved: ToolStatus


SETTLED = RunPhase(live=False, unresolved="cancelled")


def phase_within(status: ToolStatus, phase: RunPhase, *, told: bool) -> RunPhase:
    """The phase of the agent that a call runs.

    Args:
        status: The call's.
        phase: The phase of the graph that the call is in.
        told: Whether the agent's tasks told which of its calls failed.

    Returns:
        Its phase.
    """
    if status in ("running", "waiting"):
        return RunPhase(phase.live, status)
    if status == "failed" and not told:
        return RunPhase(live=False, unresolved="failed")
    return SETTLED


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
        failed: Whether it raised an error that its tool did not handle, and so ended the run.
    """

    message_key: str
    started_at: float | None = None
    ended_at: float | None = None
    task_open: bool = False
    failed: bool = False
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


def tool_call_part(
    call: CallDraft,
    status: ToolStatus,
    result: Draft | None,
    facts: CallFacts,
) -> ToolCall:
    """The part that shows a call.

    Args:
        call: The call.
        status: Where it has come to.
        result: The tool message that answers it.
        facts: What the live stream told about it.

    Returns:
        The part, without the work of an agent that it runs.
    """
    return ToolCall(
        id=call.id,
        call_id=call.call_id,
        name=call.name or (result.message.name if result is not None else ""),
        arguments=call.arguments,
        status=status,
        result=None if result is None else tool_result(result),
        arguments_text=call.text if call.arguments is None else "",
        progress=facts.progress.recent,
        started_at=facts.started_at,
        ended_at=facts.ended_at,
        index=call.index,
    )


def orphan_part(draft: Draft) -> ToolCall:
    """The part that shows a result whose call is not in the conversation."""
    return ToolCall(
        id=f"{draft.key}/call",
        call_id=draft.message.tool_call_id,
        name=draft.message.name,
        arguments=None,
        status="failed" if draft.message.failed else "done",
        result=tool_result(draft),
    )


def call_status(
    draft: Draft, call: CallDraft, result: Draft | None, facts: CallFacts, phase: RunPhase
) -> ToolStatus:
    """Where a call has come to."""
    if result is not None:
        return "failed" if result.message.failed else "done"
    if not draft.complete:
        if phase.live:
            return "writing"
        return "failed" if phase.unresolved == "failed" else "cancelled"
    if call.broken or facts.failed:
        return "failed"
    if phase.live and facts.task_open:  # another call's question does not stop this one
        return "running"
    return phase.unresolved


def tool_result(draft: Draft) -> ToolResult:
    """What a tool message says."""
    id = draft.message.id
    parts = tuple(
        image_part(block, id) if block.kind == "image" else notice_part(block, id)
        for block in draft.blocks
        if block.kind in ("image", "other")
    )
    return ToolResult(draft.text(), parts, draft.message.artifact, id)
