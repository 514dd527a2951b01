"""Text that the server rendered: settled blocks that never change again, and the growing one."""

from __future__ import annotations

import reflex as rx

from webchat.views.browser import Block, Fields


def prose(part: Fields) -> rx.Component:
    """Markdown, as it stands; the block that still grows is not announced until it has settled."""
    return rx.el.div(
        rx.foreach(part["blocks"], lambda key: Block.create(name=key, growing=False, key=key)),
        rx.cond(part["tail"], Block.create(name=part["tail"], growing=True, key=part["tail"])),
        class_name="prose",
    )
