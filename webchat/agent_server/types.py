"""The agent server's JSON objects, as far as we read them.

A server of another make or age may leave keys out: only ids are certain.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

RunStatus = Literal["pending", "running", "success", "error", "timeout", "interrupted"]
"""How a run stands, in the server's words; a run that waits for a person is a `success`."""

FinalStatus = Literal["success", "error", "timeout", "interrupted", "gone"]
"""How a run ended; `gone`: the server no longer has it (rolled back, deleted, or lost)."""

ThreadStatus = Literal["idle", "busy", "interrupted", "error"]


class ServerInfo(TypedDict, total=False):
    """What a server says of itself."""

    version: str
    langgraph_py_version: str
    flags: dict[str, Any]


class Assistant(TypedDict):
    """A graph with a configuration."""

    assistant_id: str
    graph_id: str
    name: NotRequired[str]
    description: NotRequired[str | None]
    config: NotRequired[dict[str, Any]]
    context: NotRequired[dict[str, Any]]
    metadata: NotRequired[dict[str, Any]]
    version: NotRequired[int]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]


class GraphNode(TypedDict):
    """A step of a graph; a `create_agent` names its tools in `metadata["__tools"]`."""

    id: str
    type: NotRequired[str]
    data: NotRequired[dict[str, Any]]
    metadata: NotRequired[dict[str, Any]]


class GraphEdge(TypedDict):
    """A way from one step to the next."""

    source: str
    target: str
    conditional: NotRequired[bool]
    data: NotRequired[str]


class Graph(TypedDict):
    """An assistant's graph, for drawing it or reading its tools."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]


class Schemas(TypedDict, total=False):
    """An assistant's JSON schemas; None where the graph has none."""

    graph_id: str
    input_schema: dict[str, Any] | None
    output_schema: dict[str, Any] | None
    state_schema: dict[str, Any] | None
    config_schema: dict[str, Any] | None
    context_schema: dict[str, Any] | None


class Thread(TypedDict):
    """A conversation as the server lists it."""

    thread_id: str
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
    state_updated_at: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    status: NotRequired[ThreadStatus]
    values: NotRequired[dict[str, Any] | None]
    error: NotRequired[Any]
    interrupts: NotRequired[dict[str, list[dict[str, Any]]]]


class Checkpoint(TypedDict, total=False):
    """The address of one state of a thread."""

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str


class ThreadTask(TypedDict):
    """A step that a state has still to do, or failed to do."""

    id: str
    name: str
    error: NotRequired[str | None]
    interrupts: NotRequired[list[dict[str, Any]]]
    result: NotRequired[Any]
    state: NotRequired[Any]


class ThreadState(TypedDict):
    """A thread's content at one checkpoint; `values` is empty before the first run."""

    values: dict[str, Any]
    next: list[str]
    tasks: NotRequired[list[ThreadTask]]
    interrupts: NotRequired[list[dict[str, Any]]]
    metadata: NotRequired[dict[str, Any] | None]
    created_at: NotRequired[str | None]
    checkpoint: NotRequired[Checkpoint | None]
    parent_checkpoint: NotRequired[Checkpoint | None]


class Run(TypedDict):
    """One run of an assistant on a thread."""

    run_id: str
    thread_id: str
    status: RunStatus
    assistant_id: NotRequired[str]
    metadata: NotRequired[dict[str, Any]]
    multitask_strategy: NotRequired[str]
    input: NotRequired[Any]
    created_at: NotRequired[str]
    updated_at: NotRequired[str]
