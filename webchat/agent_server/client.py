"""The agent server's API: one object for the app's life, one method for each thing it can do.

Knows paths and bodies; not what a message means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Self, cast

import httpx

from webchat.agent_server.assistants import Assistants
from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About, from_transport
from webchat.agent_server.errors import NotFound
from webchat.agent_server.runs import Runs
from webchat.agent_server.shapes import many, one
from webchat.agent_server.threads import Threads
from webchat.agent_server.types import ServerInfo

HEALTH_PATIENCE = 5.0  # seconds


class AgentServer(Assistants, Threads, Runs):
    """A LangGraph agent server.

    Made once and shared: it owns one pool of connections. Close it with `aclose`, or use it as
    an asynchronous context manager. Every method raises an `AgentServerError` when it fails,
    and nothing else; those that take ids raise `MalformedId` before they send anything.

    Args:
        base_url: The server's address, such as `http://127.0.0.1:2024`.
        api_key: Sent as `x-api-key` if given.
        headers: Sent with every request; never those of a browser.
        recursion_limit: The most steps of any run, whatever its assistant says; None leaves it
            to the assistant.
        transport: Instead of the network, for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        recursion_limit: int | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        connection = Connection(base_url, api_key=api_key, headers=headers, transport=transport)
        Assistants.__init__(self, connection, recursion_limit)
        Threads.__init__(self, connection)
        Runs.__init__(self, connection)

    @property
    def address(self) -> str:
        """The server's address without credentials, fit to be shown."""
        return self._connection.address

    async def aclose(self) -> None:
        """Close every connection; runs go on."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def check(self) -> None:
        """Return if the server answers, is an agent server, and accepts our key.

        Asks for one assistant: `/ok` and `/info` answer everybody, and other makes lack them.

        Raises:
            AgentServerError: It does not; `Unreachable` after a few seconds without an answer.
        """
        about, body = About(), {"limit": 1}
        try:
            async with asyncio.timeout(HEALTH_PATIENCE):
                answer = await self._connection.post(
                    "/assistants/search", about, body, repeatable=True, urgent=True
                )
        except TimeoutError as error:
            raise from_transport(
                httpx.ReadTimeout(f"no answer in {HEALTH_PATIENCE:.0f} s"), self.address, about
            ) from error
        many(answer)

    async def info(self) -> ServerInfo:
        """What the server says of itself; empty where it does not say."""
        try:
            return cast(ServerInfo, one(await self._connection.get("/info", About())))
        except NotFound:
            return {}
