"""A chat model with no network behind it: it streams what the script says, at a human pace.

To the agent it is a model like any other: tokens, tool calls in argument chunks, reasoning, usage.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from webchat.demo import pace
from webchat.demo.intents import Call
from webchat.demo.script import Reply, reply

NAME = "offline-demo"

# A word with the space after it, long words in pieces: about what a tokenizer cuts.
_TOKEN = re.compile(r"\s*\S{1,10}\s*|\s+")
_ARGUMENT_CHUNK = re.compile(r".{1,5}", re.DOTALL)


class OfflineChatModel(BaseChatModel):
    """A scripted stand-in for a language model; it says so itself."""

    @property
    def _llm_type(self) -> str:
        return NAME

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Take note of nothing: the script knows the demo's tools by name."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for message in _pieces(messages):
            time.sleep(pace.token_pause())
            yield ChatGenerationChunk(message=message)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for message in _pieces(messages):
            await asyncio.sleep(pace.token_pause())
            yield ChatGenerationChunk(message=message)


def tokens(text: str) -> list[str]:
    """Cut a text into pieces of about a token; joined, they are the text again."""
    return _TOKEN.findall(text)


def _pieces(messages: Sequence[BaseMessage]) -> Iterator[AIMessageChunk]:
    """The whole reply, piece by piece: reasoning, text, calls, then an empty last one."""
    said = reply(messages, date.today())
    count = 0
    for piece in _spoken(said):
        count += 1
        yield piece
    asked = sum(len(tokens(message.text)) for message in messages)
    yield AIMessageChunk(
        content=[] if said.reasoning else "",
        response_metadata={
            "model_name": NAME,
            "finish_reason": "tool_calls" if said.calls else "stop",
        },
        usage_metadata=UsageMetadata(
            input_tokens=asked, output_tokens=count, total_tokens=asked + count
        ),
        chunk_position="last",
    )


def _spoken(said: Reply) -> Iterator[AIMessageChunk]:
    """The pieces of a reply; its content is a list of blocks when it thinks, else plain text."""
    for token in tokens(said.reasoning):
        yield AIMessageChunk(content=[{"type": "reasoning", "reasoning": token, "index": 0}])
    for token in tokens(said.text):
        if said.reasoning:
            yield AIMessageChunk(content=[{"type": "text", "text": token, "index": 1}])
        else:
            yield AIMessageChunk(content=token)
    for index, call in enumerate(said.calls):
        yield from _call_chunks(call, index, blocks=bool(said.reasoning))


def _call_chunks(call: Call, index: int, *, blocks: bool) -> Iterator[AIMessageChunk]:
    """One tool call as providers stream it: name and id first, then chunks of its arguments."""
    content: str | list[str | dict[str, Any]] = [] if blocks else ""
    first = tool_call_chunk(
        name=call.name, args="", id=f"call_{uuid.uuid4().hex[:20]}", index=index
    )
    yield AIMessageChunk(content=content, tool_call_chunks=[first])
    for chunk in _ARGUMENT_CHUNK.findall(json.dumps(call.args, ensure_ascii=False)):
        piece = tool_call_chunk(name=None, args=chunk, id=None, index=index)
        yield AIMessageChunk(content=content, tool_call_chunks=[piece])
