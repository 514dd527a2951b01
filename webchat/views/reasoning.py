"""What the agent thought before it answered, collapsed at first."""

from __future__ import annotations

import reflex as rx

from webchat.views.browser import Elapsed, Fields
from webchat.views.icons import icon
from webchat.views.prose import prose


def reasoning(part: Fields) -> rx.Component:
    """A line that says how long it takes, or took; it unfolds to the thoughts."""
    return rx.el.details(
        rx.el.summary(
            icon("chevron-right"),
            rx.el.span(part["label"]),
            rx.cond(part["live"], Elapsed.create(since=part["since"])),
        ),
        prose(part),
        class_name="reasoning",
    )
