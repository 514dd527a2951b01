"""Messages, threads and assistants as the agent server writes them, for the scripted one."""

from __future__ import annotations

import time
import uuid
from typing import Any

GRAPH = "agent"
ASSISTANT_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, GRAPH))

_PLAIN = {"additional_kwargs": {}, "response_metadata": {}, "name": None}
_AGENTS = {"tool_calls": [], "invalid_tool_calls": [], "usage_metadata": None}


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime())


def human(content: Any, message_id: str | None = None) -> dict[str, Any]:
    return {"content": content, **_PLAIN, "type": "human", "id": message_id or str(uuid.uuid4())}


def ai(content: str, message_id: str) -> dict[str, Any]:
    return {"content": content, **_PLAIN, "type": "ai", "id": message_id, **_AGENTS}


def chunk(content: str, message_id: str, *, last: bool = False) -> dict[str, Any]:
    """A piece of an answer, with all the empty fields that the real server sends."""
    return {
        "content": content,
        **_PLAIN,
        "type": "AIMessageChunk",
        "id": message_id,
        **_AGENTS,
        "tool_call_chunks": [],
        "chunk_position": "last" if last else None,
    }


def chunk_metadata(thread_id: str, run_id: str) -> dict[str, Any]:
    """What the real server repeats with every chunk: some 780 bytes."""
    namespace = f"model:{uuid.uuid4()}"
    return {
        "created_by": "system",
        "graph_id": GRAPH,
        "assistant_id": ASSISTANT_ID,
        "run_attempt": 1,
        "langgraph_version": "1.2.22",
        "langgraph_api_version": "0.16.7",
        "langgraph_plan": "enterprise",
        "langgraph_host": "self-hosted",
        "langgraph_api_url": "http://127.0.0.1:2024",
        "run_id": run_id,
        "thread_id": thread_id,
        "ls_integration": "langchain_chat_model",
        "langgraph_step": 1,
        "langgraph_node": "model",
        "langgraph_triggers": ["branch:to:model"],
        "langgraph_path": ["__pregel_pull", "model"],
        "langgraph_checkpoint_ns": namespace,
        "checkpoint_ns": namespace,
        "ls_provider": "scripted",
        "ls_model_type": "chat",
        "lc_versions": {"langchain-core": "1.4.7", "langchain": "1.4.7"},
    }


def conversation(messages: int, characters: int) -> list[dict[str, Any]]:
    """Turns of people and agents, each with a text of about so many characters.

    Args:
        messages: How many; the n-th says `message n`, counted from 1.
        characters: The length of each.
    """
    words = "of all that was said before, in plain words that go on for a while and then "
    made = []
    for number in range(1, messages + 1):
        text = f"message {number} " + (words * (characters // len(words) + 1))
        text = text[:characters]
        made.append(human(text) if number % 2 else ai(text, f"lc_run--{uuid.uuid4()}"))
    return made


def assistant() -> dict[str, Any]:
    return {
        "assistant_id": ASSISTANT_ID,
        "graph_id": GRAPH,
        "name": GRAPH,
        "description": None,
        "config": {},
        "context": {},
        "metadata": {"created_by": "system"},
        "version": 1,
        "created_at": "2026-01-01T00:00:00.000000+00:00",
        "updated_at": "2026-01-01T00:00:00.000000+00:00",
    }


def graph() -> dict[str, Any]:
    """A picture of a graph with one step."""
    nodes = [{"id": name, "type": "runnable", "data": {"name": name}} for name in _STEPS]
    return {"nodes": nodes, "edges": [{"source": a, "target": b} for a, b in _WAYS]}


_STEPS = ("__start__", "model", "__end__")
_WAYS = (("__start__", "model"), ("model", "__end__"))
