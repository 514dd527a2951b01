"""The parts of a turn as records, apart from their texts, which `renderer` keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from webchat.rendering.json_tree import tree
from webchat.rendering.text import DETAIL, NAME, SENTENCE, human_duration, shortened
from webchat.screen.expanded import Expanded
from webchat.screen.links import image_record
from webchat.screen.part_records import (
    ErrorRecord,
    EventsRecord,
    InterruptRecord,
    LineRecord,
    NoticeRecord,
    PartRecord,
    ReasoningRecord,
    SubagentRecord,
    ToolRecord,
)
from webchat.screen.plain import plain_record
from webchat.screen.tool_calls import percent_of, report_line, tool_record
from webchat.transcript.parts import (
    Events,
    Image,
    Interrupt,
    Notice,
    Part,
    Paused,
    Reasoning,
    Removed,
    RunError,
    Subagent,
    Text,
    ToolCall,
)


def part_record(part: Part, name: str, expanded: Expanded) -> PartRecord:
    """The record of a part that needs nothing but itself.

    Args:
        part: Of any kind but `ToolCall` and `Subagent`; a text is one that a person wrote.
        name: Its key in the store.
        expanded: What the tab has expanded.
    """
    asked = expanded.pointers(f"part:{name}")
    match part:
        case Text() | Reasoning():
            return plain_record(part.text, asked)
        case RunError():
            return error_record(part)
        case Image():
            return image_record(part)
        case Interrupt():
            return InterruptRecord(kind="interrupt", result=tree(part.value, expanded=asked))
        case Notice():
            html = tree(part.data, expanded=asked)
            return NoticeRecord(kind="notice", label=shortened(part.kind, NAME), result=html)
        case Events():
            return _events(part, opened=name in expanded, asked=asked)
        case Removed():
            count = "1 message was" if part.count == 1 else f"{part.count:,} messages were"
            return LineRecord(kind="line", text=f"{count} removed from the thread.")
        case Paused():
            before = shortened(", ".join(part.nodes), NAME)
            return LineRecord(kind="line", text=f"Paused before {before}.")
    raise TypeError(part)


def parts_within(part: ToolCall | Subagent) -> tuple[Part, ...]:
    """What stands inside a part: a subagent's work, and what a tool gave back beside its text."""
    if isinstance(part, Subagent):
        return part.parts
    return (*part.children, *(part.result.parts if part.result else ()))


def with_children(
    part: ToolCall | Subagent, name: str, children: list[str], expanded: Expanded
) -> ToolRecord | SubagentRecord:
    """The record of a part that has parts within, under the keys `children`."""
    if isinstance(part, ToolCall):
        return tool_record(part, name, children, expanded)
    return SubagentRecord(
        kind="subagent",
        name=shortened(part.name, NAME),
        summary=report_line(part.progress[-1].data) if part.progress else "",
        percent=percent_of(part.progress) if part.live else -1,
        children=children,
    )


def reasoning_record(part: Reasoning, blocks: list[str], tail: str) -> ReasoningRecord:
    """The record of an agent's reasoning, whose blocks have these keys."""
    label = "Thinking…" if part.growing else "Thoughts"
    if not part.growing and part.started_at and part.ended_at:
        label = f"Thought for {human_duration(part.ended_at - part.started_at)}"
    return ReasoningRecord(
        kind="reasoning",
        blocks=blocks,
        tail=tail,
        label=label,
        live=part.growing,
        since=(part.started_at or 0) if part.growing else 0,
    )


def kept_events(events: Events) -> list[Any]:
    """What they said, the newest first."""
    return [report.data for report in reversed(events.recent)]


def error_record(error: RunError) -> ErrorRecord:
    """A run's failure, with what to do about it."""
    return ErrorRecord(
        kind="error",
        text="The run failed",
        advice=shortened(error.message, SENTENCE) or "The agent server gave no reason.",
        detail=shortened(error.detail or error.kind, DETAIL),
        action="Try again",
    )


def _events(part: Events, *, opened: bool, asked: Collection[str]) -> EventsRecord:
    """Events of one kind: how many, the newest in a line, and when opened those that are kept."""
    total, kept = part.recent.total, len(part.recent)
    label = f"{total:,} {shortened(part.kind, NAME)} {'event' if total == 1 else 'events'}"
    return EventsRecord(
        kind="events",
        label="Progress" if part.kind == "progress" else label,
        summary=report_line(part.recent[-1].data),
        percent=percent_of(part.recent) if part.kind == "progress" else -1,
        expanded=opened,
        kept=f"The newest {kept:,} of {total:,}." if opened and kept < total else "",
        result=tree(kept_events(part), expanded=asked, depth=1) if opened else "",
    )
