"""The tabs of this process, by the token that Reflex gives each browser tab."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from webchat import limits
from webchat.screen.tab import Tab


class Tabs:
    """The tabs by their client token.

    A tab lives as long as an event or a watch of it goes on, so that all events of a page meet in
    the same one; the latest used are kept beyond that, in case their page comes back.

    Args:
        make: Makes a tab.
    """

    def __init__(self, make: Callable[[], Tab]) -> None:
        self._make = make
        self._alive: WeakValueDictionary[str, Tab] = WeakValueDictionary()
        self._kept: OrderedDict[str, Tab] = OrderedDict()

    @property
    def full(self) -> bool:
        """Whether no more pages can be kept up to date."""
        return sum(tab.watched for tab in self._alive.values()) >= limits.PAGES

    def watched(self, token: str) -> bool:
        """Whether a page watches the tab with that token."""
        tab = self._alive.get(token)
        return tab is not None and tab.watched

    def of(self, token: str) -> Tab:
        """The tab with that token."""
        tab = self._alive.get(token)
        if tab is None:
            tab = self._alive[token] = self._make()
        self._kept[token] = tab
        self._kept.move_to_end(token)
        while len(self._kept) > limits.TABS_KEPT:
            self._kept.popitem(last=False)
        return tab
