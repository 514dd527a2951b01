"""The runs of graphs within one graph: which tool call started each, and where it is shown.

A graph within the graph works in a namespace, one step `node:task_id` for each graph entered. A
`tasks` event names the call that a task runs; without that mode the tool's final message does; and
as long as neither has come, a namespace is taken to be the only running call's. A run that no call
started is shown after the message that was the last one when it began. Knows names, not messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from webchat.limits import NESTED_RUNS_KEPT
from webchat.transcript.content import text_of

Child = TypeVar("Child")


@dataclass(slots=True)
class Subagents(Generic[Child]):
    """The graphs that work, or worked, within one graph.

    Attributes:
        children: Each by the step that leads to it.
        claims: The part id of the tool call that started it, by the step of the call's task.
        after: The keys of the messages that a child is to be shown after: the first that is
            still there counts.
        working: The steps of the children that no values of this graph have followed yet.
    """

    children: dict[str, Child] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    working: set[str] = field(default_factory=set)

    def add(self, step: str, child: Child, after: tuple[str, ...]) -> None:
        """Another graph begins to work."""
        self.children[step] = child
        self.after[step] = after
        self.working.add(step)
        if len(self.children) > NESTED_RUNS_KEPT:
            ended = next((s for s, _ in self.unclaimed() if s not in self.working), None)
            if ended is not None:
                self._forget({ended})

    def claim_of(self, step: str) -> str | None:
        """The part id of the call that started a graph; None if none did."""
        return self.claims.get(task_of(step))

    def of(self, part_id: str) -> Iterator[tuple[str, Child]]:
        """The graphs that one call runs, in order of appearance, each with its step."""
        return (
            (step, child) for step, child in self.children.items() if self.claim_of(step) == part_id
        )

    def unclaimed(self) -> Iterator[tuple[str, Child]]:
        """The graphs that no call started, each with its step."""
        return (
            (step, child) for step, child in self.children.items() if self.claim_of(step) is None
        )

    def placed(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """The steps of the graphs that no call started, by the message that they come after.

        Args:
            keys: Of all messages.

        Returns:
            The steps in order, by message key; under `""` those whose messages are all gone.
        """
        known = set(keys)
        found: dict[str, list[str]] = {}
        for step, _ in self.unclaimed():
            at = next((key for key in self.after[step] if key in known), "")
            found.setdefault(at, []).append(step)
        return found

    def forget_working(self) -> None:
        """Let go of the graphs that no call started and that did not come to their end."""
        self._forget({step for step, _ in self.unclaimed() if step in self.working})

    def works(self, node: str) -> bool:
        """Whether a graph works as the given node and no call started it."""
        return any(node_of(step) == node for step in self.working if self.claim_of(step) is None)

    def forget_calls(self, part_ids: set[str]) -> None:
        """Let go of the graphs that the given calls started."""
        self._forget({step for step in self.children if self.claim_of(step) in part_ids})
        self.claims = {step: id for step, id in self.claims.items() if id not in part_ids}

    def _forget(self, steps: set[str]) -> None:
        for step in steps:
            del self.children[step]
            del self.after[step]
        self.working -= steps


def steps_of(namespace: tuple[str, ...]) -> list[str]:
    """The steps of a namespace.

    Args:
        namespace: As an event has it. A node that runs a second graph gives it a namespace with
            a number at its end: `("tools:7e47", "1")`.

    Returns:
        One `node:task_id` for each graph entered, with such a number as `node:task_id|1`.
    """
    steps: list[str] = []
    for part in namespace:
        if steps and part.isdecimal():
            steps[-1] = f"{steps[-1]}|{part}"
        else:
            steps.append(part)
    return steps


def task_of(step: str) -> str:
    """The step of the task that a graph works in, without the number of a further graph."""
    return step.partition("|")[0]


def node_of(step: str) -> str:
    """The name of the node that runs a graph."""
    return step.partition(":")[0]


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


def agent_name(metadata: Any) -> str:
    """The name of the agent that metadata tell of, empty where they tell none."""
    return text_of(metadata, "lc_agent_name") if isinstance(metadata, Mapping) else ""
