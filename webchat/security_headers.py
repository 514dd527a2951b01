"""The security headers of every answer: what a page may load and run, and who may frame it.

An ASGI middleware for the outside of the whole app, so that redirects and errors have them, too;
a socket's handshake has none, for the server passes none on, and nothing is shown or run that came
by it. Knows nothing of Reflex.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Awaitable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.+?)</script>", re.DOTALL)

_UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _UNUSED_FEATURES),
    "cross-origin-opener-policy": "same-origin",
}


def inline_script_hashes(folder: Path) -> tuple[str, ...]:
    """What a Content-Security-Policy needs to allow the inline scripts of built pages.

    Args:
        folder: The folder of the built pages; one that is not there has none.

    Returns:
        Source expressions such as `'sha256-…'`, each once, in a fixed order.
    """
    scripts = {
        script
        for page in folder.glob("**/*.html")
        for script in _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8"))
    }
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(sorted(f"'sha256-{b64encode(digest).decode()}'" for digest in digests))


def page_policy(
    script_hashes: Sequence[str], frame_ancestors: Sequence[str], server: str | None
) -> str:
    """The Content-Security-Policy of a page.

    Args:
        script_hashes: Source expressions of its inline scripts.
        frame_ancestors: The origins that may show it in a frame.
        server: The address of webchat's server where it is not the page's own origin.
    """
    connect = ["'self'"]
    if server:
        parts = urlsplit(server)
        socket = "wss" if parts.scheme == "https" else "ws"
        connect += [f"{parts.scheme}://{parts.netloc}", f"{socket}://{parts.netloc}"]
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *script_hashes],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": connect,
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": list(frame_ancestors) or ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


class SecurityHeaders:
    """An ASGI app around another one that adds the headers to whatever it answers.

    Args:
        app: The app inside.
        folder: The built pages, whose inline scripts may run.
        frame_ancestors: The origins that may show a page in a frame; none when empty.
        server: The address of webchat's server where it is not the page's own origin.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        folder: Path,
        frame_ancestors: Sequence[str] = (),
        server: str | None = None,
    ) -> None:
        self._app = app
        page = page_policy(inline_script_hashes(folder), frame_ancestors, server)
        ancestors = " ".join(frame_ancestors) or "'none'"
        other = f"default-src 'none'; frame-ancestors {ancestors}"
        always = dict(_ALWAYS) if frame_ancestors else {**_ALWAYS, "x-frame-options": "DENY"}
        self._for_pages = _encoded({**always, "content-security-policy": page})
        self._for_others = _encoded({**always, "content-security-policy": other})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and complete the head of each answer."""

        def complete(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                ours = self._for_pages if _is_page(scope, message) else self._for_others
                message["headers"] = [*message.get("headers", ()), *ours]
            return send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)


def _is_page(scope: Scope, start: Message) -> bool:
    if start["status"] == HTTPStatus.NOT_MODIFIED:  # without a type, and kept in place of the old
        return b"text/html" in _value(scope["headers"], b"accept")
    return _value(start.get("headers", ()), b"content-type").startswith(b"text/html")


def _value(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    return next((value for name, value in headers if name.lower() == wanted), b"")


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
