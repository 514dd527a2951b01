"""The raw view: a run's events as they came over the wire, by stream mode."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import RawRecord, RawViewRecord, RowRecord
from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.views.browser import Clicks, Edge, Fields, Follow, Rows, Tabs, record
from webchat.views.icons import icon

TABS = ("values", "updates", "messages", "all")


def raw_panel() -> rx.Component:
    """The panel beside the chat; nothing at all while it is shut."""
    return rx.cond(record("raw_view", RawViewRecord)["open"], _panel())


@rx.memo
def _panel() -> rx.Component:
    this = record("raw", RawRecord)
    return rx.el.aside(
        Edge.create(class_name="edge"),
        rx.el.div(_tabs(this), _close(), class_name="raw-bar"),
        _head(this),
        Follow.create(
            Clicks.create(
                Rows.create(_earlier(this), rx.foreach(this["rows"], _keyed), class_name="rows"),
                rx.cond(this["empty"], rx.el.p(this["empty"], class_name="muted pad")),
                on_clip=Live.clip,
                on_show=Live.show,
            ),
            name="raw",
            jump_label="↓ Follow the newest",
            aria_label="Events",
            custom_attrs={"role": "region"},
        ),
        rx.cond(
            this["final"],
            rx.el.button(
                "Final state",
                type="button",
                on_click=Raw.show_final,
                data_role="final-state",
                class_name="final",
            ),
        ),
        aria_label="Raw view",
        data_role="raw-panel",
        class_name="raw",
    )


def _keyed(key: rx.Var[str]) -> rx.Component:
    return row(name=key, key=key)


def _tabs(this: Fields) -> rx.Component:
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


def _head(this: Fields) -> rx.Component:
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
            this["about"],
            rx.el.button(
                icon("filter"),
                this["about"],
                icon("x"),
                type="button",
                aria_label="Show all events again",
                on_click=Raw.about_all,
                class_name="about",
            ),
        ),
        class_name="raw-head",
    )


def _earlier(this: Fields) -> rx.Component:
    return rx.cond(
        this["earlier"] > 0,
        rx.el.button(
            "Earlier events · " + this["earlier"].to_string(),
            type="button",
            on_click=Raw.earlier,
            class_name="earlier",
        ),
    )


@rx.memo
def row(name: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """An event: its figures in one line; expanded, its JSON as a tree."""
    this = record(name, RowRecord)
    tree = "event:" + this["number"].to_string()
    return rx.el.div(
        rx.el.button(
            rx.el.span(this["number"], class_name="number"),
            rx.el.span(this["at"], class_name="at"),
            rx.el.span(rx.el.span(class_name="dot"), this["mode"], class_name="mode"),
            rx.el.span(this["node"], class_name="node"),
            rx.el.span(this["namespace"], class_name="namespace", title=this["namespace"]),
            rx.el.span(this["size"], class_name="size"),
            type="button",
            aria_expanded=this["open"],
            on_click=Raw.open_row(this["number"]),
            custom_attrs={"data-event-head": ""},
        ),
        rx.cond(
            this["open"],
            rx.el.div(
                rx.el.button("Copy", type="button", custom_attrs={"data-clip": tree}),
                rx.html(this["body"]),
                class_name="event-body",
                custom_attrs={"data-tree": tree},
            ),
        ),
        rest,
        class_name="event",
        data_event=this["number"],
        data_mode=this["mode"],
    )
