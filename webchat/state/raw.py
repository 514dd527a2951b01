"""What a person chooses in the raw view."""

from __future__ import annotations

import reflex as rx

from webchat.screen.rows import PAGE, TABS
from webchat.state.current import tab_of
from webchat.state.live import is_name


class Raw(rx.State):
    """The raw view's switches; its rows arrive with the deltas."""

    @rx.event(background=True)
    async def toggle(self):
        """Open the view, or shut it."""
        async with self:
            tab = tab_of(self)
        await tab.toggle_raw()

    @rx.event
    def choose_tab(self, name: str):
        """Show the events of one stream mode, or all.

        Args:
            name: One of `TABS`.
        """
        if name in TABS:
            tab = tab_of(self)
            tab.raw.tab, tab.raw.rows = name, PAGE
            tab.raw.refresh()

    @rx.event(background=True)
    async def choose_run(self, run_id: str):
        """Show another run of the thread.

        Args:
            run_id: One of those that were offered.
        """
        if not is_name(run_id):
            return
        async with self:
            tab = tab_of(self)
        tab.raw.look_at(run_id)
        await tab.raw.read(tab.feed)

    @rx.event
    def open_row(self, number: int):
        """Open an event, or shut it.

        Args:
            number: The event's.
        """
        if isinstance(number, int):
            tab_of(self).raw.toggle_row(number)

    @rx.event
    def earlier(self):
        """Show older events."""
        tab = tab_of(self)
        tab.raw.rows += PAGE
        tab.raw.refresh()

    @rx.event
    def show_final(self):
        """Show the last `values`: the final state."""
        tab_of(self).raw.show_final()

    @rx.event(background=True)
    async def show_about(self, name: str):
        """Show what the wire said about a message or a tool call.

        Args:
            name: `turn:` and the turn's id, or a tool call's id.
        """
        if not is_name(name):
            return
        async with self:
            tab = tab_of(self)
        await tab.show_about(name)

    @rx.event
    def about_all(self):
        """Show all events again."""
        tab = tab_of(self)
        tab.raw.about = ()
        tab.raw.refresh()
