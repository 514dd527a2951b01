"""The turns of a thread that a tab shows: the newest ones, and what of them is expanded."""

from __future__ import annotations

from collections.abc import Callable

from webchat import limits
from webchat.runs import Feed
from webchat.screen.expanded import Expanded
from webchat.screen.graph_state import GraphState
from webchat.screen.renderer import Renderers
from webchat.screen.replica import Replica
from webchat.transcript.parts import Part, Turn

TURNS = 20
"""Turns shown when a thread opens, and more at each asking."""


class Conversation:
    """What a tab shows of a thread.

    Args:
        renderers: What draws a feed's turns, shared by all tabs.
        wake: Called when there is something new to show.
    """

    def __init__(self, renderers: Renderers, wake: Callable[[], None]) -> None:
        self._renderers = renderers
        self._expanded = Expanded(limits.EXPANDED)
        self._graph = GraphState(self._expanded, wake)
        self._shown = TURNS

    def leave(self, replica: Replica) -> None:
        """The tab looks at another thread: nothing of this one stays."""
        self._expanded.clear()
        self._graph.leave()
        self._shown = TURNS
        for prefix in ("t:", "p:", "b:", "turns", "graph"):
            replica.delete(replica.keys_under(prefix))

    def earlier(self, feed: Feed) -> None:
        """Show older turns, if there are some."""
        if self._shown < len(feed.turns):
            self._shown += TURNS

    def expand(self, feed: Feed, replica: Replica, name: str) -> bool:
        """Open a part that the tab has.

        Returns:
            Whether there was room for it; there is none when too much is open already.
        """
        if name not in replica or self.part_named(feed, name) is None:
            return True
        return self._expanded.add(name)

    def expand_tree(self, feed: Feed, replica: Replica, tree: str, pointer: str) -> bool:
        """Show what a JSON tree has left out, if the tree offers it.

        Args:
            feed: The thread.
            replica: What the tab has.
            tree: The tree's name: `arguments:`, `result:`, `artifact:` or `part:`, and the part's
                key; or one of `graph_state.TREES`.
            pointer: The JSON pointer of the place.

        Returns:
            Whether there was room for it.
        """
        kind, _, name = tree.partition(":")
        asked = self._expanded.pointers(tree)
        if pointer in asked:
            return True
        if kind == "graph":
            offered = self._graph.offers(feed, tree, pointer)
        else:
            renderer = self._renderers.of(feed)
            offered = name in replica and renderer.offers(tree, pointer, asked)
        if not offered:
            return True
        return self._expanded.add(tree, pointer)

    def put(self, replica: Replica, feed: Feed, *, takes_messages: bool) -> bool:
        """Give the tab the turns as they stand, or the state of a thread without messages.

        Args:
            replica: The tab's replica.
            feed: The thread.
            takes_messages: Whether messages are what its assistant takes.

        Returns:
            Whether all of them; a huge text comes over several deltas.
        """
        self._graph.put(replica, feed, takes_messages=takes_messages)
        turns = feed.turns
        shown = turns[max(0, len(turns) - self._shown) :]
        renderer = self._renderers.of(feed)
        renderer.make_room()
        whole = True
        for turn in reversed(shown):  # the newest first, where not all can be drawn at once
            whole &= renderer.put_turn(replica, turn, self._expanded)
        ids = [renderer.name_of(turn) for turn in shown]
        replica.put("turns", {"ids": ids, "earlier": len(turns) - len(shown)})
        return whole

    def turn_named(self, feed: Feed, name: str) -> Turn | None:
        """The turn under that key in the store."""
        return self._renderers.of(feed).turns.get(name)

    def part_named(self, feed: Feed, name: str) -> Part | None:
        """The part under that key in the store."""
        return self._renderers.of(feed).parts.get(name)
