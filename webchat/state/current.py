"""Which tab an event came from."""

from __future__ import annotations

import reflex as rx

from webchat.screen.tab import Tab, tabs


def tab_of(state: rx.State) -> Tab:
    """The tab that an event came from."""
    return tabs.of(state.router.session.client_token)
