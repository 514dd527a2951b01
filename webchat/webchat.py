"""The front door: the app, its one page, its lifespan."""

from __future__ import annotations

import reflex as rx

from webchat.lifespan import running
from webchat.logs import keep_secrets_out
from webchat.reflex_private import error_boundary
from webchat.state.live import Live, tell
from webchat.state.session import Session
from webchat.views.page import page

keep_secrets_out()

app = rx.App(
    app_wraps={(55, "ErrorBoundary"): error_boundary},
    toaster=None,  # the page says by itself what Reflex would toast
    backend_exception_handler=tell,
    stylesheets=["/webchat.css", "/prose.css"],
    head_components=[
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
        rx.el.meta(name="color-scheme", content="light dark"),
    ],
)
# One page for all addresses, so that going from a new chat to its thread keeps it as it is.
app.add_page(
    page, route="/[[room]]/[[thread_id]]", title="webchat", on_load=[Session.load, Live.watch]
)
app.add_page(page, route="404", title="webchat", on_load=[Session.load, Live.watch])
app.register_lifespan_task(running)
