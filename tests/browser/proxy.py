"""The way from the app to its real agent server, with faults of a test's choice."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from socket import SO_LINGER, SOL_SOCKET
from typing import Literal

from tests.wire.server import free_port

Fault = Literal["swallowed", "unanswered", "held"]
"""What happens to a request: it never arrives; it does, and its answer is lost; so that
both connections are reset and nobody gets through until `heal`. Or it waits for `heal`."""


class Proxy:
    """Passes bytes on, but for the faults that it is given.

    Args:
        port: The agent server's, on this machine.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._faults: dict[bytes, Fault] = {}
        self._healed = asyncio.Event()
        self._healed.set()
        self._away = False
        self._open: set[asyncio.StreamWriter] = set()
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault(self, request: str, fault: Fault) -> None:
        """The next request whose first line has these words in it meets with this."""
        self._faults[request.encode()] = fault
        self._healed.clear()

    def heal(self) -> None:
        """All is well again."""
        self._faults.clear()
        self._away = False
        self._healed.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection of the app."""
        if self._away:
            _reset(writer)
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open |= {writer, back}
        answers = asyncio.create_task(self._pass_on(there, writer))
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                fault = self._fault_of(piece)
                if fault == "held":
                    await self._healed.wait()
                if fault != "swallowed":
                    back.write(piece)
                if fault == "unanswered":
                    answers.cancel()
                    with suppress(asyncio.CancelledError):
                        await answers
                    await there.read(1)  # it was taken
                if fault in ("swallowed", "unanswered"):
                    self._cut_all()
                    break
        back.close()
        self._open -= {writer, back}

    def _fault_of(self, piece: bytes) -> Fault | None:
        line = piece.partition(b"\r\n")[0]
        for words in self._faults:
            if words in line:
                return self._faults.pop(words)
        return None

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    def _cut_all(self) -> None:
        self._away = True
        for writer in self._open:
            _reset(writer)
        self._open.clear()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection with a RST."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of an agent server's port."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", proxy.port)
    try:
        yield proxy
    finally:
        proxy.heal()
        server.close()
