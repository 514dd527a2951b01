"""Text that the server rendered: settled blocks that never change again, and the growing one."""

from __future__ import annotations

import reflex as rx

from webchat.state.shapes import BlockNode
from webchat.views.browser import Fields, node


@rx.memo
def block(key_: rx.Var[str], rest: rx.RestProp) -> rx.Component:
    """One settled block."""
    return rx.el.div(rx.html(node(key_, BlockNode)["html"]), rest, class_name="block")


@rx.memo
def tail(key_: rx.Var[str]) -> rx.Component:
    """The block that is still growing: not announced until it has settled."""
    return rx.el.div(
        rx.html(node(key_, BlockNode)["html"]), class_name="block tail", aria_live="off"
    )


def prose(part: Fields) -> rx.Component:
    """Markdown, as it stands."""
    return rx.el.div(
        rx.foreach(part["blocks"], lambda key: block(key_=key, key=key)),
        rx.cond(part["tail"], tail(key_=part["tail"])),
        class_name="prose",
    )
