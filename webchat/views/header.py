"""The bar on top: whom one talks to, how the connection stands, and the switches."""

from __future__ import annotations

import reflex as rx

from webchat.reflex_private import socket_is_down
from webchat.screen.records import HealthRecord, RawViewRecord
from webchat.state.raw import Raw
from webchat.state.session import Session
from webchat.views.browser import record
from webchat.views.icons import icon


def header() -> rx.Component:
    """Assistant, new chat, connection, theme, raw."""
    return rx.el.header(
        rx.el.h1("webchat", class_name="visually-hidden"),
        assistant_picker(),
        rx.el.a(
            icon("square-pen"),
            rx.el.span("New chat"),
            href="/",
            aria_label="New chat",
            data_role="new-chat",
            class_name="button",
        ),
        connection(),
        rx.el.button(
            rx.color_mode_cond(icon("moon"), icon("sun")),
            type="button",
            aria_label=rx.color_mode_cond("Switch to dark", "Switch to light"),
            on_click=rx.toggle_color_mode,
            data_role="theme",
        ),
        rx.el.button(
            icon("activity"),
            rx.el.span("Raw"),
            type="button",
            aria_label="Raw view",
            aria_pressed=record("raw_view", RawViewRecord)["open"],
            on_click=Raw.toggle,
            data_role="raw-toggle",
        ),
        class_name="top",
    )


def assistant_picker() -> rx.Component:
    """All assistants of the server, the default one chosen."""
    return rx.el.label(
        rx.el.span("Assistant", class_name="visually-hidden"),
        rx.el.select(
            rx.cond(
                Session.assistants.length() == 0,
                rx.el.option(
                    rx.cond(Session.assistant_note != "", "No assistants", "Assistants…"), value=""
                ),
            ),
            rx.foreach(
                Session.assistants,
                lambda one: rx.el.option(one["name"], value=one["assistant_id"]),
            ),
            value=Session.assistant_id,
            on_change=Session.choose,
            data_role="assistant-picker",
            disabled=Session.assistants.length() == 0,
        ),
        class_name="picker",
    )


@rx.memo
def outage() -> rx.Component:
    """Why the connection is not as it should be; nothing while it is."""
    this = record("health", HealthRecord)
    return rx.cond(
        socket_is_down(),
        _bar("This page lost webchat, and keeps trying. Your draft is kept.", "away"),
        rx.cond(this["reason"], _bar(this["reason"], this["word"])),
    )


def _bar(words: str | rx.Var[str], state: str | rx.Var[str]) -> rx.Component:
    return rx.el.p(icon("unplug"), words, class_name="outage", data_state=state)


@rx.memo
def connection() -> rx.Component:
    """A dot and a word."""
    this = record("health", HealthRecord)
    return rx.el.p(
        rx.el.span(class_name="dot", aria_hidden="true"),
        rx.el.span(
            rx.cond(socket_is_down(), "Reconnecting", this["text"]),
            class_name="connection-text",
        ),
        role="status",
        data_role="connection",
        data_state=rx.cond(socket_is_down(), "reconnecting", this["word"]),
        class_name="connection",
    )
