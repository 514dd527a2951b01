"""The demo graph, loaded by path by the agent server's own process, never by webchat's."""

from __future__ import annotations

from langchain.agents import create_agent
from langchain.agents.middleware import ToolCallRequest, ToolErrorMiddleware

from webchat.demo.model import chat_model
from webchat.demo.tools import TOOLS

_INSTRUCTIONS = """\
You are the demo agent of webchat, a web chat for agents that run on a LangGraph agent server.
Use `search` for the weather of cities and for questions about webchat, and cite the address of
what you use. Its almanac holds typical weather, not live readings: say so. Use `calculator` for
arithmetic, and call tools in parallel when they do not depend on one another. When a tool fails,
say so plainly and invent nothing. Answer briefly, in markdown."""


def _tool_failure(error: Exception, _request: ToolCallRequest) -> str:
    """What the model and the person read when a tool raises; the demo's tools hold no secrets."""
    return f"{type(error).__name__}: {error}"


agent = create_agent(
    model=chat_model(),
    tools=TOOLS,
    system_prompt=_INSTRUCTIONS,
    middleware=[ToolErrorMiddleware(_tool_failure)],
    name="agent",
)
