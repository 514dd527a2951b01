"""Text that the server rendered: settled blocks that never change again, and the growing one."""

from __future__ import annotations

import reflex as rx

from webchat.screen.records import BlockRecord
from webchat.views.browser import Fields, record


@rx.memo
def block(name: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """One settled block."""
    return rx.el.div(rx.html(record(name, BlockRecord)["html"]), rest, class_name="block")


@rx.memo
def tail(name: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """The block that is still growing: not announced until it has settled."""
    return rx.el.div(
        rx.html(record(name, BlockRecord)["html"]), rest, class_name="block tail", aria_live="off"
    )


def prose(part: Fields) -> rx.Component:
    """Markdown, as it stands."""
    return rx.el.div(
        rx.foreach(part["blocks"], lambda key: block(name=key, key=key)),
        rx.cond(part["tail"], tail(name=part["tail"], key=part["tail"])),
        class_name="prose",
    )
