"""The page as a whole: one for a new chat and for every thread, so that going there keeps it."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import RawViewRecord
from webchat.state.live import Live
from webchat.views.browser import Deltas, Skip, record, source_of
from webchat.views.composer import composer
from webchat.views.conversation import conversation
from webchat.views.header import header, outage
from webchat.views.raw_panel import raw_panel


def page() -> rx.Component:
    """Header, conversation, composer; the raw view beside them."""
    return rx.el.div(
        Deltas.create(source=source_of(Live, "delta"), on_gap=Live.resync),
        Skip.create("Skip to the message box", to="message", class_name="skip"),
        rx.el.main(header(), outage(), conversation(), composer(), class_name="chat"),
        raw_panel(),
        class_name="page",
        data_raw=record("raw_view", RawViewRecord)["open"],
    )
