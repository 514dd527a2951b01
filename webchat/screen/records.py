"""The records of the page's store, by the names of their fields: what a tab puts and views read.

Keys: `clock`, `page`, `composer`, `sent`, `returned`, `health`, `load_error`, `turns`, `graph`,
`clip`, `raw`, `rows`, `state`, `w:<chunk of rows>` and `e:<event number>`; and those of turns and
their parts, which are in `part_records.py`.
"""

from __future__ import annotations

from typing import Any, TypedDict


class ClockRecord(TypedDict):
    """The server's clock when the tab began to watch."""

    now: float


class PageRecord(TypedDict):
    """What the page shows instead of, or above, the conversation."""

    state: str
    """`loading`, `new`, `thread`, or `error`."""
    thread: str
    title: str
    advice: str
    detail: str


class ComposerRecord(TypedDict):
    """What happens to a message that is sent now."""

    running: bool
    """A run goes on: a message waits for its end."""
    stopping: bool
    asking: bool
    """The agent waits for an answer, which a message would pass over."""
    blocked: str
    """Why no message can reach the agent; empty when it can."""
    json: bool
    """It takes JSON, for its graph has no messages."""
    keys: str
    """The names of the fields that the JSON may have."""
    note: str
    """Why the last stop or new try failed; empty when it did not."""


class SentRecord(TypedDict):
    """What became of the last message that this tab sent."""

    id: str
    outcome: str
    """`sending`, then one of the words of `sending.Outcome`."""
    reason: str


class ReturnedMessage(TypedDict):
    """A message whose run ended before the thread took it in."""

    id: str
    text: str
    reason: str


class ReturnedRecord(TypedDict):
    """Those of the thread that no page has said to have, in the order in which they were sent.

    Every tab that shows the thread gets them, for the one that sent them may be elsewhere by then.
    """

    thread: str
    """Empty where there are none."""
    messages: list[ReturnedMessage]


class HealthRecord(TypedDict):
    """How the agent server and the live run's stream stand, in words."""

    word: str
    text: str
    reason: str


class TurnsRecord(TypedDict):
    """The turns that the tab shows, oldest first."""

    ids: list[str]
    earlier: int
    """How many older ones it does not show yet."""


class GraphRecord(TypedDict):
    """A thread without messages: its state, in the place of the conversation."""

    shown: bool
    note: str
    """What this is, or that there is nothing; empty where the conversation has turns."""
    input: str
    """What the latest run was started with, as a tree of safe HTML; empty where nobody knows."""
    earlier: str
    """The same of the runs before it, by run."""
    html: str
    """The state as a tree of safe HTML; empty until there is one."""
    live: bool
    """Whether a run goes on."""


class LoadErrorRecord(TypedDict):
    """Why a run could not be followed to its end; empty when it could."""

    text: str
    advice: str
    detail: str
    action: str


class RawViewRecord(TypedDict):
    """What a person chose of the raw view; the one truth of it."""

    open: bool
    tab: str
    """The stream mode whose events are shown, or `all`."""


class RawRecord(TypedDict):
    """What stands above and below the raw view's rows."""

    run: str
    facts: str
    earlier: int
    """How many rows come before those that are shown."""
    empty: str
    """What to say in the place of rows."""
    filter: str
    """What the rows are about; empty where all are shown."""
    values: int
    updates: int
    messages: int
    all: int
    runs: list[dict[str, str]]
    several: bool
    """Whether there is more than one run to choose from."""
    thread: bool
    """Whether there is a thread whose state can be read."""
    ended: bool
    """Whether no run goes on, so that its state is the final one."""


class RowsRecord(TypedDict):
    """The keys of the chunks of rows, oldest first."""

    chunks: list[str]


class ChunkRecord(TypedDict):
    """Some rows, each as `rows.jsx` reads it."""

    rows: list[list[Any]]


class EventBodyRecord(TypedDict):
    """The JSON of an expanded row, as a tree of safe HTML."""

    html: str


class StateRecord(TypedDict):
    """The thread's state, in the place of the raw view's rows."""

    open: bool
    facts: str
    error: str
    """Why it could not be read."""
    html: str
    """The state as a tree of safe HTML; empty until it was read."""


class ClipRecord(TypedDict):
    """Text for the clipboard, asked for by name."""

    key: str
    text: str
