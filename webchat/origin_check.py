"""Who may open a socket: pages of known origins, and programs only if a setting says so.

A browser always names the origin of the page that opens a socket, and the socket server refuses
the unknown ones. What names none is a program, or a page that hides where it comes from.
"""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)

_POLICY_VIOLATION = 1008
"""The WebSocket close code; before the handshake it becomes an HTTP 403."""


class RequireOrigin:
    """An ASGI app around another one that lets no socket in without an `Origin` header.

    Args:
        app: The app inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a socket without an origin, and pass everything else on."""
        if scope["type"] != "websocket" or any(
            name == b"origin" and value for name, value in scope["headers"]
        ):
            await self._app(scope, receive, send)
            return
        if not self._told:
            self._told = True
            log.warning(
                "a program without an Origin header was refused a socket; set "
                "WEBCHAT_ALLOW_PROGRAMS=true if programs are to use it"
            )
        await receive()  # websocket.connect
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
