"""A failure, as a card that stays: what happened, what to do, a button that does it."""

from __future__ import annotations

import reflex as rx

from webchat.state.chat import Chat
from webchat.views.browser import Fields
from webchat.views.icons import icon


def error_card(this: Fields) -> rx.Component:
    """The card; the technical line is collapsed."""
    return rx.el.section(
        rx.el.header(icon("triangle-alert"), rx.el.h3(this["text"])),
        rx.el.p(this["advice"]),
        rx.cond(
            this["detail"],
            rx.el.details(rx.el.summary("Technical detail"), rx.el.pre(this["detail"])),
        ),
        rx.cond(
            this["action"],
            rx.el.button(this["action"], type="button", on_click=Chat.retry, data_role="retry"),
        ),
        class_name="card error",
        role="alert",
    )
