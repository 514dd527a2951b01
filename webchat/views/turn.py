"""One turn of the conversation, a person's or the agent's, and its parts."""

from __future__ import annotations

from typing import Any

import reflex as rx

from webchat.screen.part_records import (
    ErrorRecord,
    EventsRecord,
    ImageRecord,
    InterruptRecord,
    LineRecord,
    NoticeRecord,
    PartKind,
    PlainRecord,
    ReasoningRecord,
    SubagentRecord,
    TextRecord,
    ToolRecord,
    TurnRecord,
)
from webchat.state.live import Live
from webchat.state.raw import Raw
from webchat.views.browser import Fields, record
from webchat.views.error_card import error_card
from webchat.views.icons import icon
from webchat.views.prose import prose
from webchat.views.reasoning import reasoning
from webchat.views.tool_card import tool_card


@rx.memo
def turn(name: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """A turn, its parts in order, what can be done with it, and its figures."""
    this = record(name, TurnRecord)
    return rx.el.article(
        rx.el.h2(rx.cond(this["role"] == "human", "You", "Agent"), class_name="visually-hidden"),
        rx.el.div(
            rx.foreach(this["parts"], lambda key: part(name=key, key=key)), class_name="parts"
        ),
        rx.cond(
            this["working"],
            rx.el.p("Working…", class_name="working", role="status"),
        ),
        rx.cond(this["stopped"], rx.el.p("Stopped by you.", class_name="stopped")),
        _foot(this),
        rest,
        class_name="turn",
        data_turn=this["role"],
        data_live=this["live"],
    )


def _foot(this: Fields) -> rx.Component:
    return rx.el.footer(
        rx.el.span(this["facts"], class_name="facts"),
        rx.cond(
            this["clip"],
            rx.fragment(
                rx.el.button(
                    icon("copy"),
                    rx.el.span("Copy", custom_attrs={"data-label": ""}),
                    type="button",
                    aria_label="Copy message",
                    custom_attrs={"data-clip": this["clip"]},
                ),
                rx.el.button(
                    icon("activity"),
                    rx.el.span("Wire"),
                    type="button",
                    aria_label="Show this message on the wire",
                    on_click=Raw.show_wire_of(this["clip"]),
                ),
            ),
        ),
        class_name="turn-foot",
    )


@rx.memo
def part(name: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """A part of a turn, by its kind."""
    tool, group = record(name, ToolRecord), record(name, SubagentRecord)
    return rx.el.div(
        rx.match(
            record(name, PartKind)["kind"],
            ("text", _text(record(name, TextRecord))),
            ("plain", _plain(record(name, PlainRecord), name)),
            ("reasoning", reasoning(record(name, ReasoningRecord))),
            ("tool", tool_card(tool, name, _parts_within(tool))),
            ("subagent", _subagent(group)),
            ("image", _image(record(name, ImageRecord))),
            ("interrupt", _interrupt(record(name, InterruptRecord), name)),
            ("error", error_card(record(name, ErrorRecord))),
            ("events", _events(record(name, EventsRecord), name)),
            ("line", _line(record(name, LineRecord))),
            _notice(record(name, NoticeRecord), name),
        ),
        rest,
        class_name="part",
        custom_attrs=_names(name),
    )


def _names(name: rx.Var[str]) -> dict[str, Any]:
    """What tests and other programs find a part by."""
    nothing = rx.Var("undefined")
    kind, tool = record(name, PartKind)["kind"], record(name, ToolRecord)
    is_tool = kind == "tool"
    return {
        "data-part": rx.match(kind, ("plain", "text"), kind),
        "data-tool-name": rx.cond(is_tool, tool["name"], nothing),
        "data-tool-status": rx.cond(is_tool, tool["status"], nothing),
    }


def _parts_within(this: Fields) -> rx.Component:
    """The parts of a nested run, each of which may have such parts again."""
    return rx.foreach(this["children"], lambda key: part(name=key, key=key))


def _text(this: Fields) -> rx.Component:
    return rx.fragment(
        prose(this),
        rx.cond(
            this["citations"].length() > 0,
            rx.el.ol(
                rx.foreach(this["citations"], _citation),
                class_name="citations",
                aria_label="Sources",
            ),
        ),
    )


def _citation(source: Fields) -> rx.Component:
    """A source: its number, and where it is if that can be followed safely."""
    number = rx.el.span(source["number"], class_name="citation-number")
    return rx.el.li(
        rx.cond(
            source["detail"],
            rx.el.a(
                number,
                rx.el.span(source["text"]),
                href=source["detail"],
                title=source["quote"],
                target="_blank",
                rel="noopener noreferrer nofollow",
            ),
            rx.el.span(number, rx.el.span(source["text"]), title=source["quote"]),
        )
    )


def _plain(this: Fields, key: rx.Var[str]) -> rx.Component:
    """A person's words, and what shows more of them."""
    return rx.el.div(
        rx.el.p(this["text"], class_name="plain"),
        rx.cond(
            this["action"],
            rx.el.button(
                this["action"],
                type="button",
                class_name="more",
                custom_attrs={"data-show": this["piece"]},
            ),
        ),
        custom_attrs={"data-tree": "part:" + key.to(str)},
    )


def _line(this: Fields) -> rx.Component:
    return rx.el.p(this["text"], class_name="line")


def _subagent(this: Fields) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right"),
            rx.el.span(this["name"]),
            rx.el.span(this["summary"], class_name="tool-summary"),
            _progress(this),
        ),
        _parts_within(this),
        open=True,
        class_name="subagent",
    )


def _image(this: Fields) -> rx.Component:
    return rx.cond(
        this["source"],
        rx.el.img(src=this["source"], alt=this["text"], class_name="image"),
        rx.el.p(
            rx.el.a(
                this["text"],
                href=this["detail"],
                target="_blank",
                rel="noopener noreferrer nofollow",
            )
        ),
    )


def _interrupt(this: Fields, key: rx.Var[str]) -> rx.Component:
    return rx.el.section(
        rx.el.header(icon("pause"), rx.el.h3("The agent is waiting for an answer")),
        rx.el.div(rx.html(this["result"]), custom_attrs={"data-tree": "part:" + key.to(str)}),
        class_name="card interrupt",
    )


def _events(this: Fields, key: rx.Var[str]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right"),
            rx.el.span(this["label"]),
            rx.el.span(this["summary"], class_name="tool-summary"),
            _progress(this),
            on_click=Live.open_part(key),
        ),
        rx.cond(
            this["expanded"],
            rx.el.div(
                rx.cond(this["kept"], rx.el.p(this["kept"], class_name="line")),
                rx.html(this["result"]),
                custom_attrs={"data-tree": "part:" + key.to(str)},
            ),
        ),
        class_name="notice",
    )


def _progress(this: Fields) -> rx.Component:
    return rx.cond(
        this["percent"] >= 0,
        rx.el.progress(value=this["percent"], max=100, aria_label="Progress"),
    )


def _notice(this: Fields, key: rx.Var[str]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(icon("chevron-right"), rx.el.span(this["label"])),
        rx.el.div(rx.html(this["result"]), custom_attrs={"data-tree": "part:" + key.to(str)}),
        class_name="notice",
    )
