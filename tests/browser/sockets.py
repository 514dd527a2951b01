"""Sockets without a page behind them: what programs, and people with bad intentions, hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.browser.app import App
from tests.unit.screen.page import Page
from webchat.state.chat import Chat
from webchat.state.live import Live

PATIENCE = 60.0
"""Seconds that something which must happen may take."""

_EVENT = "42/_event,"


def socket_of(app: App) -> str:
    """The address of an app's socket."""
    return app.url.replace("http", "ws") + "/_event/?EIO=4&transport=websocket"


def event(name: str, path: str = "/", /, **payload: Any) -> str:
    """An event as a page at that path sends it."""
    where = {"pathname": path, "asPath": path, "query": {}}
    sent = {"name": name, "payload": payload, "router_data": where}
    return f"{_EVENT}{json.dumps(['event', sent])}"


class RawSocket:
    """A socket that is connected as a page's is.

    Attributes:
        came: The frames that came since.
        page: What the deltas among them say.
        closed: Set when the other side has closed it.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._news = asyncio.Event()
        self.came: list[str] = []
        self.page = Page()
        self.closed = asyncio.Event()

    async def listen(self) -> None:
        """Take in what comes, until the socket is closed."""
        with suppress(ConnectionClosed), self._ends():
            async for frame in self._connection:
                text = str(frame)
                self.came.append(text)
                if text == "2":
                    await self._connection.send("3")
                if not all(map(self.page.apply, _deltas(text))):
                    await self.send(event(f"{Live.get_full_name()}.resync"))
                self._news.set()

    @contextmanager
    def _ends(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.closed.set()
            self._news.set()

    async def send(self, frame: str) -> None:
        """Send a frame as it is."""
        await self._connection.send(frame)

    async def until(self, true: Callable[[dict[str, Any]], object]) -> None:
        """Wait until something is true of what the page would have."""
        async with asyncio.timeout(PATIENCE):
            while not true(self.page.records):
                assert not self.closed.is_set(), "the socket was closed"
                self._news.clear()
                await self._news.wait()

    async def answered(self) -> None:
        """Wait until all that was sent before has been read, as the answer to a ping tells."""
        before = len(self.came)
        await self.send(f'{_EVENT}["ping"]')
        await self.until(lambda _: any('"pong"' in frame for frame in self.came[before:]))

    async def look_at(self, thread_id: str) -> None:
        """Watch a thread, as its page does."""
        await self._watch(thread_id)
        await self.until(lambda records: records.get("page", {}).get("thread") == thread_id)

    async def _watch(self, thread_id: str) -> None:
        await self.send(event(f"{Live.get_full_name()}.watch", f"/thread/{thread_id}"))

    async def ask(self, thread_id: str, assistant_id: str, text: str) -> None:
        """Send a message to a thread, which need not be there, and wait until its run is over."""
        message_id = str(uuid4())
        await self._watch(thread_id)
        await self.until(lambda records: records)
        name, path = f"{Chat.get_full_name()}.send", f"/thread/{thread_id}"
        sent = {"message_id": message_id, "thread_id": thread_id, "text": text}
        more = {"fresh": True, "anyway": True, "assistant_id": assistant_id}
        await self.send(event(name, path, **sent, **more))
        await self.until(lambda records: _is_sent(records, message_id))
        await self.until(lambda records: not records["composer"]["running"])


def _is_sent(records: dict[str, Any], message_id: str) -> bool:
    told = records.get("sent", {})
    assert told.get("outcome") not in ("refused", "asking"), told
    return (told.get("id"), told.get("outcome")) == (message_id, "sent")


def _deltas(frame: str) -> list[list[Any]]:
    """The values of the var with the deltas that a frame carries."""
    if not frame.startswith(_EVENT):
        return []
    name, *said = json.loads(frame.removeprefix(_EVENT))
    update = said[0] if name == "event" else {}
    fields = (update.get("delta") or {}).get(Live.get_full_name(), {})
    return [value for name, value in fields.items() if name.startswith("delta") and value]


@asynccontextmanager
async def raw_socket(app: App, token: str = "", **headers: str) -> AsyncIterator[RawSocket]:
    """A connected socket, and what comes on it.

    Args:
        app: Of which app.
        token: The client token to name; a new one when empty.
        headers: More headers of the handshake.
    """
    url = f"{socket_of(app)}&token={token or uuid4()}"
    async with connect(
        url, additional_headers={"Origin": app.url, **headers}, max_size=None
    ) as connection:
        assert str(await connection.recv()).startswith("0{")
        await connection.send("40/_event,")
        socket = RawSocket(connection)
        while not (said := str(await connection.recv())).startswith("40/_event,"):
            socket.came.append(said)  # some of it comes before the socket is connected
        listening = asyncio.create_task(socket.listen())
        try:
            yield socket
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
