"""The demo agent's tools: one to look up, one to compute, one that takes time, one that fails."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Literal, TypedDict

from langchain.tools import ToolRuntime, tool
from langgraph.config import get_stream_writer

from webchat.demo import almanac, arithmetic, pace, tavily
from webchat.demo.almanac import SearchResult

_REPORT_SECONDS = 6.0
_PAUSES = "*The pauses were deliberate: this tool shows what progress looks like.*"
_REPORT_STEPS = (
    "Opening the almanac",
    "Looking for the topic",
    "Reading what was found",
    "Counting words",
    "Weighing the sources",
    "Drawing a table",
    "Writing the summary",
    "Reading it once more",
)


class Progress(TypedDict):
    """A `custom` event on the wire: how far a tool call has come, of 100 percent."""

    type: Literal["progress"]
    tool_call_id: str | None
    message: str
    percent: int


class ServiceUnavailableError(ConnectionError):
    """The service that a tool depends on does not answer."""


@tool
async def search(query: str) -> str:
    """Search for facts about cities' weather, or about webchat itself.

    Args:
        query: What to look for, for example "weather in los angeles".

    Returns:
        A JSON list of `{"url", "title", "content", "score"}`, best first; empty when nothing
        was found. It comes from a bundled almanac, or from the web when a Tavily key is set.
    """
    key = os.environ.get("TAVILY_API_KEY")
    results = await tavily.ask(query, key) if key else almanac.search(query)
    return json.dumps(results, ensure_ascii=False)


@tool
def calculator(expression: str) -> str:
    """Compute an arithmetic expression exactly.

    Args:
        expression: For example "12 * (3 + 4)", "sqrt(2)" or "2 ** 10".

    Returns:
        The value, as text.
    """
    return str(arithmetic.evaluate(expression))


@tool
async def slow_report(topic: str, runtime: ToolRuntime) -> str:
    """Write a short report on a topic from the bundled almanac; takes several seconds.

    Args:
        topic: What the report is about.
        runtime: Where the call runs; given by the agent, never by the model.

    Returns:
        The report, in markdown.
    """
    write = get_stream_writer()
    for done, step in enumerate(_REPORT_STEPS):
        write(_progress(runtime.tool_call_id, step, done / len(_REPORT_STEPS)))
        await asyncio.sleep(pace.scaled(_REPORT_SECONDS / len(_REPORT_STEPS)))
    write(_progress(runtime.tool_call_id, "Done", 1))
    return _report(topic, almanac.search(topic))


@tool
def flaky(service: str) -> str:
    """Ask a service that is always down, to see what a failing tool looks like.

    Args:
        service: The service's name.

    Raises:
        ServiceUnavailableError: Always.
    """
    raise ServiceUnavailableError(
        f"{service} did not answer. (This tool always fails, to show what a failure looks like.)"
    )


TOOLS = [search, calculator, slow_report, flaky]


def _progress(tool_call_id: str | None, message: str, share: float) -> Progress:
    return {
        "type": "progress",
        "tool_call_id": tool_call_id,
        "message": message,
        "percent": round(100 * share),
    }


def _report(topic: str, found: list[SearchResult]) -> str:
    lines = [f"### Report: {topic}", ""]
    if not found:
        return "\n".join([*lines, "The bundled almanac holds nothing on this topic."])
    lines += ["| Source | Words | Relevance |", "|:--|--:|--:|"]
    for result in found:
        words = len(result["content"].split())
        lines.append(f"| {result['title']} | {words} | {result['score']:.2f} |")
    summary = _summary(found[0])
    lines += ["", f"**In short:** {summary}", "", _PAUSES]
    return "\n".join(lines)


def _summary(result: SearchResult) -> str:
    """The first paragraph of its text, after the line that names the kind of source."""
    _, _, text = result["content"].partition("\n")
    return text.partition("\n")[0]
