"""The records of the page's store, by the names of their fields: what a tab puts and views read.

Keys: `clock`, `page`, `composer`, `sent`, `returned`, `health`, `load_error`, `turns`, `graph`,
`clip`, `raw`, `rows`, `state`, then `t:<turn>`, `p:<part>`, `b:<block>`, `w:<chunk of rows>`,
`e:<event number>`.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict


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


class ReturnedRecord(TypedDict):
    """The message of the thread's last run that ended before the thread took it in.

    Every tab that shows the thread gets it, for the one that sent it may be elsewhere by then.
    """

    id: str
    """Empty where there is none."""
    thread: str
    text: str
    reason: str


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


class PartKind(TypedDict):
    """What every part's record has; the rest of it is the type of its kind."""

    kind: str


class CitationRecord(TypedDict):
    """A source that a text names."""

    number: int
    """From 1, in the text's order."""
    text: str
    """The words of its link."""
    quote: str
    """What it says, for whoever points at it."""
    detail: str
    """The address of the link; empty where it leads nowhere that is safe."""


class TextRecord(TypedDict):
    """Markdown that an agent wrote."""

    kind: Literal["text"]
    blocks: list[str]
    """The keys of its settled blocks."""
    tail: str
    """The key of the block that is still growing; empty when none is."""
    citations: list[CitationRecord]
    """The sources that it names."""


class PlainRecord(TypedDict):
    """What a person wrote, as they did."""

    kind: Literal["plain"]
    text: str
    action: str
    """What shows more of a long text; empty when all of it is here."""
    piece: str
    """The name of the piece that this asks for."""


class ReasoningRecord(TypedDict):
    """What an agent thought before it answered, in blocks as a text."""

    kind: Literal["reasoning"]
    blocks: list[str]
    tail: str
    label: str
    live: bool
    since: float
    """When it began, Unix seconds of the server's clock; 0 where nobody knows, or when it ended."""


class ToolRecord(TypedDict):
    """A tool call."""

    kind: Literal["tool"]
    name: str
    summary: str
    status: str
    word: str
    """The status in a word for people."""
    time: str
    """How long it took; empty while it runs."""
    since: float
    """When it began, Unix seconds of the server's clock; 0 where nobody knows."""
    outcome: str
    """What came of it so far, in a line."""
    percent: float
    """How far it is, 0 to 100; -1 where it does not say."""
    expanded: bool
    arguments: str
    """Safe HTML; empty while it is shut."""
    result: str
    """Safe HTML; empty while it is shut, and while there is none."""
    artifact: str
    """What the tool kept for programs, as safe HTML; as `result`."""
    children: list[str]
    """The keys of the parts within."""


class SubagentRecord(TypedDict):
    """The work of an agent within an agent."""

    kind: Literal["subagent"]
    name: str
    summary: str
    """What it last said of its progress, in a line; empty where it said nothing."""
    percent: float
    """How far it is, 0 to 100; -1 where it does not say, and when it has ended."""
    children: list[str]
    """The keys of the parts within."""


class ImageRecord(TypedDict):
    """A picture, or a link to one that lives elsewhere."""

    kind: Literal["image"]
    source: str
    """A `data:` address; empty where it is a link."""
    text: str
    """The alternative text, or the words of the link."""
    detail: str
    """The address of the link; empty where it is a picture."""


class InterruptRecord(TypedDict):
    """What an agent waits for."""

    kind: Literal["interrupt"]
    result: str
    """Safe HTML."""


class ErrorRecord(TypedDict):
    """A run that failed."""

    kind: Literal["error"]
    text: str
    advice: str
    detail: str
    action: str
    """What tries again."""


class NoticeRecord(TypedDict):
    """What nobody has a shape for, as it came."""

    kind: Literal["notice"]
    label: str
    result: str
    """Safe HTML."""


class EventsRecord(TypedDict):
    """Many events of one kind as one part."""

    kind: Literal["events"]
    label: str
    summary: str
    """The newest one, in a line."""
    percent: float
    """How far it is, 0 to 100; -1 where it does not say."""
    expanded: bool
    kept: str
    """How many of them are kept, where not all are; empty while it is shut."""
    result: str
    """Safe HTML of those that are kept, the newest first; empty while it is shut."""


class LineRecord(TypedDict):
    """A quiet line about the run."""

    kind: Literal["line"]
    text: str


PartRecord = (
    TextRecord
    | PlainRecord
    | ReasoningRecord
    | ToolRecord
    | SubagentRecord
    | ImageRecord
    | InterruptRecord
    | ErrorRecord
    | NoticeRecord
    | EventsRecord
    | LineRecord
)
"""One part of a turn: `kind` says which."""


class GraphRecord(TypedDict):
    """A thread without messages: its state, in the place of the conversation."""

    shown: bool
    note: str
    """What this is, or that there is nothing; empty where the conversation has turns."""
    input: str
    """What the latest run was started with, as a tree of safe HTML; empty where nobody knows."""
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
