"""The scripted agent server's threads and runs: who said what, which frame was sent when.

Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from tests.bench import messages
from tests.bench.script import UNASKED, answer, understand


class Thread:
    """A conversation, with its runs, the newest last."""

    def __init__(self, thread_id: str) -> None:
        self.id = thread_id
        self.messages: list[dict[str, Any]] = []
        self.runs: list[Run] = []
        self.created_at = messages.now()

    @property
    def busy(self) -> bool:
        return bool(self.runs) and self.runs[-1].status == "running"

    def as_json(self) -> dict[str, Any]:
        return {
            "thread_id": self.id,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "metadata": {"graph_id": messages.GRAPH},
            "status": "busy" if self.busy else "idle",
            "config": {},
            "values": {"messages": self.messages} if self.messages else None,
        }

    def state(self) -> dict[str, Any]:
        """What `GET /threads/{id}/state` says."""
        stopped = bool(self.runs) and self.runs[-1].status == "interrupted"
        checkpoint = {"thread_id": self.id, "checkpoint_ns": "", "checkpoint_id": str(uuid.uuid4())}
        return {
            "values": {"messages": self.messages} if self.messages else {},
            "next": ["model"] if stopped or self.busy else [],
            "tasks": [],
            "interrupts": [],
            "metadata": {"graph_id": messages.GRAPH},
            "created_at": self.created_at,
            "checkpoint": checkpoint if self.messages else None,
            "parent_checkpoint": None,
        }

    def take(self, incoming: list[dict[str, Any]]) -> None:
        """Add messages; one with a known id replaces that one."""
        for message in incoming:
            known = [i for i, old in enumerate(self.messages) if old["id"] == message.get("id")]
            if known:
                self.messages[known[0]] = message
            else:
                self.messages.append(message)


class Run:
    """One answer on its way: a task that writes frames, and any number of readers of them.

    Attributes:
        name: What the message asked for it to be kept under.
        sent: When each token was sent, Unix milliseconds.
        frames: The stream's events, as bytes.
    """

    def __init__(self, thread: Thread, body: Mapping[str, Any]) -> None:
        self.id = str(uuid.uuid4())
        self.status = "running"
        self.sent: list[float] = []
        self.frames: list[bytes] = []
        self._thread = thread
        self._modes = body.get("stream_mode") or ["values"]
        self._resumable = bool(body.get("stream_resumable"))
        self._news = asyncio.Event()
        incoming = (body.get("input") or {}).get("messages") or []
        thread.take([messages.human(said["content"], said.get("id")) for said in incoming])
        asked = understand(str(thread.messages[-1]["content"])) if thread.messages else None
        self.name = asked[1] if asked else self.id
        self._tokens = answer(asked[0]) if asked else UNASKED
        self._rate = asked[0].rate if asked else 1
        thread.runs.append(self)
        self._task = asyncio.create_task(self._work())

    def as_json(self) -> dict[str, Any]:
        return {
            "run_id": self.id,
            "thread_id": self._thread.id,
            "assistant_id": messages.ASSISTANT_ID,
            "status": self.status,
            "metadata": {},
            "created_at": self._thread.created_at,
            "updated_at": self._thread.created_at,
        }

    async def cancel(self) -> None:
        """Stop it; returns when it has stopped."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def follow(self, start: int = 0) -> AsyncIterator[bytes]:
        """The frames from number `start` on, until the run has ended."""
        at = start
        while True:
            news = self._news
            if at < len(self.frames):
                yield b"".join(self.frames[at:])
                at = len(self.frames)
            elif self.status != "running":
                return
            else:
                await news.wait()

    async def _work(self) -> None:
        message_id = f"lc_run--{uuid.uuid4()}"
        try:
            self._emit("metadata", {"run_id": self.id, "attempt": 1})
            self._emit("values", {"messages": self._thread.messages})
            text = await self._speak(message_id)
            final = messages.ai(text, message_id)
            self._thread.take([final])
            self._emit("updates", {"model": {"messages": [final]}})
            self._emit("values", {"messages": self._thread.messages})
            self.status = "success"
        except asyncio.CancelledError:
            self.status = "interrupted"
        finally:
            self._tell()

    async def _speak(self, message_id: str) -> str:
        """Stream the answer at its rate; returns its text."""
        about = messages.chunk_metadata(self._thread.id, self.id)
        began = time.monotonic()
        for number, token in enumerate(self._tokens):
            rest = began + number / self._rate - time.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
            self.sent.append(time.time() * 1000)
            self._emit("messages", [messages.chunk(token, message_id), about], "messages-tuple")
        last = messages.chunk("", message_id, last=True)
        self._emit("messages", [last, about], "messages-tuple")
        return "".join(self._tokens)

    def _emit(self, event: str, data: Any, mode: str | None = None) -> None:
        """Add a frame, if its mode was asked for; `metadata` always is."""
        if event != "metadata" and (mode or event) not in self._modes:
            return
        frame = b"event: %b\r\ndata: %b\r\n" % (event.encode(), orjson.dumps(data))
        if self._resumable:
            frame += b"id: %d-0\r\n" % (time.time() * 1000)
        self.frames.append(frame + b"\r\n")
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
