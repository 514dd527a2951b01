"""Whether an answer has the shape that the API promises."""

from __future__ import annotations

from typing import Any

from webchat.agent_server.error_mapping import About, not_an_agent_server


def one(answer: Any) -> dict[str, Any]:
    """The object that an answer is; raises `NotAnAgentServer` where it is none."""
    if not isinstance(answer, dict):
        raise not_an_agent_server(f"answered {type(answer).__name__}, not an object", About())
    return answer


def many(answer: Any) -> list[dict[str, Any]]:
    """The objects that an answer lists; raises `NotAnAgentServer` where it is no such list."""
    if not (isinstance(answer, list) and all(isinstance(item, dict) for item in answer)):
        raise not_an_agent_server("answered something other than a list of objects", About())
    return answer
