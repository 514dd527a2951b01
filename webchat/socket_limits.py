"""What a socket may send: so many messages a second, so many characters, and little structure.

What is not read yet stays with the client, so that a flood costs neither this process's memory nor
the event loop's time. Reading JSON of a million lists would hold the loop for seconds, and an event
of a page has a few fields and at most one long text, so the rest is refused before it is parsed.
"""

from __future__ import annotations

import asyncio
import logging
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webchat import limits
from webchat.screen.allowance import Allowance

log = logging.getLogger(__name__)

_HEAD = re.compile(r"\d*-?(?:/[^,]*,)?")
"""What stands before a packet's JSON: its types, and a namespace, which may have quotes in it."""

_POLICY_VIOLATION = 1008
"""The WebSocket close code of one who does not keep to the rules."""


class LimitSockets:
    """An ASGI app around another one that reads each socket within the limits.

    Args:
        app: The app inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Slow a socket's messages down, and pass everything else on."""
        if scope["type"] == "websocket":
            receive = _limited(receive)
        await self._app(scope, receive, send)


def _limited(receive: Receive) -> Receive:
    messages = Allowance(limits.MESSAGES_AT_ONCE, limits.MESSAGES_A_SECOND)
    characters = Allowance(limits.CHARACTERS_AT_ONCE, limits.CHARACTERS_A_SECOND)

    async def receive_within_limits() -> Message:
        if wait := max(messages.wait(), characters.wait()):
            await asyncio.sleep(wait)
        message = await receive()
        text = message.get("text") or ""
        messages.use()
        characters.use(len(text))
        if message.get("bytes") or has_much_structure(text):
            log.warning("a socket sent what no page sends, and is closed")
            return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}
        return message

    return receive_within_limits


def has_much_structure(text: str) -> bool:
    """Whether a JSON text has more outside of its strings than an event has.

    Args:
        text: The text; it need not be well-formed.
    """
    if len(text) <= limits.STRUCTURE:
        return False
    text = _HEAD.sub("", text, count=1)
    # Without what is escaped, every other piece between quotes stands outside of a string. In calls
    # on the whole text: reading millions of strings one by one would hold the event loop.
    bare = text.replace("\\\\", "").replace('\\"', "") if "\\" in text else text
    if bare.count('"') > 2 * limits.STRUCTURE:
        return True
    outside = bare.split('"')[::2]
    return len(outside) - 1 + sum(map(len, outside)) > limits.STRUCTURE
