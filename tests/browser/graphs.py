"""An agent for the browser tests: the question itself is the script of the answer.

A question is a list of steps between semicolons; `echo TEXT` and `pass on TEXT` take all that
follows, whatever is in it.

| step | what the model does |
|---|---|
| `40 words` | forty numbered words, a few milliseconds apart |
| `until NAME` | waits for the file NAME in the server's folder |
| `think TEXT` | thinks that |
| `call TOOL {...}` | calls a tool; calls that stand together run in parallel |
| `call TOOL@NAME {...}` | the same; in the middle of the arguments it waits for the file NAME |
| `say NAME` | one of `texts.TEXTS` |
| `300 calls` | that many calls of a tool, in parallel |
| `9000 letters` | that many, at once |
| `fail` | breaks off |
| `fail before NAME` | breaks off as long as there is no file NAME |
| `echo TEXT` | says TEXT |
| `pass on TEXT` | calls a tool with TEXT, which gives it back |
| `whats the weather in la` | a search, and an answer from what it found |

Served from a folder of its own, so it imports its neighbour by path.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.tools import ToolException, tool
from langgraph.config import get_stream_writer
from langgraph.types import interrupt

sys.path.insert(0, str(Path(__file__).parent))
from texts import TEXTS

PAUSE = 0.004  # seconds between two tokens
MOST_PIECES = 200  # of a long text, so that no test waits for tokens
WEATHER = 'call search {"query": "weather in los angeles"}; say weather'


class ScriptedModel(BaseChatModel):
    """Plays the steps of the last question, from where the last tool call left them."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> ScriptedModel:
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError("it only streams")

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        calls = 0
        for step in due(messages):
            async for chunk in play(step, calls):
                yield ChatGenerationChunk(message=chunk)
            calls += calls_tools(step)
        usage = {"input_tokens": 7, "output_tokens": 11, "total_tokens": 18}
        last = AIMessageChunk(content="", usage_metadata=usage, chunk_position="last")  # type: ignore[arg-type]
        yield ChatGenerationChunk(message=last)


def due(messages: list[BaseMessage]) -> list[str]:
    """The steps of the model's next message."""
    asked = max(n for n, message in enumerate(messages) if isinstance(message, HumanMessage))
    said = sum(isinstance(message, AIMessage) for message in messages[asked + 1 :])
    rounds = list(in_rounds(steps_of(messages[asked].text.strip())))
    return rounds[said] if said < len(rounds) else ["echo That is all."]


def steps_of(question: str) -> list[str]:
    """The steps that a question asks for."""
    if question == "whats the weather in la":
        question = WEATHER
    if question.startswith("pass on "):
        text = question.removeprefix("pass on ")
        return [f"call echo {json.dumps({'text': text})}", "echo It came back."]
    if question.startswith("echo "):
        return [question]
    return [step.strip() for step in question.split(";") if step.strip()]


def in_rounds(steps: list[str]) -> Iterator[list[str]]:
    """The steps by messages: one ends where the tools must run."""
    current: list[str] = []
    for step in steps:
        if current and calls_tools(current[-1]) and not calls_tools(step):
            yield current
            current = []
        current.append(step)
    yield current


def calls_tools(step: str) -> bool:
    """Whether a step is one or more tool calls."""
    return re.match(r"call |\d+ calls$", step) is not None


