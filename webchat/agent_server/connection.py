"""Requests that end in JSON, an open stream of events, or an error of our tree.

Knows HTTP, and nothing of threads and runs but their names in errors.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, cast

import httpx

from webchat.agent_server.error_mapping import (
    About,
    cannot_be_sent,
    from_answer,
    from_transport,
    not_an_agent_server,
    too_large,
)
from webchat.agent_server.errors import AgentServerError, Unreachable
from webchat.agent_server.event_stream import EventStream
from webchat.agent_server.json_reading import TooMuchJsonError, check_size, read_json
from webchat.agent_server.transport import AiohttpClient
from webchat.loopback import is_loopback

log = logging.getLogger(__name__)

# A stream is silent for 5 s at most, between two heartbeats: 20 s of silence is a dead link.
TIMEOUTS = httpx.Timeout(connect=5.0, read=20.0, write=None, pool=5.0)
# From the first byte sent to the first one back; writing has no time-out of its own.
SEND_PATIENCE = 60.0
# Servers drop idle connections after 5 s; being first to do so saves a failed request.
KEEP_ALIVE = 4.0
# A stream holds its connection for as long as a run lasts, and some calls take seconds: Stop and
# the health check have connections of their own, and so have short calls.
URGENT_LIMITS = httpx.Limits(
    max_connections=16, max_keepalive_connections=4, keepalive_expiry=KEEP_ALIVE
)
CALL_LIMITS = httpx.Limits(
    max_connections=64, max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE
)
STREAM_LIMITS = httpx.Limits(
    max_connections=1024, max_keepalive_connections=32, keepalive_expiry=KEEP_ALIVE
)
# A kilobyte that is packed may be a megabyte, or thirty: to unpack it would hold the event loop.
NOT_PACKED = "identity"
RESET = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class Connection:
    """The way to one agent server.

    Args:
        base_url: The server's address, with a path where it lives under one.
        api_key: Sent as `x-api-key`.
        headers: Sent with every request.
        transport: Instead of the network, for tests.

    Raises:
        Unreachable: `base_url` is no address at all.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None,
        headers: Mapping[str, str] | None,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        url = _parsed(base_url)
        self.address = str(url.copy_with(username=None, password=None))
        always = httpx.Headers(headers)
        always["accept-encoding"] = NOT_PACKED
        if api_key:
            always["x-api-key"] = api_key

        def client(limits: httpx.Limits) -> httpx.AsyncClient:
            return AiohttpClient(
                base_url=url,
                headers=always,
                timeout=TIMEOUTS,
                limits=limits,
                transport=transport,
                trust_env=not is_loopback(url.host),  # a proxy cannot reach our own machine
            )

        self._urgent = client(URGENT_LIMITS)
        self._calls, self._streams = client(CALL_LIMITS), client(STREAM_LIMITS)

    async def aclose(self) -> None:
        """Close every connection."""
        for client in (self._urgent, self._calls, self._streams):
            try:
                await client.aclose()
            except Exception as error:
                log.debug("closing connections: %s", type(error).__name__)

    async def get(self, path: str, about: About, params: Mapping[str, Any] | None = None) -> Any:
        """Ask for JSON; asked once more if the connection broke.

        Raises:
            AgentServerError: In whichever way it failed.
        """
        return await self._json("GET", path, about, params=params, repeatable=True)

    async def post(
        self,
        path: str,
        about: About,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        repeatable: bool = False,
        urgent: bool = False,
    ) -> Any:
        """Send JSON and read JSON, None where the answer is empty.

        Args:
            path: Where to.
            about: What it is about.
            body: What to send.
            params: The query.
            repeatable: Whether sending it twice does no harm, so that it may be sent once more
                if the connection broke.
            urgent: Whether it must not wait for other calls to give a connection back.

        Raises:
            AgentServerError: In whichever way it failed.
        """
        client = self._urgent if urgent else self._calls
        return await self._json(
            "POST", path, about, body=body, params=params, repeatable=repeatable, client=client
        )

    async def stream(
        self,
        method: str,
        path: str,
        about: About,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> EventStream:
        """Open a stream of server-sent events, which the caller reads and closes.

        Raises:
            AgentServerError: It could not be opened.
        """
        wanted = {"Accept": "text/event-stream", "Cache-Control": "no-store", **(headers or {})}
        request = self._request(
            self._streams, method, path, about, body=body, params=params, headers=wanted
        )
        try:
            response = await self._send(self._streams, request, about)
        except AgentServerError:
            raise
        except Exception as error:
            raise from_transport(error, self.address, about) from error
        stream = EventStream(response, self.address, about)
        kind = response.headers.get("content-type", "")
        if not kind.startswith("text/event-stream"):
            await stream.aclose()
            raise not_an_agent_server(f"{method} {path} answered {kind or 'no type'}", about)
        return stream

    async def _json(
        self,
        method: str,
        path: str,
        about: About,
        *,
        repeatable: bool,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> Any:
        client = client or self._calls
        request = self._request(client, method, path, about, body=body, params=params)
        try:
            try:
                body_read = await self._read(client, request, about)
            except RESET:
                if not repeatable:
                    raise
                body_read = await self._read(client, request, about)
        except AgentServerError:
            raise
        except Exception as error:
            raise from_transport(error, self.address, about) from error
        if not body_read:
            return None
        try:
            return await read_json(body_read)
        except TooMuchJsonError as error:
            raise too_large(str(error), about) from None
        except (ValueError, RecursionError):
            raise not_an_agent_server(f"{method} {path} answered no JSON", about) from None

    def _request(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        about: About,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        try:
            return client.build_request(method, path, json=body, params=params, headers=headers)
        except httpx.InvalidURL as error:
            raise from_transport(error, self.address, about) from error
        except (ValueError, TypeError, RecursionError) as error:
            raise cannot_be_sent(error, about) from None

    async def _read(self, client: httpx.AsyncClient, request: httpx.Request, about: About) -> bytes:
        response = await self._send(client, request, about)
        try:
            return await _body(response)
        except TooMuchJsonError as error:
            raise too_large(str(error), about) from None
        finally:
            await response.aclose()

    async def _send(
        self, client: httpx.AsyncClient, request: httpx.Request, about: About
    ) -> httpx.Response:
        """The answer to a request, its body unread.

        Raises:
            AgentServerError: It is not a success.
            Exception: Whatever the transport raises.
        """
        async with asyncio.timeout(SEND_PATIENCE):
            response = await client.send(request, stream=True)
        log.debug("%s %s: %d", request.method, request.url.path, response.status_code)
        line = f"{request.method} {request.url.path}"
        encoding = response.headers.get("content-encoding") or NOT_PACKED
        if encoding.lower() != NOT_PACKED:
            await response.aclose()
            raise not_an_agent_server(f"{line} answered in {encoding}, unasked", about)
        if response.is_success:
            return response
        try:
            said = await _complaint(response)
        finally:
            await response.aclose()
        raise from_answer(response.status_code, said, line, about)


async def _body(response: httpx.Response) -> bytes:
    """What a response says.

    Raises:
        TooMuchJsonError: It says more than is read; the rest was not waited for.
    """
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        check_size(size)
        pieces.append(piece)
    return b"".join(pieces)


async def _complaint(response: httpx.Response) -> str:
    """What a refusal says. Of a 5xx only the first piece is read.

    An answer that is closed before its end takes its connection with it, and after a 500 this
    server would reset that connection under the next request.
    """
    if response.status_code < 500:
        return (await _body(response)).decode(errors="replace")
    text = cast(AsyncGenerator[str, None], response.aiter_text())
    async with aclosing(text) as pieces:
        return await anext(pieces, "")


def _parsed(base_url: str) -> httpx.URL:
    try:
        return httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise Unreachable(
            "The agent server's address cannot be read.",
            advice="Correct the address in the settings.",
            detail=str(error),
        ) from None
