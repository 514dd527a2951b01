"""An open stream of server-sent events, decoded; what breaks it is an error of our tree.

Knows httpx and httpx-sse; not which run or thread the events are about.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx
from httpx_sse import EventSource

from webchat.agent_server.error_mapping import About, from_transport
from webchat.agent_server.events import StreamEvent

log = logging.getLogger(__name__)


class EventStream:
    """The events of one response, in their order.

    Iterate over `events()` once, then `aclose()`.

    Attributes:
        location: The path that the server gave what it started, empty if none:
            `/threads/{thread_id}/runs/{run_id}`.
    """

    def __init__(self, response: httpx.Response, address: str, about: About) -> None:
        self._response = response
        self._address = address
        self._about = about
        headers = response.headers
        self.location: str = headers.get("content-location") or headers.get("location") or ""

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """Each event as it arrives, until the server ends the stream.

        Raises:
            Unreachable: The connection broke, or was silent for too long.
        """
        try:
            async with aclosing(EventSource(self._response).aiter_sse()) as source:
                async for sse in source:
                    if sse.event == "message" and not sse.data:
                        continue  # the blank line after a heartbeat
                    yield StreamEvent.decode(sse.event, sse.data, sse.id, time.time())
        except Exception as error:
            raise from_transport(error, self._address, self._about) from error

    async def aclose(self) -> None:
        """Close the connection; a failure to do so is of no interest any more."""
        log.debug("stream closed: %s", self._response.url.path)
        try:
            await self._response.aclose()
        except Exception as error:
            log.debug("closing a stream: %s", type(error).__name__)
