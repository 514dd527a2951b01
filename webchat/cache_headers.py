"""How long a browser may keep an answer: built files for good, all else until it asks again.

The build puts a hash of a file's content into its name, so that such a file never changes. The
pages name those files, and must be asked for each time, or an upgrade would not arrive.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOR_GOOD = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
"""To be kept, and not to be used before the server has said that it is still the same."""

# The server's address is written into `reflex-env` after its name was made.
_HASHED = re.compile(r"/assets/(?!reflex-env-)[^/]+-[\w-]{8}\.(?:js|css)")
_FOUND = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED}


class CacheHeaders:
    """An ASGI app around another one that says of each answer how long it may be kept.

    Args:
        app: The app inside; what it says itself stands.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and complete the head of each answer."""

        def complete(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    for_good = message["status"] in _FOUND and _HASHED.fullmatch(scope["path"])
                    headers.append((b"cache-control", FOR_GOOD if for_good else ASK_AGAIN))
                message["headers"] = headers
            return send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)
