"""Graphs that do what is hard to show: nested runs, failures of each kind, floods, removals.

All are served by the real agent server. `levels` is an agent whose tool runs an agent whose tool
runs an agent; the rest are small state graphs, each named by what it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
)
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

Content = str | list[dict[str, Any]]
Call = tuple[str, str, str]
"""A tool call: its id, the tool's name, the arguments in JSON."""


class Scripted(BaseChatModel):
    """Calls its tools at first, then says its lines."""

    says: list[Any]
    calls: tuple[Call, ...] = ()

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Scripted:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("".join(self.says)))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        if self.calls and messages[-1].type == "human":
            for index, (id, name, arguments) in enumerate(self.calls):
                begun = tool_call_chunk(id=id, name=name, args="", index=index)
                rest = tool_call_chunk(id=None, name=None, args=arguments, index=index)
                for each in (begun, rest):
                    yield _chunk(AIMessageChunk(content="", tool_call_chunks=[each]))
            return
        for content in self.says:
            yield _chunk(AIMessageChunk(content=content))
            await asyncio.sleep(0.001)


def _chunk(message: AIMessageChunk) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=message)


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)

# --- agents within agents -----------------------------------------------------------------

third = create_agent(Scripted(says=["deep ", "down"]), [], name="third")


@tool
async def dive(depth: str) -> str:
    """Ask the third agent."""
    answer = await third.ainvoke({"messages": [HumanMessage(depth)]})
    return answer["messages"][-1].text


second = create_agent(
    Scripted(says=["second ", "says"], calls=(("call_dive", "dive", '{"depth": "3"}'),)),
    [dive],
    name="second",
)


@tool
async def delegate(task: str) -> list[dict[str, Any]]:
    """Ask the second agent, and give back a picture."""
    answer = await second.ainvoke({"messages": [HumanMessage(task)]})
    return [
        {"type": "text", "text": answer["messages"][-1].text},
        {"type": "image", "base64": PIXEL, "mime_type": "image/png"},
    ]


@tool
async def ask_twice(task: str) -> str:
    """Ask the third agent two times, one after the other."""
    answers = [await third.ainvoke({"messages": [HumanMessage(f"{task} {n}")]}) for n in (1, 2)]
    return " / ".join(answer["messages"][-1].text for answer in answers)


levels = create_agent(
    Scripted(says=["first ", "says"], calls=(("call_delegate", "delegate", '{"task": "2"}'),)),
    [delegate],
    name="first",
)
twice = create_agent(
    Scripted(says=["both ", "said"], calls=(("call_twice", "ask_twice", '{"task": "x"}'),)),
    [ask_twice],
    name="asker",
)


# --- a graph within the graph whose text its node does not return --------------------------


async def think(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await Scripted(says=["inner ", "thoughts"]).ainvoke(state["messages"])]}


async def conclude(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await Scripted(says=["inner ", "end"]).ainvoke(state["messages"])]}


thinker = (
    StateGraph(MessagesState)
    .add_node("think", think)
    .add_node("conclude", conclude)
    .add_edge(START, "think")
    .add_edge("think", "conclude")
    .compile(name="thinker")
)


async def ponder(state: MessagesState) -> dict[str, Any]:
    """Runs the inner graph, and keeps its last message only."""
    answer = await thinker.ainvoke({"messages": state["messages"]})
    return {"messages": [answer["messages"][-1]]}


async def brood(state: MessagesState) -> dict[str, Any]:
    """Runs the inner graph, and keeps nothing of it."""
    await thinker.ainvoke({"messages": state["messages"]})
    return {}


async def answer(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await Scripted(says=["outer ", "answer"]).ainvoke(state["messages"])]}


nested = (
    StateGraph(MessagesState)
    .add_node("ponder", ponder)
    .add_node("brood", brood)
    .add_node("answer", answer)
    .add_edge(START, "ponder")
    .add_edge("ponder", "brood")
    .add_edge("brood", "answer")
    .compile()
)


# --- failures -----------------------------------------------------------------------------


async def spin(state: MessagesState) -> dict[str, Any]:
    return {"messages": [AIMessage("round")]}


endless = (
    (
        StateGraph(MessagesState)
        .add_node("spin", spin)
        .add_edge(START, "spin")
        .add_edge("spin", "spin")
    )
    .compile()
    .with_config(recursion_limit=5)
)


def nowhere(state: MessagesState) -> str:
    raise ValueError("no way from here")


