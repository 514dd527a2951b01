"""What a client, a thread and this process may hold or ask for: every limit of the app, with units.

`rendering/limits.py` has those of a single text.
"""

from __future__ import annotations

SNAPSHOTS_AT_ONCE = 6
"""Snapshots that a tab gets without waiting: loading, reloading, going to and fro."""

SNAPSHOTS_A_SECOND = 2.0
"""Snapshots that a tab gets after those."""

EXPANDED = 200
"""Parts, and places of JSON trees, that are open on a page at once."""

EXPANDED_ROWS = 50
"""Events whose JSON is open in the raw view at once."""

TABS_KEPT = 50
"""Tabs that nobody holds any more, and are kept in case their page comes back."""
