"""What a client, a thread and this process may hold or ask for: every limit of the app, with units.

`rendering/limits.py` has those of a single text.
"""

from __future__ import annotations

SNAPSHOTS_AT_ONCE = 6
"""Snapshots that a tab gets without waiting: loading, reloading, going to and fro."""

SNAPSHOTS_A_SECOND = 2.0
"""Snapshots that a tab gets after those."""

DELTA = 100_000
"""Characters of the records in one delta, about; the rest comes with the next ones."""

EXPANDED = 200
"""Parts, and places of JSON trees, that are open on a page at once."""

EXPANDED_ROWS = 20
"""Events whose JSON is open in the raw view at once; one more shuts the one opened first."""

EXPANDED_PLACES = 50
"""Places of one of the raw view's trees that are shown in full; one more cuts the first again."""

RAW_ROWS = 5_000
"""Rows of the raw view on a page."""

WIRE_INDEX_BYTES = 16_000_000
"""The index of one run's wire; events past it are shown, and can't be searched for."""

WIRE_INDEX_VALUES = 20_000
"""JSON values of one event in which ids are looked for, the outer ones first."""

TABS_KEPT = 50
"""Tabs that nobody holds any more, and are kept in case their page comes back."""

LONGEST_MESSAGE = 1_000_000
"""Characters of what a person sends at once; the page counts them as JSON."""

MESSAGES_AT_ONCE, MESSAGES_A_SECOND = 100, 40.0
"""Messages of one socket that are read without waiting, and each second after those."""

CHARACTERS_AT_ONCE, CHARACTERS_A_SECOND = 3_000_000, 500_000.0
"""Characters of one socket that are read without waiting, and each second after those."""

STRUCTURE = 10_000
"""Characters of a message outside of its JSON strings, and strings in it."""

CLIPBOARD_JOBS = 2
"""Texts that are made ready for the clipboard at once, over all tabs; the others wait."""

PAGES = 1_000
"""Pages that are kept up to date at once; one more is told that there are too many."""

STATES = 2_000
"""Tabs whose Reflex state is kept, those that have a page among them."""

STATE_KEPT = 60 * 60
"""Seconds that the Reflex state of a page that is gone is kept, in case it comes back."""

REPORTS_KEPT = 200
"""Reports of progress, and events that belong to no part, kept of each tool, graph and kind."""

REPORTS_KEPT_BYTES = 500_000
"""The JSON of those, together."""

NAMESPACE_STEPS = 16
"""Steps of a namespace by which the wire is indexed."""

EVENT_KINDS = 20
"""Kinds of events that belong to no part, told apart in one turn; the others are one more."""

NESTED_RUNS_KEPT = 200
"""Runs of graphs within one graph that are kept when they have ended, the newest ones."""

CITATIONS_KEPT = 200
"""Citations of one text."""

TOKENS = 1_000_000_000_000
"""Tokens that one message may say to have cost; a higher number counts as none."""

WIRE_BYTES = 64_000_000
"""Memory for one run's bodies; past it the oldest events keep their row and lose their body."""

WIRE_BYTES_IN_ALL = 256_000_000
"""Memory for the wire of all runs of all threads; past it the oldest runs lose their bodies."""

ASSISTANTS = 1_000
"""Assistants of the agent server that are offered."""

RUNS_LISTED = 20
"""Runs of a thread that are asked for, the newest ones."""

LOGS_KEPT = 8
"""Runs of one thread whose wire is kept, the newest ones."""

FEEDS_KEPT = 64
"""Threads that nobody looks at and that have no run, and are kept all the same, the latest used."""

FEED_IDLE = 30.0
"""Seconds after which such a thread and its wire are let go; the server has both."""

REPLAYED_RUNS = 5
"""Finished runs of a thread that are read again when it is opened, the newest ones."""

REPLAY_BYTES, REPLAY_SECONDS = 8_000_000, 10.0
"""What may be read of them, and for how long."""

JSON_BYTES = 16_000_000
"""The longest answer, and the longest event, that is read from the agent server."""

STREAM_AT_ONCE = 4_000
"""Bytes of a stream that are read before others have their turn, be it hundreds of events."""

EVENT_NAME = 4_000
"""Characters of an event's name, with the namespace, and so of what is kept of it."""

JSON_CONTAINERS, JSON_ESCAPES = 500_000, 3_000_000
"""Lists and objects, and backslashes, in one of them: each costs 45 and 11 ns without a pause."""

JSON_AT_ONCE = 64_000
"""Characters of one that is read without a look at its shape, in 13 ms at worst."""

JSON_VALUES = 50_000
"""Values of one that is read in one step, in 20 ms at worst; one of more is read in Python."""
