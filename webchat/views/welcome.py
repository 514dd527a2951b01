"""The empty chat: who the agent is, what it can do, and a few ways to begin."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import ComposerRecord
from webchat.state.session import Session
from webchat.views.browser import record
from webchat.views.icons import icon


def welcome() -> rx.Component:
    """The agent's name, a sentence, its tools as chips, starters that send on click."""
    this = record("composer", ComposerRecord)
    return rx.el.section(
        rx.cond(
            Session.assistant_note,
            rx.el.p(
                icon("triangle-alert"), Session.assistant_note, role="alert", class_name="note"
            ),
        ),
        rx.el.h2(Session.agent_name),
        rx.cond(
            Session.agent_about,
            rx.el.p(Session.agent_about, class_name="muted"),
            rx.cond(
                Session.agent_name & ~this["json"],
                rx.el.p("Ask it something.", class_name="muted"),
            ),
        ),
        rx.cond(
            Session.agent_tools,
            rx.el.ul(
                rx.foreach(Session.agent_tools, lambda tool: rx.el.li(tool)),
                class_name="chips",
                aria_label="Its tools",
            ),
        ),
        rx.cond(
            this["json"],
            rx.el.p(
                "This graph has no messages: send its input as JSON, and see its state change."
            ),
            _starters(),
        ),
        class_name="welcome",
    )


def _starters() -> rx.Component:
    return rx.el.div(
        rx.foreach(
            Session.starters,
            lambda words: rx.el.button(
                words,
                type="submit",
                form="composer",
                data_role="starter",
                custom_attrs={"data-starter": words},
                class_name="starter",
            ),
        ),
        class_name="starters",
    )
