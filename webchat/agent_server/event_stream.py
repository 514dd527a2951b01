"""An open stream of server-sent events, decoded; what breaks it is an error of our tree.

Knows httpx and httpx-sse; not which run or thread the events are about.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

import httpx
from httpx_sse import EventSource

from webchat import limits
from webchat.agent_server.error_mapping import About, from_transport, too_large
from webchat.agent_server.events import StreamEvent
from webchat.agent_server.json_reading import TooMuchJsonError, check_size, read_json

log = logging.getLogger(__name__)

_BLANK_LINES = (b"\n\n", b"\n\r\n")
"""What ends an event, whose lines end as the server writes them."""


class EventStream:
    """The events of one response, in their order.

    Iterate over `events()` once, then `aclose()`.

    Attributes:
        location: The path that the server gave what it started, empty if none:
            `/threads/{thread_id}/runs/{run_id}`.
    """

    def __init__(self, response: httpx.Response, address: str, about: About) -> None:
        response.stream = _Bounded(cast(httpx.AsyncByteStream, response.stream))
        self._response = response
        self._address = address
        self._about = about
        headers = response.headers
        self.location: str = headers.get("content-location") or headers.get("location") or ""

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """Each event as it arrives, until the server ends the stream.

        Raises:
            Unreachable: The connection broke, or was silent for too long.
            TooLarge: An event grew on and on. One that has ended, and is too large, is an event
                that says so.
        """
        try:
            async with aclosing(EventSource(self._response).aiter_sse()) as source:
                async for sse in source:
                    if sse.event == "message" and not sse.data:
                        continue  # the blank line after a heartbeat
                    yield await _event(sse.event, sse.data, sse.id)
        except TooMuchJsonError as error:
            raise too_large(str(error), self._about) from None
        except Exception as error:
            raise from_transport(error, self._address, self._about) from error

    async def aclose(self) -> None:
        """Close the connection; a failure to do so is of no interest any more."""
        log.debug("stream closed: %s", self._response.url.path)
        try:
            await self._response.aclose()
        except Exception as error:
            log.debug("closing a stream: %s", type(error).__name__)


async def _event(name: str, data: str, id: str) -> StreamEvent:
    """An event; of one that is too large, what the raw view can say of it."""
    now = time.time()
    if len(data) <= limits.JSON_AT_ONCE:
        return StreamEvent.decode(name, data, id, now)
    try:
        value = await read_json(data)
    except TooMuchJsonError as error:
        size = len(data.encode("utf-8", "surrogatepass"))
        said = StreamEvent.decode(name, json.dumps(f"This event is not shown. {error}"), id, now)
        return replace(said, size=size)
    except (ValueError, RecursionError):
        value = data
    return StreamEvent.decoded(name, data, value, id, now)


class _Bounded(httpx.AsyncByteStream):
    """A response's body in which no event may grow without end, and that gives way to others.

    What has come already is read without a wait, so a flood would hold the event loop.

    Args:
        body: It, unread.
    """

    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length, last, at_once = 0, b"", 0
        async for piece in self._body:
            for part in _parts(piece):
                last += part
                end = _end_of_events(last)
                length = len(last) - end if end else length + len(part)
                check_size(length // 2)  # one that is just too long is said to be when it has come
                last = last[-2:]  # of a blank line that comes in two pieces
                yield part
                at_once += len(part)
                if at_once >= limits.STREAM_AT_ONCE:
                    at_once = 0
                    await asyncio.sleep(0)

    async def aclose(self) -> None:
        await self._body.aclose()


def _parts(piece: bytes) -> Iterator[bytes]:
    """A piece of a stream in parts that may be read at once."""
    return (
        piece[start : start + limits.STREAM_AT_ONCE]
        for start in range(0, len(piece), limits.STREAM_AT_ONCE)
    )


def _end_of_events(data: bytes) -> int:
    """Where the last blank line ends; 0 where there is none."""
    return max((at + len(end) for end in _BLANK_LINES if (at := data.rfind(end)) >= 0), default=0)
