"""The records of the page's store, by the names of their fields: what a tab puts and views read.

Keys: `clock`, `page`, `composer`, `sent`, `health`, `turns`, `clip`, `raw`, then `t:<turn>`,
`p:<part>`, `b:<block>`, `w:<event number>`.
"""

from __future__ import annotations

from typing import TypedDict


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
    """Whether a message can be sent now."""

    running: bool
    stopping: bool
    blocked: str
    """Why nothing can be sent; empty when it can."""
    note: str
    """What became of the last message when it could not be sent."""


class SentRecord(TypedDict):
    """What became of the last message that this tab sent."""

    id: str
    ok: bool


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
    about: str


class BlockRecord(TypedDict):
    """A piece of safe HTML."""

    html: str


class RawViewRecord(TypedDict):
    """What a person chose of the raw view; the one truth of it."""

    open: bool
    tab: str
    """The stream mode whose events are shown, or `all`."""


class RawRecord(TypedDict):
    """The raw view's head and the rows it shows."""

    run: str
    status: str
    facts: str
    rows: list[str]
    earlier: int
    empty: str
    about: str
    values: int
    updates: int
    messages: int
    all: int
    final: str
    runs: list[dict[str, str]]
    several: bool
    """Whether there is more than one run to choose from."""


class RowRecord(TypedDict):
    """One event of a run."""

    number: int
    at: str
    mode: str
    node: str
    namespace: str
    size: str
    open: bool
    body: str
    """Its JSON as a tree of safe HTML; empty while it is shut."""


class ClipRecord(TypedDict):
    """Text for the clipboard, asked for by name."""

    key: str
    text: str
