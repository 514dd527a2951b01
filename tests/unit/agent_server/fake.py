"""An agent server that answers by a script, for faults that the real one cannot be made to show."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx

from webchat.agent_server.client import AgentServer

THREAD = "5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a10"
RUN = "01a1fc9c-36ec-7263-aa7c-51d1a2b1c0de"
ADDRESS = "http://agent.example"

Answer = httpx.Response | Exception


class FakeServer(httpx.AsyncBaseTransport):
    """Gives its answers in order, whatever is asked, and remembers what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def asked(self) -> list[str]:
        """Method and path of each request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def client(self, **options: Any) -> AgentServer:
        return AgentServer(ADDRESS, transport=self, **options)


class Pieces(httpx.AsyncByteStream):
    """A body in pieces, which may break instead of ending."""

    def __init__(self, pieces: Iterable[bytes], then: Exception | None) -> None:
        self._pieces = pieces
        self._then = then

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._then is not None:
            raise self._then


def said(body: Any, status: int = 200) -> httpx.Response:
    """An answer in JSON."""
    return httpx.Response(status, json=body)


def standing(status: str) -> httpx.Response:
    """The answer to how a run stands."""
    return said({"run_id": RUN, "thread_id": THREAD, "status": status})


def streamed(
    body: bytes | Iterable[bytes],
    then: Exception | None = None,
    location: str | None = f"/threads/{THREAD}/runs/{RUN}",
) -> httpx.Response:
    """A stream of server-sent events, with a clean end unless something else comes then."""
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    if location is not None:
        headers["content-location"] = location
    pieces = [body] if isinstance(body, bytes) else body
    return httpx.Response(200, headers=headers, stream=Pieces(pieces, then))


def frame(event: str, data: Any, id: str = "") -> bytes:
    """One server-sent event as the real server writes it."""
    last = f"id: {id}\r\n" if id else ""
    written = json.dumps(data, ensure_ascii=False)
    return f"event: {event}\r\ndata: {written}\r\n{last}\r\n".encode()
