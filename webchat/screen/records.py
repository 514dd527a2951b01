"""The records of the page's store, by the names of their fields: what a tab puts and views read.

Keys: `clock`, `page`, `composer`, `sent`, `health`, `turns`, `clip`, `raw`, `rows`, `state`, then
`t:<turn>`, `p:<part>`, `b:<block>`, `w:<chunk of rows>`, `e:<event number>`.
"""

from __future__ import annotations

from typing import Any, TypedDict


class ClockRecord(TypedDict):
    """The server's clock when the tab began to watch."""

    now: float


class PageRecord(TypedDict):
    """What the page shows instead of, or above, the conversation."""

    state: str
    """`loading`, `new`, `thread`, or `trouble`."""
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
    note: str
    """Why the last stop or new try failed; empty when it did not."""


class SentRecord(TypedDict):
    """What became of the last message that this tab sent."""

    id: str
    outcome: str
    """`sending`, then one of the words of `sending.Outcome`; `returned` when it was sent, and its
    run ended before the thread took it in."""
    reason: str
    text: str
    """The message, where it was returned."""


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


class TurnRecord(TypedDict):
    """One turn of the conversation."""

    role: str
    message: str
    """The id of the message, where it is a person's."""
    parts: list[str]
    live: bool
    working: bool
    """Live, with nothing to show yet."""
    stopped: bool
    facts: str
    clip: str
    """The name under which its text can be copied; empty while there is none."""


class PartRecord(TypedDict, total=False):
    """One part of a turn; a kind fills the fields that it has a use for."""

    kind: str
    text: str
    blocks: list[str]
    tail: str
    label: str
    live: bool
    since: float
    """When it began, Unix seconds of the server's clock; 0 where nobody knows."""
    name: str
    summary: str
    status: str
    word: str
    time: str
    outcome: str
    percent: float
    expanded: bool
    arguments: str
    result: str
    children: list[str]
    source: str
    advice: str
    detail: str
    action: str


class BlockRecord(TypedDict):
    """A piece of safe HTML."""

    html: str


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
