"""The parts that show tool calls, and how a call's status follows from what is known."""

from __future__ import annotations

from dataclasses import dataclass

from webchat.transcript.content_parts import image_part, notice_part
from webchat.transcript.draft import Draft
from webchat.transcript.draft_content import CallDraft
from webchat.transcript.parts import ToolCall, ToolResult, ToolStatus
from webchat.transcript.tool_calls import CallFacts, Pairs


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
    if status in ("failed", "unfinished") and not told:
        return RunPhase(live=False, unresolved=status)
    return SETTLED


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
    draft: Draft, call: CallDraft, pairs: Pairs, facts: CallFacts, phase: RunPhase
) -> ToolStatus:
    """Where a call has come to.

    Args:
        draft: The message that it is in.
        call: The call.
        pairs: Which results answer the calls of its turn.
        facts: What the stream told about it.
        phase: What becomes of what is unfinished.
    """
    result = pairs.results.get(call.id)
    if result is not None:
        return "failed" if result.message.failed else "done"
    if not draft.complete:
        if phase.live:
            return "writing"
        return "failed" if phase.unresolved == "failed" else "cancelled"
    if call.broken:
        return "failed"
    if facts.ended is not None:
        return facts.ended
    if phase.live and facts.task_open:  # another call's question does not stop this one
        return "running"
    if phase.unresolved == "failed" and len(pairs.open) > 1:  # which of them raised is not told
        return "unfinished"
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
