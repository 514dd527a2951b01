"""The records of a turn and its parts, by the names of their fields: `t:`, `p:` and `b:` keys."""

from __future__ import annotations

from typing import Literal, TypedDict


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


class BlockRecord(TypedDict):
    """A piece of safe HTML."""

    html: str
