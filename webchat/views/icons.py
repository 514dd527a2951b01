"""The page's icons: decoration beside words, hidden from screen readers."""

from __future__ import annotations

import reflex as rx


def icon(name: str, size: int = 16) -> rx.Component:
    """A Lucide icon, `size` pixels square."""
    return rx.icon(name, size=size, aria_hidden="true", class_name="icon")
