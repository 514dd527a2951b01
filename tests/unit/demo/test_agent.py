"""The compiled graph as the agent server runs it: what it streams for each kind of question."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage

from webchat.demo.agent import agent
from webchat.demo.starters import STARTERS

pytestmark = pytest.mark.usefixtures("no_waiting")


@dataclass
class Streamed:
    """What one question streamed, by mode."""

    pieces: list[AIMessageChunk] = field(default_factory=list)
    tool_messages: list[ToolMessage] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    custom: list[Any] = field(default_factory=list)
    messages: list[BaseMessage] = field(default_factory=list)

    @property
    def answer(self) -> str:
        return self.messages[-1].text

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        asking = [message for message in self.messages if isinstance(message, AIMessage)]
        return [(call["name"], call["args"]) for message in asking for call in message.tool_calls]


async def ask(question: str, before: list[BaseMessage] | None = None) -> Streamed:
    said = Streamed()
    given: Any = {"messages": [*(before or []), {"role": "human", "content": question}]}
    modes: Any = ["messages", "updates", "values", "custom"]
    stream: AsyncIterator[Any] = agent.astream(given, stream_mode=modes)
    async for mode, data in stream:
        if mode == "messages" and isinstance(data[0], AIMessageChunk):
            said.pieces.append(data[0])
        elif mode == "messages":
            said.tool_messages.append(data[0])
        elif mode == "updates":
            said.updates.append(data)
        elif mode == "custom":
            said.custom.append(data)
        else:
            said.messages = data["messages"]
    return said


async def test_the_notebooks_question_searches_and_answers_from_what_it_found():
    said = await ask("whats the weather in la")

    assert said.calls == [("search", {"query": "weather in los angeles"})]
    assert [message.type for message in said.messages] == ["human", "ai", "tool", "ai"]
    assert [list(update) for update in said.updates] == [["model"], ["tools"], ["model"]]
    [hit] = json.loads(said.tool_messages[0].text)
    assert list(hit) == ["url", "title", "content", "score"]
    assert hit["url"] in said.answer
    assert "Mediterranean climate with some 280 sunny days" in said.answer


async def test_tool_arguments_come_in_chunks_that_join_to_the_call():
    said = await ask("Compare the weather in Paris and Rome")

    chunks = [chunk for piece in said.pieces for chunk in piece.tool_call_chunks]
    for index, city in enumerate(["paris", "rome"]):
        first, *rest = [chunk for chunk in chunks if chunk["index"] == index]
        assert (first["name"], first["args"]) == ("search", "")
        assert first["id"]
        assert {(chunk["name"], chunk["id"]) for chunk in rest} == {(None, None)}
        assert len(rest) > 3
        joined = "".join(chunk["args"] or "" for chunk in rest)
        assert json.loads(joined) == {"query": f"weather in {city}"}


async def test_two_cities_are_looked_up_in_parallel_by_one_message():
    said = await ask("Compare the weather in Paris and Rome")

    assert [message.type for message in said.messages] == ["human", "ai", "tool", "tool", "ai"]
    assert [list(update) for update in said.updates] == [["model"], ["tools"], ["tools"], ["model"]]
    assert "| | **Paris** | **Rome** |" in said.answer


async def test_a_tool_that_raises_fails_alone_and_the_agent_goes_on():
    said = await ask("Weather in Rome, 6*7, and call the flaky service")

    status = {message.name: message.status for message in said.tool_messages}
    assert status == {"search": "success", "calculator": "success", "flaky": "error"}
    assert "**The `flaky` tool failed.**" in said.answer
    assert "ServiceUnavailableError" in said.answer
    assert "**42**" in said.answer


async def test_a_refused_calculation_is_answered_honestly():
    said = await ask("what is 9**9**9")
    assert said.tool_messages[0].status == "error"
    assert "too large" in said.answer


async def test_a_slow_report_tells_its_progress_under_its_call():
    said = await ask("Write a slow report about webchat")

    [message] = said.tool_messages
    assert {event["tool_call_id"] for event in said.custom} == {message.tool_call_id}
    assert {event["type"] for event in said.custom} == {"progress"}
    percents = [event["percent"] for event in said.custom]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0, 100)
    assert "### Report: webchat" in message.text
    assert message.text in said.answer


async def test_reasoning_is_streamed_as_blocks_before_the_text():
    said = await ask("Why is the sky blue?")

    kinds = [
        block["type"]
        for piece in said.pieces
        if isinstance(piece.content, list)
        for block in piece.content
        if isinstance(block, dict)
    ]
    assert kinds == ["reasoning"] * kinds.count("reasoning") + ["text"] * kinds.count("text")
    assert kinds.count("reasoning") > 20
    reasoning, text = said.messages[-1].content_blocks
    assert (reasoning["type"], text["type"]) == ("reasoning", "text")


async def test_thinking_before_a_tool_call_keeps_both():
    said = await ask("think: what is the weather in Berlin?")
    assert said.calls == [("search", {"query": "weather in berlin"})]
    assert said.messages[1].content_blocks[0]["type"] == "reasoning"


@pytest.mark.parametrize(
    "question", [*STARTERS, "hello", "think about nothing", "what can you do?"]
)
async def test_the_streamed_pieces_are_the_final_messages(question: str):
    said = await ask(question)

    for message in said.messages:
        if isinstance(message, AIMessage):
            mine = [piece for piece in said.pieces if piece.id == message.id]
            assert "".join(piece.text for piece in mine) == message.text
            assert [piece.chunk_position for piece in mine][-1] == "last"
            usage = message.usage_metadata
            assert usage
            assert usage["output_tokens"] == len(mine) - 1
            assert message.response_metadata["model_name"] == "offline-demo"


async def test_a_second_question_is_answered_in_the_light_of_itself():
    first = await ask("whats the weather in la")
    second = await ask("and in Rome?", first.messages)
    assert second.calls[-1] == ("search", {"query": "weather in rome"})
    assert "Rome, typically" in second.answer
    assert "offline demo model" in first.answer
    assert "offline demo model" not in second.answer
