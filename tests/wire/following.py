"""Helpers to ask and to follow, shared by the tests against the real server."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from webchat.agent_server import FinalStatus, StreamEvent, StreamNotice
from webchat.agent_server.streams import RunStream


@dataclass(slots=True)
class Followed:
    """What a stream gave, from its first event to its end."""

    run_id: str | None = None
    status: FinalStatus | None = None
    events: list[StreamEvent] = field(default_factory=list)
    notices: list[StreamNotice] = field(default_factory=list)

    def of(self, mode: str) -> list[Any]:
        """The data of the root's events of one mode."""
        return [event.data for event in self.events if event.mode == mode and event.is_root]

    def texts(self) -> dict[str, str]:
        """What the chunks of each of the root's streamed messages add up to, by message id.

        A chunk that the server repeats where a replay meets what comes live is counted once.
        """
        texts: dict[str, str] = defaultdict(str)
        counted: set[tuple[str | None, str]] = set()
        for event in self.events:
            if event.mode != "messages" or not event.is_root or (event.id, event.raw) in counted:
                continue
            if event.id is not None:
                counted.add((event.id, event.raw))
            chunk = event.data[0]
            if chunk["type"] == "AIMessageChunk":
                texts[chunk["id"]] += chunk["content"]
        return dict(texts)


def question(text: str) -> dict[str, Any]:
    """The input of a chat graph."""
    return {"messages": [{"type": "human", "id": str(uuid.uuid4()), "content": text}]}


async def follow(stream: RunStream) -> Followed:
    """Read a stream to its end."""
    followed = Followed()
    async with stream:
        await read(stream, followed)
    return followed


async def read(stream: RunStream, followed: Followed) -> None:
    """Go on reading an entered stream to its end."""
    followed.run_id = stream.run_id
    async for item in stream:
        if isinstance(item, StreamEvent):
            followed.events.append(item)
        else:
            followed.notices.append(item)
    followed.status = stream.status


async def read_until(stream: RunStream, events: int) -> Followed:
    """Read the first events of an entered stream."""
    followed = Followed(stream.run_id)
    async for item in stream:
        if isinstance(item, StreamEvent):
            followed.events.append(item)
        if len(followed.events) == events:
            break
    return followed
