"""httpx over aiohttp's connections, which cost less than half as much per event of a stream.

Knows both libraries' errors; not what is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

# The first that fits, so the special ones come first. `httpx_aiohttp` has a table of its own, in
# which a connection that is cut after the request was sent is one that could not be made.
ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ServerFingerprintMismatch, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ClientConnectionError, httpx.ReadError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.ClientError, httpx.ReadError),
    (TimeoutError, httpx.ReadTimeout),
)
CLOSE_PATIENCE = 2.0
"""Seconds that a request may go on being written after its answer was left."""


class AiohttpClient(HttpxAiohttpClient):
    """An httpx client that connects by aiohttp, through the environment's proxies, too."""

    def _init_transport(
        self, *args: Any, transport: httpx.AsyncBaseTransport | None = None, **options: Any
    ) -> httpx.AsyncBaseTransport:
        return transport or Transport(*args, **options)

    def _init_proxy_transport(
        self, proxy: httpx.Proxy, *args: Any, **options: Any
    ) -> httpx.AsyncBaseTransport:
        return Transport(*args, proxy=proxy, **options)


class Transport(AiohttpTransport):
    """One aiohttp session, made on the event loop of the first request."""

    def get_client(self) -> aiohttp.ClientSession:
        """The session; cookies and the proxy are httpx's affair."""
        connector = aiohttp.TCPConnector(
            limit=self.limits.max_connections or 0,
            keepalive_timeout=self.limits.keepalive_expiry or 0.0,
            ssl=self.ssl_context,
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), response_class=_Response
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.TransportError: aiohttp's error by its kind in `ERRORS`.
        """
        try:
            response = await super().handle_async_request(request)
        except Exception as error:
            raise _as_httpx(error) from error
        silence = request.extensions.get("timeout", {}).get("read")
        response.stream = _Body(cast(httpx.AsyncByteStream, response.stream), silence)
        return response


class _Response(aiohttp.ClientResponse):
    """A response whose body aiohttp does not time: `_Body` does, with one timer for many pieces.

    aiohttp starts its timer anew for each piece, a twelfth of what a token costs here; and where
    what comes is no HTTP it stops to count, and then tells nobody.
    """

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        """Read the headers."""
        await super().start(connection)
        if connection.protocol is not None:
            connection.protocol.read_timeout = None
            connection.protocol.start_timeout()
        return self


class _Silence:
    """Cancels a task that waits for too long, as `asyncio.timeout` does for one wait.

    For many short waits: there is a timer for each limit's time instead of one for each wait.

    Attributes:
        over: Whether it has cancelled the task in this wait.
        cancelled: How often the task had been cancelled when the wait began.
    """

    def __init__(self, limit: float | None) -> None:
        """Begin with no wait.

        Args:
            limit: Seconds that a wait may last; None for any.
        """
        self.over = False
        self.cancelled = 0
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._since = 0.0
        self._task: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begins(self) -> None:
        """The current task begins to wait."""
        self.over = False
        self._since = self._loop.time()
        self._task = task = asyncio.current_task()
        self.cancelled = task.cancelling() if task is not None else 0
        if self._timer is None and self._limit is not None:
            self._timer = self._loop.call_later(self._limit, self._look)

    def ends(self) -> None:
        """It waits no more."""
        self._task = None

    def close(self) -> None:
        """Nobody will wait again."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        if self._task is None or self._limit is None:
            return
        rest = self._since + self._limit - self._loop.time()
        if rest > 0:
            self._timer = self._loop.call_later(rest, self._look)
        else:
            self.over = True
            self._task.cancel()


class _Body(httpx.AsyncByteStream):
    """A response's body, whose errors are httpx's.

    Args:
        body: aiohttp's.
        silence: Seconds that it may be silent; None for any.
    """

    def __init__(self, body: httpx.AsyncByteStream, silence: float | None) -> None:
        self._body = body
        self._silence = silence

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, silence = aiter(self._body), _Silence(self._silence)
        try:
            while (piece := await _next(pieces, silence)) is not None:
                yield piece
        finally:
            silence.close()

    async def aclose(self) -> None:
        """Close it, and cut the request off if it is still being written."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_PATIENCE):
                await self._body.aclose()


async def _next(pieces: AsyncIterator[bytes], silence: _Silence) -> bytes | None:
    """The next piece of a body, None at its end."""
    silence.begins()
    try:
        return await anext(pieces, None)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if silence.over and task is not None and task.uncancel() <= silence.cancelled:
            raise httpx.ReadTimeout("nothing came for too long") from None
        raise
    except Exception as error:
        raise _as_httpx(error) from error
    finally:
        silence.ends()


def _as_httpx(error: Exception) -> Exception:
    """The httpx error that says what aiohttp's one does; any other error itself."""
    source = error.__cause__ if isinstance(error, httpx.TransportError) else error
    for kind, mapped in ERRORS:
        if isinstance(source, kind):
            return mapped(str(source) or type(source).__name__)
    return error
