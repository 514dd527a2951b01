"""A tool call as a record: one line at once, its trees when somebody has expanded it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from webchat.rendering.json_tree import summary, tree
from webchat.rendering.text import NAME, human_duration, shortened, showable
from webchat.screen.expanded import Expanded
from webchat.screen.part_records import ToolRecord
from webchat.transcript.parts import Progress, ToolCall

PARSED = 200_000
"""Characters of a tool's result that are read as JSON just to sum it up in a line."""

STATUS_WORDS = {
    "writing": "Writing",
    "running": "Running",
    "done": "Done",
    "failed": "Failed",
    "unfinished": "Failed or stopped",
    "cancelled": "Stopped",
    "waiting": "Waiting for you",
}

UNFINISHED = "This call or one beside it failed; the server does not say which."


def tool_record(call: ToolCall, name: str, children: list[str], expanded: Expanded) -> ToolRecord:
    """A tool call's card; its trees only when somebody has expanded it.

    Args:
        call: The call.
        name: Its key in the store.
        children: The keys of the parts within.
        expanded: What the tab has expanded.
    """
    shown = name in expanded or call.status == "failed"
    took = call.ended_at - call.started_at if call.started_at and call.ended_at else None
    return ToolRecord(
        kind="tool",
        name=shortened(call.name, NAME) or "tool",
        summary=argument_line(call),
        status=call.status,
        word=STATUS_WORDS[call.status],
        time="" if took is None else human_duration(took),
        since=call.started_at or 0,
        outcome=outcome_line(call),
        percent=percent_of(call.progress) if call.status == "running" else -1,
        expanded=shown,
        arguments=_arguments_tree(call, name, expanded) if shown else "",
        result=_result_tree(call, name, expanded) if shown and call.result else "",
        artifact=_artifact_tree(call, name, expanded) if shown else "",
        children=children,
    )


def argument_line(call: ToolCall) -> str:
    """The argument that says most: the only text among them, else all in a line."""
    if call.arguments is None:
        return showable(call.arguments_text[-200:])
    if isinstance(call.arguments, dict):
        texts = [value for value in call.arguments.values() if isinstance(value, str)]
        if len(texts) == 1:
            return summary(texts[0])
        if not call.arguments:
            return ""
    return summary(call.arguments)


def outcome_line(call: ToolCall) -> str:
    """What came of it so far, in a line."""
    if call.result is not None:
        if call.status == "failed":
            return showable(call.result.text[:2000])
        return _result_line(result_value(call, limit=PARSED))
    if call.status == "unfinished":
        return UNFINISHED
    if call.status == "running" and call.progress:
        return report_line(call.progress[-1].data)
    return ""


def _result_line(value: Any) -> str:
    """What a result holds; of a list of findings how many, and the first one's title."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        count = "1 result" if len(value) == 1 else f"{len(value)} results"
        title = value[0].get("title") or value[0].get("name")
        return f"{count} · {summary(title)}" if isinstance(title, str) else count
    return summary(value)


def result_value(call: ToolCall, limit: int | None = None) -> Any:
    """A tool's result as a value: its text read as JSON where it is some."""
    if call.result is None:
        return None
    text = call.result.text
    if text[:1] in ("{", "[") and (limit is None or len(text) <= limit):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def arguments_value(call: ToolCall) -> Any:
    """A tool's arguments as a value; as text while they are being written."""
    return call.arguments_text if call.arguments is None else call.arguments


def value_of(call: ToolCall, side: str) -> Any:
    """What a side of the card is about: `arguments`, `result` or `artifact`."""
    if side == "arguments":
        return call.arguments
    if side == "artifact":
        return call.result.artifact if call.result else None
    return result_value(call)


def _arguments_tree(call: ToolCall, name: str, expanded: Expanded) -> str:
    return tree(arguments_value(call), expanded=expanded.pointers(f"arguments:{name}"))


def _result_tree(call: ToolCall, name: str, expanded: Expanded) -> str:
    return tree(result_value(call), expanded=expanded.pointers(f"result:{name}"))


def _artifact_tree(call: ToolCall, name: str, expanded: Expanded) -> str:
    """Collapsed: it is for programs, and often large."""
    if call.result is None or call.result.artifact is None:
        return ""
    return tree(call.result.artifact, expanded=expanded.pointers(f"artifact:{name}"), depth=0)


def report_line(data: Any) -> str:
    """A report of progress in a line: its message where it has one, else how far it is."""
    if not isinstance(data, dict) or "message" in data:
        return summary(data["message"] if isinstance(data, dict) else data)
    percent = _percent(data)
    return summary(data) if percent < 0 or len(data) > 1 else f"{percent:g} %"


def percent_of(progress: Sequence[Progress]) -> float:
    """How far something is, as last reported, in percent; -1 where that is not known."""
    return next((p for report in reversed(progress) if (p := _percent(report.data)) >= 0), -1)


def _percent(data: Any) -> float:
    percent = data.get("percent") if isinstance(data, dict) else None
    return percent if isinstance(percent, int | float) and 0 <= percent <= 100 else -1
