"""Which tool call a namespace of the stream belongs to.

A graph within the graph works in a namespace, one step `node:task_id` for each graph entered. A
`tasks` event names the call that a task runs; without that mode the tool's final message does; and
as long as neither has come, a namespace is taken to be the only running call's. Knows names, not
messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from webchat.transcript.content import text_of

Child = TypeVar("Child")


@dataclass(slots=True)
class Subagents(Generic[Child]):
    """The graphs that work within one graph.

    Attributes:
        children: Each by the step that leads to it.
        claims: The part id of the tool call that started it, by the same step.
        tasks: The part ids of the calls that a task runs, by the task's id.
    """

    children: dict[str, Child] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, list[str]] = field(default_factory=dict)

    def of(self, part_id: str) -> Iterator[tuple[str, Child]]:
        """The graphs that one call runs, in order of appearance, each with its step."""
        return (
            (step, child)
            for step, child in self.children.items()
            if self.claims.get(step) == part_id
        )

    def unclaimed(self) -> Iterator[tuple[str, Child]]:
        """The graphs that no call started, each with its step."""
        return ((step, child) for step, child in self.children.items() if step not in self.claims)

    def forget_unclaimed(self) -> None:
        """Let go of the graphs that no call started; what they had to say is in the messages."""
        self.children = {step: c for step, c in self.children.items() if step in self.claims}

    def works(self, node: str) -> bool:
        """Whether a graph works as the given node and no call started it."""
        return any(step.partition(":")[0] == node for step, _ in self.unclaimed())

    def forget_calls(self, part_ids: set[str]) -> None:
        """Let go of the graphs that the given calls started."""
        gone = {step for step, part_id in self.claims.items() if part_id in part_ids}
        self.children = {step: c for step, c in self.children.items() if step not in gone}
        self.claims = {step: id for step, id in self.claims.items() if step not in gone}
        self.tasks = {
            task: kept
            for task, ids in self.tasks.items()
            if (kept := [id for id in ids if id not in part_ids])
        }


def task_step(task: Mapping[str, Any]) -> str:
    """The namespace step of a task."""
    return f"{text_of(task, 'name')}:{text_of(task, 'id')}"


def task_call_ids(task: Mapping[str, Any]) -> list[str]:
    """The ids of the tool calls that a task is given to run, empty if it is no tools' task."""
    given = task.get("input")
    items = given if isinstance(given, list) else [given]
    found = []
    for item in items:
        if not isinstance(item, Mapping):
            continue
        inner = item.get("tool_call")  # newer prebuilt nodes wrap the call with its context
        call = inner if isinstance(inner, Mapping) else item
        if call.get("type") == "tool_call" and text_of(call, "id"):
            found.append(text_of(call, "id"))
    return found


def call_step(metadata: Mapping[str, Any]) -> str:
    """The first namespace step in a message's metadata, empty where it has none."""
    return text_of(metadata, "langgraph_checkpoint_ns")
