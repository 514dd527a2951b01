"""How the tests follow a run: what was sent, what came, and what the thread's state said after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests import captures
from webchat.agent_server.events import StreamEvent
from webchat.transcript import Events, Part, Subagent, Text, ToolCall, Transcript, Turn

NOW = 1_794_999_999.0


def sent(name: str) -> list[dict[str, Any]]:
    """The messages that the recording's request sent, with the ids that they got.

    The recordings were made without ids of the client's own; our client always sends them.
    """
    given = captures.request(name).get("input")
    messages = given.get("messages", []) if isinstance(given, dict) else []
    ids = {json.dumps(m["content"], sort_keys=True): m["id"] for m in humans(name)}
    return [
        {**m, "id": m.get("id") or ids[json.dumps(m["content"], sort_keys=True)]}
        for m in messages
        if name != "chat_multimodal_input"  # the server wrote its blocks in another order
    ]


def humans(name: str) -> list[dict[str, Any]]:
    """The human messages in all that the server said."""
    said = [e.data for e in captures.events(name) if e.mode == "values" and e.is_root]
    said.append((captures.state(name) or {}).get("values"))
    found = [m for v in said if isinstance(v, dict) for m in v.get("messages", [])]
    return [m for m in found if m["type"] == "human"]


def final_state(name: str) -> dict[str, Any]:
    """The thread's state after the run; made of the last `values` where it was not recorded."""
    state = captures.state(name)
    if state is not None:
        return state
    values = [e.data for e in captures.events(name) if e.mode == "values" and e.is_root]
    return {"values": values[-1], "next": [], "tasks": [], "interrupts": []}


def final_status(name: str) -> str:
    """The run's status after it."""
    return (captures.run(name) or {}).get("status", "success")


def reduced(
    events: Iterable[StreamEvent], messages: Iterable[Mapping[str, Any]] = ()
) -> Transcript:
    transcript = Transcript()
    transcript.start_run(list(messages), NOW)
    for each in events:
        transcript.apply(each)
    return transcript


def follow(name: str) -> Transcript:
    """The transcript after all of a recording."""
    return reduced(captures.events(name), sent(name))


def reloaded(name: str) -> tuple[Turn, ...]:
    state, thread, run = final_state(name), captures.thread(name), captures.run(name)
    return Transcript.from_state(state, thread, run).turns


def event(
    mode: str, data: Any, *namespace: str, id: str | None = None, at: float = NOW
) -> StreamEvent:
    return StreamEvent.decode("|".join((mode, *namespace)), json.dumps(data), id, at)


def chunk(id: str, content: Any = "", **more: Any) -> StreamEvent:
    """A token of the main graph's."""
    message = {"type": "AIMessageChunk", "id": id, "content": content, **more}
    return event("messages", [message, {"langgraph_node": "agent"}])


def human(id: str = "h1", content: Any = "hi") -> dict[str, Any]:
    return {"type": "human", "id": id, "content": content}


def ai(id: str, content: Any = "", **more: Any) -> dict[str, Any]:
    return {"type": "ai", "id": id, "content": content, **more}


def call(id: str, name: str = "search", **args: Any) -> dict[str, Any]:
    return {"type": "tool_call", "id": id, "name": name, "args": args}


def tool(id: str, call_id: str, content: Any = "found", **more: Any) -> dict[str, Any]:
    return {"type": "tool", "id": id, "tool_call_id": call_id, "content": content, **more}


def values(*messages: Any, **more: Any) -> StreamEvent:
    return event("values", {"messages": list(messages), **more})


def state(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"values": {"messages": list(messages)}, "next": [], "tasks": [], **more}


def all_parts(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts and the parts within them."""
    for part in parts:
        yield part
        if isinstance(part, ToolCall):
            yield from all_parts(part.children)
        elif isinstance(part, Subagent):
            yield from all_parts(part.parts)


def calls(transcript: Transcript) -> dict[str | None, ToolCall]:
    """The tool calls of the last turn, by the model's id of them."""
    parts = transcript.turns[-1].parts
    return {part.call_id: part for part in parts if isinstance(part, ToolCall)}


def events_of(transcript: Transcript) -> list[Events]:
    """The events of the last turn that belong to no part."""
    return [part for part in transcript.turns[-1].parts if isinstance(part, Events)]


def texts(transcript: Transcript) -> list[str]:
    """The prose of the last turn."""
    return [part.text for part in transcript.turns[-1].parts if isinstance(part, Text)]
