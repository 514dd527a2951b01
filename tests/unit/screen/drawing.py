"""Turns drawn into records, without a tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.unit.screen.page import shown
from webchat.rendering.text import showable
from webchat.screen.expanded import Expanded
from webchat.screen.renderer import Renderer
from webchat.screen.replica import Replica
from webchat.transcript import Events, Part, Progress, ToolCall, ToolResult, Turn
from webchat.transcript.recent import RecentLog

HOSTILE = "a\x00\x1b[31m\u202eb\ud800c"
"""Characters that no page should get, and one that cannot even be sent."""


def turn(*parts: Part, role: str = "agent", **facts: Any) -> Turn:
    return Turn(id="t", role=role, parts=parts, **facts)  # type: ignore[arg-type]


def drawn(*parts: Part, expanded: Any = None, **facts: Any) -> dict[str, Any]:
    """The records of a turn, drawn once."""
    replica = Replica()
    draw(Renderer(), replica, turn(*parts, **facts), expanded)
    return shown(replica)


def part(*parts: Part, **facts: Any) -> dict[str, Any]:
    """The record of the turn's first part."""
    records = drawn(*parts, **facts)
    return records[records["t:1"]["parts"][0]]


def call(status: str = "done", text: str | None = None, **more: Any) -> ToolCall:
    result = None if text is None else ToolResult(text)
    given = {"id": "m/c", "call_id": "c", "name": "search", "arguments": {}, **more}
    return ToolCall(status=status, result=result, **given)  # type: ignore[arg-type]


def flood(kind: str, *data: Any) -> Events:
    """Events of a kind, as they come from a stream."""
    log: RecentLog[Progress] = RecentLog(200, 1_000_000)
    for each in data:
        log.add(Progress(each, 1.0), 10)
    return Events(f"events:{kind}", kind, log.recent)


def draw(
    renderer: Renderer,
    replica: Replica,
    turn: Turn,
    expanded: Mapping[str, Iterable[str]] | None = None,
) -> bool:
    """Draw a turn as the first of a delta; returns whether all of it had room.

    Args:
        renderer: Draws it.
        replica: The tab's tree.
        turn: The turn.
        expanded: What the tab has expanded: trees by name, with the pointers asked for within.
    """
    chosen = Expanded(most=1_000)
    for name, pointers in (expanded or {}).items():
        chosen.add(name)
        for pointer in pointers:
            chosen.add(name, pointer)
    renderer.make_room()
    return renderer.put_turn(replica, turn, chosen)


NOT_SHOWN = ("about", "detail", "source")
"""Fields whose value is an address or an id: it must be sendable, and stay what it is."""


def assert_fit_for_the_page(value: Any, field: str = "") -> None:
    """Every string in it can be sent, and what is shown has no character that no page gets."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert_fit_for_the_page(item, key)
    elif isinstance(value, list):
        for item in value:
            assert_fit_for_the_page(item)
    elif isinstance(value, str):
        value.encode()  # as the socket does
        assert field in NOT_SHOWN or showable(value) == value