astray = (
    StateGraph(MessagesState)
    .add_node("spin", spin)
    .add_edge(START, "spin")
    .add_conditional_edges("spin", nowhere, [END])
    .compile()
)


@tool
async def slow(n: int) -> str:
    """Takes its time."""
    await asyncio.sleep(5)
    return "slept"


@tool
async def quick(n: int) -> str:
    """Ends at once."""
    return "quick"


@tool
async def raises(n: int) -> str:
    """Fails in a way that ends the run."""
    await asyncio.sleep(0.2)
    raise RuntimeError("the tool broke")


SIBLINGS = (
    ("call_slow", "slow", '{"n": 1}'),
    ("call_quick", "quick", '{"n": 2}'),
    ("call_raises", "raises", '{"n": 3}'),
)
siblings = create_agent(
    Scripted(says=["never"], calls=SIBLINGS), [slow, quick, raises], name="siblings"
)


async def ask(state: MessagesState) -> dict[str, Any]:
    model = Scripted(says=["never"], calls=SIBLINGS)
    return {"messages": [await model.ainvoke(state["messages"])]}


# one task runs all calls of a message, and the server does not tell which of them failed
one_task = (
    StateGraph(MessagesState)
    .add_node("ask", ask)
    .add_node("tools", ToolNode([slow, quick, raises], handle_tool_errors=False))
    .add_edge(START, "ask")
    .add_edge("ask", "tools")
    .compile()
)

halted = (
    StateGraph(MessagesState)
    .add_node("answer", answer)
    .add_node("spin", spin)
    .add_edge(START, "answer")
    .add_edge("answer", "spin")
    .add_edge("spin", END)
    .compile(interrupt_before=["spin"])
)


# --- floods, removals, citations, no messages ----------------------------------------------


async def flood(state: MessagesState) -> dict[str, Any]:
    write = get_stream_writer()
    for n in range(300):
        write({"tick": n})
    for n in range(5):
        write({"message": f"step {n}", "percent": 20 * n})
    return await answer(state)


flooding = StateGraph(MessagesState).add_node("flood", flood).add_edge(START, "flood").compile()


async def forget(state: MessagesState) -> dict[str, Any]:
    return {"messages": [RemoveMessage(id=m.id or "") for m in state["messages"][1:-1]]}


forgetful = (
    StateGraph(MessagesState)
    .add_node("spin", spin)
    .add_node("answer", answer)
    .add_node("forget", forget)
    .add_edge(START, "spin")
    .add_edge("spin", "answer")
    .add_edge("answer", "forget")
    .compile()
)

CITED: list[Content] = [
    [{"type": "text", "text": "Tides follow", "index": 0}],
    [{"type": "text", "text": " the moon.", "index": 0}],
    [{"type": "text", "text": "", "index": 0, "citations": [
        {"type": "web_search_result_location", "url": "https://example.org/tides",
         "title": "Tides", "cited_text": "the moon pulls"}]}],
    [{"type": "text", "text": " And the sun.", "index": 1}],
    [{"type": "text", "text": "", "index": 1, "annotations": [
        {"type": "url_citation", "url": "https://example.org/sun", "title": "Sun",
         "start_index": 0, "end_index": 12}]}],
    [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "index": 2,
      "result": PIXEL, "output_format": "png"}],
]  # fmt: skip


async def cite(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await Scripted(says=CITED).ainvoke(state["messages"])]}


citing = StateGraph(MessagesState).add_node("cite", cite).add_edge(START, "cite").compile()


class Count(TypedDict):
    total: int
    log: Annotated[list[str], add]


def count(state: Count) -> dict[str, Any]:
    return {"total": state.get("total", 0) + 1, "log": ["counted"]}


counting = (
    StateGraph(Count)
    .add_node("one", count)
    .add_node("two", count)
    .add_edge(START, "one")
    .add_edge("one", "two")
    .compile()
)


def doubt(state: Count) -> dict[str, Any]:
    return {"log": [str(interrupt({"question": "Is that enough?"}))]}


def break_off(state: Count) -> dict[str, Any]:
    raise ValueError("the count was lost")


doubting = (
    StateGraph(Count)
    .add_node("one", count)
    .add_node("doubt", doubt)
    .add_edge(START, "one")
    .add_edge("one", "doubt")
    .compile()
)
breaking = (
    StateGraph(Count)
    .add_node("one", count)
    .add_node("break_off", break_off)
    .add_edge(START, "one")
    .add_edge("one", "break_off")
    .compile()
)
