"""The app: its page for all addresses, its lifespan, and what stands around it."""

from __future__ import annotations

import os
from functools import partial

import reflex as rx

from webchat.cache_headers import CacheHeaders
from webchat.lifespan import running
from webchat.logs import page_error, protect_logs
from webchat.origin_check import RequireOrigin
from webchat.reflex_private import WrappedApp, built_page, error_boundary
from webchat.security_headers import SecurityHeaders
from webchat.settings import load_settings
from webchat.socket_limits import LimitSockets
from webchat.state.live import Live, tell
from webchat.state.session import Session
from webchat.views.page import page

protect_logs()
settings = load_settings()

app = WrappedApp(
    app_wraps={(55, "ErrorBoundary"): error_boundary},
    toaster=None,  # the page says by itself what Reflex would toast
    backend_exception_handler=tell,
    frontend_exception_handler=page_error,
    stylesheets=["/webchat.css", "/prose.css"],
    head_components=[
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
        rx.el.meta(name="color-scheme", content="light dark"),
    ],
    wrappers=[
        CacheHeaders,
        LimitSockets,
        *([] if settings.allow_programs else [RequireOrigin]),
        partial(
            SecurityHeaders,
            folder=built_page(),
            frame_ancestors=settings.frame_ancestors,
            server=os.environ.get("REFLEX_API_URL"),
        ),
    ],
)
# One page for all addresses, so that going from a new chat to its thread keeps it as it is.
app.add_page(
    page, route="/[[room]]/[[thread_id]]", title="webchat", on_load=[Session.load, Live.watch]
)
app.add_page(page, route="404", title="webchat", on_load=[Session.load, Live.watch])
app.register_lifespan_task(running)
