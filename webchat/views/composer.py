"""Where a person writes: the message box, send, and stop while a run goes on."""

from __future__ import annotations

import reflex as rx

from webchat.limits import LONGEST_MESSAGE
from webchat.reflex_private import socket_is_down
from webchat.screen.records import ComposerRecord, PageRecord
from webchat.state.chat import Chat
from webchat.state.session import Session
from webchat.views.browser import Composer, Fields, WaitingElsewhere, record
from webchat.views.icons import icon


@rx.memo
def composer() -> rx.Component:
    """The form at the foot of the page; it takes messages whatever the connection is like."""
    this, page = record("composer", ComposerRecord), record("page", PageRecord)
    return Composer.create(
        rx.cond(this["note"], _note(this["note"])),
        # an empty page says it above the assistant's name
        rx.cond(
            (page["state"] != "new") & (Session.assistant_note != ""), _note(Session.assistant_note)
        ),
        WaitingElsewhere.create(),
        rx.el.div(
            rx.el.textarea(
                placeholder=rx.cond(this["json"], "JSON for the graph…", "Message the agent…"),
                rows=1,
                aria_label="Message",
                aria_describedby="composer-hint",
                id="message",
                data_role="composer",
                enter_key_hint="send",
            ),
            rx.cond(this["running"], _stop(this), _send()),
            class_name="composer-box",
        ),
        rx.el.p(
            _hint(this),
            id="composer-hint",
            data_important=(this["blocked"] != "") | this["asking"] | this["json"],
            class_name="hint",
        ),
        on_send=Chat.send,
        on_returned=Chat.has_returned,
        longest=LONGEST_MESSAGE,
        assistant=Session.assistant_id,
        offline=socket_is_down(),
        class_name="composer",
        aria_label="Write a message",
        custom_attrs={"id": "composer"},  # `id` would take the form's ref for Reflex
    )


def _note(words: str | rx.Var[str]) -> rx.Component:
    return rx.el.p(icon("triangle-alert"), words, role="alert", class_name="note")


def _hint(this: Fields) -> rx.Component:
    """What becomes of a message that is sent now."""
    return rx.cond(
        this["blocked"],
        this["blocked"],
        rx.cond(
            this["asking"],
            "The agent waits for an answer. A message instead drops its question.",
            rx.cond(
                this["running"],
                "Enter keeps a message until the agent is done",
                rx.cond(
                    this["json"],
                    "This graph takes JSON: " + this["keys"],
                    "Enter sends · Shift + Enter for a new line",
                ),
            ),
        ),
    )


def _send() -> rx.Component:
    return rx.el.button(
        icon("arrow-up", 18),
        type="submit",
        aria_label="Send",
        data_role="send",
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
