"""Pages without a browser: sockets that say what a real page said, and time what comes back.

One machine cannot draw twenty pages and measure the server too: they would wait for each other.
So one page is real, and the others repeat on sockets of their own what it sent to open a thread
and to ask, with other ids. What the words on the socket mean is not known here.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
import uuid
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

APART = 0.047
"""Seconds between two pages' messages: no divisor of a token's time, so that they mix."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARKER = re.compile(r"\bt(\d{5})\b")
_PING, _PONG = "2", "3"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a real page said on its socket.

    Attributes:
        url: The socket's address.
        thread_id: The thread that it opened.
        words: What its person asked there.
        opening: What it said until it showed the thread.
        asking: What it said to ask.
    """

    url: str
    thread_id: str
    words: str
    opening: Sequence[str]
    asking: Sequence[str]


@dataclass(slots=True)
class LightPage:
    """One of the others.

    Attributes:
        recording: What the real page said.
        thread_id: The thread to open instead.
        words: What to ask instead.
        seen: When each token came, Unix milliseconds.
        received: Bytes that came.
    """

    recording: Recording
    thread_id: str
    words: str
    seen: list[float] = field(default_factory=list)
    received: int = 0
    _socket: ClientConnection | None = None

    async def open(self) -> None:
        """Connect, and open the thread."""
        url = _UUID.sub(str(uuid.uuid4()), self.recording.url, count=1)  # the tab's token
        origin = re.sub(r"^ws(s?://[^/]+).*", r"http\1", url)
        self._socket = await connect(url, additional_headers={"Origin": origin})
        await self._say(self.recording.opening)

    async def ask(self) -> None:
        """Send the message."""
        await self._say(_with_new_ids(self.recording.asking, self.recording.thread_id))

    async def _say(self, frames: Sequence[str]) -> None:
        assert self._socket is not None, "open the page first"
        for frame in frames:
            own = frame.replace(self.recording.thread_id, self.thread_id)
            await self._socket.send(own.replace(self.recording.words, self.words))

    async def read(self) -> None:
        """Take in what comes, until the socket is closed."""
        assert self._socket is not None, "open the page first"
        with suppress(ConnectionClosed):
            async for frame in self._socket:
                now = time.time() * 1000
                text = frame if isinstance(frame, str) else frame.decode(errors="replace")
                if text == _PING:
                    await self._socket.send(_PONG)
                self.received += len(text.encode())
                # Only what changed is sent: a marker stands for all those before it.
                newest = max(map(int, _MARKER.findall(text)), default=0)
                self.seen += [now] * (newest - len(self.seen))

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()


def _with_new_ids(frames: Sequence[str], thread_id: str) -> list[str]:
    """The frames with fresh ids in place of all but the thread's, the same for the same."""
    fresh = {thread_id: thread_id}
    return [
        _UUID.sub(lambda found: fresh.setdefault(found[0], str(uuid.uuid4())), frame)
        for frame in frames
    ]


class Crowd:
    """Light pages on a thread of their own; a context manager that opens and closes them."""

    def __init__(self, pages: Sequence[LightPage]) -> None:
        self.pages = pages
        self._loop = asyncio.new_event_loop()
        self._reading: list[asyncio.Task[None]] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def __enter__(self) -> Crowd:
        self._do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def ask(self) -> None:
        """Send every page's message, one after another; returns at once."""
        asyncio.run_coroutine_threadsafe(self._ask(), self._loop)

    def received(self) -> int:
        """Bytes that came so far, to all of them."""
        return sum(page.received for page in self.pages)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> None:
        for page in self.pages:
            await page.open()
            self._reading.append(asyncio.create_task(page.read()))

    async def _ask(self) -> None:
        for page in self.pages:
            await page.ask()
            await asyncio.sleep(APART)

    async def _close(self) -> None:
        for page in self.pages:
            await page.close()
        await asyncio.gather(*self._reading)
