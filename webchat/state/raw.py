"""What a person chooses in the raw view."""

from __future__ import annotations

import reflex as rx

from webchat.screen.rows import TABS
from webchat.state.current import tab_of
from webchat.state.live import is_name


class Raw(rx.State):
    """The raw view's switches; what comes of them arrives with the deltas."""

    @rx.event
    def toggle(self):
        """Open the view, or close it."""
        tab_of(self).toggle_raw()

    @rx.event
    def choose_tab(self, name: str):
        """Show the events of one stream mode, or all.

        Args:
            name: One of `TABS`.
        """
        if name in TABS:
            tab_of(self).raw.choose_tab(name)

    @rx.event
    def choose_run(self, run_id: str):
        """Show another run of the thread.

        Args:
            run_id: One of those that were offered.
        """
        if is_name(run_id):
            tab = tab_of(self)
            tab.raw.choose_run(tab.feed, run_id)

    @rx.event
    def expand_row(self, number: int):
        """Expand an event, or shut it.

        Args:
            number: The event's.
        """
        if isinstance(number, int):
            tab_of(self).raw.toggle_row(number)

    @rx.event
    def follow(self, newest: bool):
        """Follow the newest events, or let the older ones stay where they are.

        Args:
            newest: Which of both.
        """
        if isinstance(newest, bool):
            tab_of(self).raw.follow(newest)

    @rx.event
    def earlier(self):
        """Show older events."""
        tab_of(self).raw.earlier()

    @rx.event
    def toggle_state(self):
        """Show the thread's state, or the events again."""
        tab = tab_of(self)
        tab.raw.toggle_state(tab.feed)

    @rx.event
    def read_state(self):
        """Read the thread's state again."""
        tab = tab_of(self)
        if tab.feed is not None and tab.raw.state.open:
            tab.raw.state.read(tab.feed)

    @rx.event
    def show_wire_of(self, name: str):
        """Show what the wire said about a message or a tool call.

        Args:
            name: `turn:` or `part:`, and its key in the store.
        """
        if is_name(name):
            tab_of(self).show_wire_of(name)

    @rx.event
    def show_all(self):
        """Show all events again."""
        tab_of(self).raw.show_all()