async def play(step: str, calls: int) -> AsyncIterator[AIMessageChunk]:
    """The chunks of one step; `calls` tool calls came before it in this message."""
    if found := re.fullmatch(r"(\d+) words", step):
        for number in range(int(found[1])):
            yield AIMessageChunk(content=f"w{number} ")
            await asyncio.sleep(PAUSE)
    elif found := re.fullmatch(r"(\d+) letters", step):
        yield AIMessageChunk(content="letters " * (int(found[1]) // 8))
    elif found := re.fullmatch(r"until (\S+)", step):
        await opened(found[1])
    elif found := re.fullmatch(r"think (.+)", step):
        for word in found[1].split():
            yield AIMessageChunk(content="", additional_kwargs={"reasoning_content": f"{word} "})
            await asyncio.sleep(PAUSE)
    elif found := re.fullmatch(r"(\d+) calls", step):
        for number in range(int(found[1])):
            arguments = json.dumps({"number": number})
            yield call_chunk(f"count-{number}", "count", arguments, number)
    elif found := re.fullmatch(r"call (\w+)(?:@(\S+))? (.+)", step, re.DOTALL):
        name, gate, arguments = found.groups()
        id = f"call-{calls}-{abs(hash(step)) % 10**8}"
        yield call_chunk(id, name, "", calls)
        for piece in pieces(arguments, 8):
            yield call_chunk(None, None, piece, calls)
            await asyncio.sleep(PAUSE)
            if gate:  # in the middle of the arguments
                await opened(gate)
    elif step == "fail":
        raise ValueError("the model broke off")
    elif found := re.fullmatch(r"fail before (\S+)", step):
        if not await asyncio.to_thread(Path(found[1]).exists):
            raise ValueError("the model broke off")
    else:
        text = TEXTS[step.removeprefix("say ")] if step.startswith("say ") else step
        for piece in pieces(text.removeprefix("echo "), 12):
            yield AIMessageChunk(content=piece)
            await asyncio.sleep(PAUSE)


def pieces(text: str, least: int) -> Iterator[str]:
    """A text in `MOST_PIECES` pieces, or fewer that are of the least length."""
    length = max(least, len(text) // MOST_PIECES)
    return (text[start : start + length] for start in range(0, len(text), length))


def call_chunk(id: str | None, name: str | None, arguments: str, index: int) -> AIMessageChunk:
    """A piece of a tool call, as providers stream them."""
    piece = tool_call_chunk(id=id, name=name, args=arguments, index=index)
    return AIMessageChunk(content="", tool_call_chunks=[piece])


async def opened(gate: str) -> None:
    """Wait for a file of that name in the server's folder."""
    while not await asyncio.to_thread(Path(gate).exists):
        await asyncio.sleep(0.02)


@tool
def search(query: str) -> str:
    """Search the web."""
    found = {"title": "Los Angeles", "content": "60°F and sunny", "asked": query}
    return json.dumps([found], ensure_ascii=False)


@tool
async def weather(city: str) -> str:
    """The weather in a city."""
    await asyncio.sleep(0.02)
    return f"{city}: rain"


@tool
def faulty() -> str:
    """A tool that always fails."""
    raise ToolException("the faulty tool failed: no fuel left")


faulty.handle_tool_error = True


@tool
async def held(gate: str) -> str:
    """Works until somebody opens the gate."""
    get_stream_writer()({"message": "half way there", "percent": 50})
    await opened(gate)
    return "released"


@tool
def large(megabytes: int) -> str:
    """A large table as JSON."""
    rows = [{"row": number, "text": "x" * 980} for number in range(megabytes * 1_000)]
    return json.dumps(rows)


@tool(response_format="content_and_artifact")
def table(rows: int) -> tuple[str, dict[str, Any]]:
    """A table for programs."""
    return "made a table", {
        "columns": ["place", "height"],
        "rows": [[n, n * 7] for n in range(rows)],
    }


@tool
async def chatty(events: int) -> str:
    """Reports very often."""
    write = get_stream_writer()
    for number in range(events):
        write({"message": f"report {number}"})
        if number % 100 == 0:
            await asyncio.sleep(0)
    return "said enough"


@tool
def count(number: int) -> str:
    """Counts."""
    return f"number {number}"


@tool
def confirm(question: str) -> str:
    """Asks a person, and waits for the answer."""
    return str(interrupt({"question": question}))


@tool
def echo(text: str) -> str:
    """Gives back what it got."""
    return text


third = create_agent(ScriptedModel(), [], name="third")


@tool
async def dive(task: str) -> str:
    """Asks the third agent."""
    answer = await third.ainvoke({"messages": [HumanMessage(task)]})
    return answer["messages"][-1].text


second = create_agent(ScriptedModel(), [dive], name="second")


@tool
async def delegate(task: str) -> str:
    """Asks the second agent."""
    answer = await second.ainvoke({"messages": [HumanMessage(task)]})
    return answer["messages"][-1].text


TOOLS = [search, weather, faulty, held, large, table, chatty, count, confirm, echo, delegate]
agent = create_agent(ScriptedModel(), TOOLS, name="agent")
