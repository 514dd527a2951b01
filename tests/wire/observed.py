"""The way to the real agent server, with every request on it written down."""

from __future__ import annotations

import re

import httpx

from webchat.agent_server.transport import Transport

THREAD_STREAM = re.compile(r"GET /threads/[^/]+/stream")


class Observed(Transport):
    """A connection that counts, and that may lead to a server of an older make.

    Args:
        thread_streams: Whether the server tells what happens on a thread.

    Attributes:
        asked: Method and path of each request, ids left out.
    """

    def __init__(self, *, thread_streams: bool = True) -> None:
        super().__init__(trust_env=False)
        self.asked: list[str] = []
        self._thread_streams = thread_streams

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.path}"
        self.asked.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", line))
        if THREAD_STREAM.fullmatch(line) and not self._thread_streams:
            return httpx.Response(404, json={"detail": "Not Found"}, request=request)
        return await super().handle_async_request(request)
