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
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

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


class _Body(httpx.AsyncByteStream):
    """A response's body, whose errors are httpx's.

    Args:
        body: aiohttp's.
        silence: Seconds that it may be silent. aiohttp counts them, too, but stops to count when
            what comes is no HTTP, and then tells nobody.
    """

    def __init__(self, body: httpx.AsyncByteStream, silence: float | None) -> None:
        self._body = body
        self._silence = silence

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._body)
        while True:
            try:
                async with asyncio.timeout(self._silence):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except Exception as error:
                raise _as_httpx(error) from error
            yield piece

    async def aclose(self) -> None:
        """Close it, and cut the request off if it is still being written."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_PATIENCE):
                await self._body.aclose()


def _as_httpx(error: Exception) -> Exception:
    """The httpx error that says what aiohttp's one does; any other error itself."""
    source = error.__cause__ if isinstance(error, httpx.TransportError) else error
    for kind, mapped in ERRORS:
        if isinstance(source, kind):
            return mapped(str(source) or type(source).__name__)
    return error
