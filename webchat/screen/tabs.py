"""The tabs of this process, by the token that Reflex gives each browser tab."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from webchat.screen.tab import Tab


class Tabs:
    """The tabs by their client token; of those that nobody watches, the latest.

    Args:
        make: Makes a tab.
    """

    KEPT = 50

    def __init__(self, make: Callable[[], Tab]) -> None:
        self._make = make
        self._tabs: OrderedDict[str, Tab] = OrderedDict()

    def of(self, token: str) -> Tab:
        """The tab with that token."""
        tab = self._tabs.get(token)
        if tab is None:
            tab = self._tabs[token] = self._make()
            idle = [known for known, one in self._tabs.items() if not one.watched]
            for known in idle[: -self.KEPT]:
                del self._tabs[known]
        self._tabs.move_to_end(token)
        return tab
