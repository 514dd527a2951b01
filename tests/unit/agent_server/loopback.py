"""A server on this machine that speaks HTTP by hand, for faults of the connection itself."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET

OPEN_STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)
EMPTY_LIST = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"


class Peer:
    """One connection of a client, from the server's side.

    Attributes:
        request: The head and body of its last request.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.request = ""

    async def read(self) -> str:
        """Its next request."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        size = 0
        for line in head.lower().splitlines():
            if line.startswith("content-length:"):
                size = int(line.partition(":")[2])
        self.request = head + (await self._reader.readexactly(size)).decode()
        return self.request

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def chunk(self, data: bytes) -> None:
        """A piece of a chunked body; the empty one ends it."""
        await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def gone(self) -> None:
        """Return when the client has closed."""
        while await self._reader.read(65536):
            pass

    def reset(self) -> None:
        """Break the connection with a RST."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def serving(talk: Callable[[Peer], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that talks so to each connection; yields its address."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        peer = Peer(reader, writer)
        try:
            await talk(peer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            peer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
