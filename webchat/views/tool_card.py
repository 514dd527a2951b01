"""A tool call: one line when collapsed, its arguments and its result when expanded."""

from __future__ import annotations

import reflex as rx

from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.views.browser import Elapsed, Fields
from webchat.views.icons import icon


def tool_card(part: Fields, key: rx.Var[str], inside: rx.Component) -> rx.Component:
    """The card of a tool call.

    Args:
        part: The call.
        key: Its key in the store.
        inside: What a subagent did within the call.
    """
    return rx.el.details(
        _head(part, key),
        rx.cond(
            part["expanded"],
            rx.el.div(
                _side("Arguments", part["arguments"], key, "arguments"),
                rx.cond(part["result"], _side("Result", part["result"], key, "result")),
                rx.cond(part["artifact"], _side("Artifact", part["artifact"], key, "artifact")),
                class_name="tool-body",
            ),
        ),
        rx.el.div(inside, class_name="tool-inside"),
        rx.el.div(
            rx.el.button(
                "Show on the wire",
                type="button",
                on_click=Raw.show_wire_of("part:" + key.to(str)),
            ),
            class_name="tool-foot",
        ),
        open=part["status"] == "failed",
        class_name="tool",
        data_status=part["status"],
    )


def _head(part: Fields, key: rx.Var[str]) -> rx.Component:
    return rx.el.summary(
        rx.el.span(
            icon("wrench"),
            rx.el.span(part["name"], class_name="tool-name"),
            rx.el.span(part["summary"], class_name="tool-summary"),
            rx.el.span(_status(part), class_name="tool-status"),
            icon("chevron-down"),
            class_name="tool-line",
        ),
        rx.cond(
            part["outcome"] != "",
            rx.el.span(part["outcome"], class_name="tool-outcome"),
        ),
        rx.cond(
            part["percent"] >= 0,
            rx.el.progress(value=part["percent"], max=100, aria_label="Progress"),
        ),
        on_click=Live.open_part(key),
    )


def _status(part: Fields) -> rx.Component:
    return rx.fragment(
        rx.match(
            part["status"],
            ("done", icon("check")),
            ("failed", icon("x")),
            ("cancelled", icon("ban")),
            ("unfinished", icon("ban")),
            ("waiting", icon("pause")),
            icon("loader-circle"),
        ),
        rx.el.span(part["word"]),
        rx.cond(
            part["status"] == "running",
            Elapsed.create(since=part["since"]),
            rx.el.span(part["time"], class_name="time"),
        ),
    )


def _side(title: str, tree: rx.Var[str], key: rx.Var[str], side: str) -> rx.Component:
    name = f"{side}:" + key.to(str)
    return rx.el.section(
        rx.el.header(
            rx.el.h3(title),
            rx.el.button("Copy", type="button", custom_attrs={"data-clip": name}),
        ),
        rx.html(tree),
        custom_attrs={"data-tree": name},
    )
