"""Where a person writes: the message box, send, and stop while a run goes on."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import ComposerRecord, PageRecord
from webchat.state.chat import Chat
from webchat.views.browser import Composer, Fields, record
from webchat.views.icons import icon


@rx.memo
def composer() -> rx.Component:
    """The form at the foot of the page."""
    this = record("composer", ComposerRecord)
    return Composer.create(
        rx.cond(
            this["note"],
            rx.el.p(icon("triangle-alert"), this["note"], role="alert", class_name="note"),
        ),
        rx.el.div(
            rx.el.textarea(
                placeholder="Message the agent…",
                rows=1,
                aria_label="Message",
                aria_describedby="composer-reason",
                id="message",
                data_role="composer",
                enter_key_hint="send",
                disabled=this["blocked"] != "",
            ),
            rx.cond(this["running"], _stop(this), _send(this)),
            class_name="composer-box",
        ),
        rx.el.p(
            rx.cond(this["blocked"], this["blocked"], "Enter sends · Shift + Enter for a new line"),
            id="composer-reason",
            data_blocked=this["blocked"] != "",
            class_name="hint",
        ),
        thread=record("page", PageRecord)["thread"],
        on_send=Chat.send,
        class_name="composer",
        aria_label="Write a message",
    )


def _send(this: Fields) -> rx.Component:
    return rx.el.button(
        icon("arrow-up", 18),
        type="submit",
        aria_label="Send",
        data_role="send",
        disabled=this["blocked"] != "",
        class_name="round primary",
    )


def _stop(this: Fields) -> rx.Component:
    return rx.el.button(
        icon("square", 14),
        type="button",
        aria_label=rx.cond(this["stopping"], "Stopping", "Stop"),
        data_role="stop",
        disabled=this["stopping"],
        on_click=Chat.stop,
        class_name="round",
    )
