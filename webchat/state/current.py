"""The app that is being served, and which of its tabs an event came from.

Reflex makes the state classes itself and hands them nothing, so they find the app here; nothing
else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import reflex as rx

from webchat.screen.app import App
from webchat.screen.tab import Tab

_serving: list[App] = []


def app() -> App:
    """The app that is being served.

    Raises:
        RuntimeError: None is.
    """
    if not _serving:
        raise RuntimeError("the app is not running")
    return _serving[-1]


@contextmanager
def serving(app: App) -> Iterator[App]:
    """Let the state classes find this app while inside."""
    _serving.append(app)
    try:
        yield app
    finally:
        _serving.remove(app)


def tab_of(state: rx.State) -> Tab:
    """The tab that an event came from."""
    return app().tabs.of(state.router.session.client_token)
