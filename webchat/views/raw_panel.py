"""The raw view: a run's events as they came over the wire, by stream mode."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import RawRecord, RawViewRecord, StateRecord
from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.views.browser import Clicks, Edge, Follow, Rows, Tabs, record
from webchat.views.icons import icon

TABS = ("values", "updates", "messages", "all")


def raw_panel() -> rx.Component:
    """The panel beside the chat; nothing at all while it is shut."""
    return rx.cond(record("raw_view", RawViewRecord)["open"], _panel())


@rx.memo
def _panel() -> rx.Component:
    """The panel's frame; what changes with each event is drawn by components of its own."""
    return rx.el.aside(
        Edge.create(class_name="edge"),
        rx.el.div(_tabs(), _close(), class_name="raw-bar"),
        _head(),
        rx.cond(record("state", StateRecord)["open"], _state(), _events()),
        _final(),
        aria_label="Raw view",
        data_role="raw-panel",
        class_name="raw",
    )


def _events() -> rx.Component:
    return Follow.create(
        Clicks.create(
            Rows.create(_earlier(), on_expand=Raw.expand_row, class_name="rows"),
            _empty(),
            on_clip=Live.clip,
            on_show=Live.show,
        ),
        name="raw",
        jump_label="↓ Follow the newest",
        on_follow=Raw.follow,
        aria_label="Events",
        custom_attrs={"role": "region"},
    )


@rx.memo
def _state() -> rx.Component:
    """The thread's state as a tree, or why it could not be read."""
    state = record("state", StateRecord)
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Thread state"),
            rx.el.span(state["facts"], class_name="facts"),
            rx.el.button("Read again", type="button", on_click=Raw.read_state),
            class_name="raw-head",
        ),
        Clicks.create(
            rx.cond(
                state["error"],
                rx.el.p(state["error"], class_name="pad bad", role="alert"),
                rx.cond(
                    state["html"],
                    rx.el.div(
                        rx.el.button("Copy", type="button", custom_attrs={"data-clip": "state:"}),
                        rx.html(state["html"]),
                        class_name="event-body",
                        custom_attrs={"data-tree": "state:"},
                    ),
                    rx.el.p("Reading…", class_name="muted pad"),
                ),
            ),
            on_clip=Live.clip,
            on_show=Live.show,
            custom_attrs={"tabIndex": 0},
            class_name="state-tree",
        ),
        aria_label="Thread state",
        data_role="thread-state",
        class_name="state",
    )


@rx.memo
def _final() -> rx.Component:
    this = record("raw", RawRecord)
    words = rx.cond(this["ended"], "Final state", "State so far")
    return rx.cond(
        this["thread"],
        rx.el.button(
            rx.cond(record("state", StateRecord)["open"], "Show the events", words),
            type="button",
            on_click=Raw.toggle_state,
            data_role="final-state",
            class_name="final",
        ),
    )


@rx.memo
def _empty() -> rx.Component:
    this = record("raw", RawRecord)
    return rx.cond(this["empty"], rx.el.p(this["empty"], class_name="muted pad"))


@rx.memo
def _tabs() -> rx.Component:
    this = record("raw", RawRecord)
    return Tabs.create(
        *[
            rx.el.button(
                tab.capitalize(),
                rx.el.span(this[tab], class_name="count"),
                type="button",
                role="tab",
                aria_selected=record("raw_view", RawViewRecord)["tab"] == tab,
                on_click=Raw.choose_tab(tab),
                custom_attrs={"data-raw-mode": tab},
            )
            for tab in TABS
        ],
        custom_attrs={"role": "tablist"},
        aria_label="Stream modes",
        class_name="tabs",
    )


def _close() -> rx.Component:
    return rx.el.button(
        icon("x"), type="button", aria_label="Close the raw view", on_click=Raw.toggle
    )


@rx.memo
def _head() -> rx.Component:
    this = record("raw", RawRecord)
    return rx.el.div(
        rx.cond(
            this["several"],
            rx.el.select(
                rx.foreach(
                    this["runs"], lambda one: rx.el.option(one["label"], value=one["run_id"])
                ),
                value=this["run"],
                on_change=Raw.choose_run,
                aria_label="Run",
            ),
            rx.el.span("run ", rx.el.code(this["run"])),
        ),
        rx.el.span(this["facts"], class_name="facts"),
        rx.cond(
            this["filter"],
            rx.el.button(
                icon("filter"),
                this["filter"],
                icon("x"),
                type="button",
                aria_label="Show all events again",
                on_click=Raw.show_all,
                class_name="filter",
            ),
        ),
        class_name="raw-head",
    )


@rx.memo
def _earlier() -> rx.Component:
    this = record("raw", RawRecord)
    return rx.cond(
        this["earlier"] > 0,
        rx.el.button(
            "Earlier events · " + this["earlier"].to_string(),
            type="button",
            on_click=Raw.earlier,
            class_name="earlier",
        ),
    )
