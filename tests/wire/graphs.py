"""Graphs for tests, served by the real agent server: a scripted model decides by what was asked.

| asked | done |
|---|---|
| `whats the weather in la` | one `search` call, then an answer from its result |
| `compare Paris and Oslo` | two `weather` calls in parallel |
| `use the faulty tool` | a tool that fails, and an answer all the same |
| `ask the researcher` | a tool that runs a second agent inside |
| `300x0.02` | 300 tokens, 0.02 s apart |
| `fail after 3` | three tokens, then the run fails |
| anything else | an echo |
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
)
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import ToolException, tool
from langgraph.config import get_stream_writer

Piece = str | tuple[str, str, str]
"""A token, or a tool call as (id, name, arguments in JSON)."""


class ScriptedModel(BaseChatModel):
    """Streams what `script` makes of the conversation."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> ScriptedModel:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        text = "".join(piece for piece in script(messages) if isinstance(piece, str))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        pause = pace(asked(messages))[1]
        calls = 0
        for piece in script(messages):
            if isinstance(piece, str):
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            else:
                for chunk in call_in_chunks(piece, calls):
                    yield ChatGenerationChunk(message=chunk)
                calls += 1
            await asyncio.sleep(pause)


def asked(messages: list[BaseMessage]) -> str:
    """What the person said last."""
    return next((m.text for m in reversed(messages) if isinstance(m, HumanMessage)), "")


def pace(question: str) -> tuple[int, float]:
    """The tokens wished for, and the seconds between them."""
    found = re.search(r"(\d+)x([\d.]+)", question)
    return (int(found[1]), float(found[2])) if found else (0, 0.001)


def script(messages: list[BaseMessage]) -> Iterator[Piece]:
    """The pieces of the next message."""
    question = asked(messages)
    if isinstance(messages[-1], ToolMessage):
        results = (m for m in messages if isinstance(m, ToolMessage))
        yield from re.findall(r"\S+\s*", "Found: " + "; ".join(m.text for m in results))
    elif count := pace(question)[0]:
        yield from (f"w{number} " for number in range(count))
    elif failing := re.search(r"fail after (\d+)", question):
        yield from (f"oops{number} " for number in range(int(failing[1])))
        raise ValueError("the model broke off")
    elif "weather in la" in question:
        yield ("call_search", "search", '{"query": "weather in los angeles"}')
    elif cities := re.search(r"compare (\w+) and (\w+)", question):
        for city in cities.groups():
            yield (f"call_{city}", "weather", f'{{"city": "{city}"}}')
    elif "faulty" in question:
        yield ("call_faulty", "faulty", "{}")
    elif "researcher" in question:
        yield ("call_research", "research", '{"topic": "tides"}')
    else:
        yield from re.findall(r"\S+\s*", f"You said: {question}")


def call_in_chunks(call: tuple[str, str, str], index: int) -> Iterator[AIMessageChunk]:
    """A tool call as providers stream it: the name first, then the arguments in pieces."""
    id, name, arguments = call
    chunks = [tool_call_chunk(id=id, name=name, args="", index=index)]
    chunks += [
        tool_call_chunk(id=None, name=None, args=arguments[at : at + 6], index=index)
        for at in range(0, len(arguments), 6)
    ]
    return (AIMessageChunk(content="", tool_call_chunks=[chunk]) for chunk in chunks)


@tool
def search(query: str) -> str:
    """Search the web."""
    return f"60°F and sunny, said the answer to {query!r}"


@tool
async def weather(city: str) -> str:
    """The weather in a city."""
    get_stream_writer()({"looking at": city})
    await asyncio.sleep(0.05)
    return f"{city}: rain"


@tool
def faulty() -> str:
    """A tool that always fails."""
    raise ToolException("the faulty tool failed")


faulty.handle_tool_error = True

researcher = create_agent(ScriptedModel(), [], name="researcher")


@tool
async def research(topic: str) -> str:
    """Let a second agent look into a topic."""
    answer = await researcher.ainvoke({"messages": [HumanMessage(topic)]})
    return answer["messages"][-1].text


agent = create_agent(ScriptedModel(), [search, weather, faulty, research], name="agent")


def broken() -> Any:
    """A graph that cannot even be made."""
    raise RuntimeError("this graph cannot be built")
