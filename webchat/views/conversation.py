"""The conversation: its turns, what stands in their place while there are none, and following."""

from __future__ import annotations

import reflex as rx

from webchat.reflex_private import socket_is_down
from webchat.screen.records import GraphRecord, LoadErrorRecord, PageRecord, TurnsRecord
from webchat.state.live import Live
from webchat.state.session import Session
from webchat.views.browser import Clicks, Fields, Follow, Waiting, record
from webchat.views.error_card import error_card
from webchat.views.icons import icon
from webchat.views.turn import turn
from webchat.views.welcome import welcome


@rx.memo
def conversation() -> rx.Component:
    """The scrolling middle of the page."""
    page = record("page", PageRecord)
    return Follow.create(
        Clicks.create(
            rx.match(
                page["state"],
                ("new", welcome()),
                ("error", _load_error(page)),
                ("thread", turns()),
                _loading(),
            ),
            Waiting.create(offline=socket_is_down(), assistant=Session.assistant_id),
            on_clip=Live.clip,
            on_show=Live.show,
            class_name="column",
        ),
        name="latest",
        jump_label="↓ Jump to latest",
        on_earlier=Live.earlier,
        aria_label="Conversation",
        aria_live="polite",
        custom_attrs={"role": "log"},
    )


@rx.memo
def turns() -> rx.Component:
    """The turns, oldest first."""
    this = record("turns", TurnsRecord)
    return rx.fragment(
        rx.cond(
            this["earlier"] > 0,
            rx.el.button(
                "Earlier messages · " + this["earlier"].to_string(),
                type="button",
                on_click=Live.earlier,
                class_name="earlier",
                custom_attrs={"data-earlier": ""},
            ),
        ),
        graph_state(),
        rx.foreach(this["ids"], lambda key: turn(name=key, key=key)),
        run_load_error(),
    )


@rx.memo
def graph_state() -> rx.Component:
    """The state of a thread without messages, as it changes."""
    this = record("graph", GraphRecord)
    return rx.cond(
        this["shown"],
        rx.el.section(
            rx.el.p(this["note"], class_name="line"),
            rx.cond(this["input"], _tree("Input", this["input"], "graph:input")),
            rx.cond(this["html"], _tree("State", this["html"], "graph:values")),
            rx.cond(this["earlier"], _tree("Earlier inputs", this["earlier"], "graph:earlier")),
            rx.cond(this["live"], rx.el.p("Working…", class_name="working", role="status")),
            class_name="graph",
            data_role="graph-state",
        ),
        rx.cond(this["note"], rx.el.p(this["note"], class_name="line nothing")),
    )


def _tree(title: str, html: rx.Var[str], name: str) -> rx.Component:
    return rx.el.section(
        rx.el.header(
            rx.el.h2(title),
            rx.el.button(
                "Copy",
                type="button",
                aria_label=f"Copy {title.lower()}",
                custom_attrs={"data-clip": name},
            ),
        ),
        rx.html(html),
        class_name="card",
        aria_live="off",
        custom_attrs={"data-tree": name},
    )


@rx.memo
def run_load_error() -> rx.Component:
    """A run that could not be followed to its end."""
    this = record("load_error", LoadErrorRecord)
    return rx.cond(this["text"], rx.el.div(error_card(this), custom_attrs={"data-part": "error"}))


def _load_error(page: Fields) -> rx.Component:
    """Why an address shows no conversation: what happened, what to do, and a way on."""
    return rx.el.section(
        icon("unplug", 28),
        rx.el.h2(page["title"]),
        rx.el.p(page["advice"]),
        rx.cond(
            page["detail"],
            rx.el.details(rx.el.summary("Technical detail"), rx.el.pre(page["detail"])),
        ),
        rx.el.div(
            rx.el.a("Start a new chat", href="/", class_name="button primary"),
            rx.el.button("Try again", type="button", on_click=Live.reopen),
            class_name="row",
        ),
        class_name="load-error",
    )


def _loading() -> rx.Component:
    """A skeleton; the stylesheet shows it only after 200 ms."""
    return rx.el.div(
        *[rx.el.div(class_name="bone") for _ in range(4)],
        class_name="skeleton",
        aria_hidden="true",
    )
