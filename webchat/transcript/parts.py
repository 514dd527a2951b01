"""What a conversation is made of, as one shows it: turns, and the parts of a turn.

Values only, compared by `==`. What the live stream alone can know (times, progress, a subagent's
work) takes no part in the comparison, so that a turn that was followed live equals the same turn
read from the thread's state. Knows nothing of the wire or of HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from webchat.transcript.recent import Recent

Role: TypeAlias = Literal["human", "agent"]
Namespace: TypeAlias = tuple[str, ...]
"""The graph that an event is from: a `node:task_id` for each graph entered, `()` for the root."""
ToolStatus: TypeAlias = Literal[
    "writing", "running", "done", "failed", "unfinished", "cancelled", "waiting"
]


def _live_only(default: Any = None) -> Any:
    """A field that a reloaded page cannot have, and that equality therefore leaves out."""
    return field(default=default, compare=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the models counted them, summed over a turn."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.total_tokens + other.total_tokens,
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that a text names.

    Attributes:
        number: From 1, the same for all citations of one source.
        at: Behind which character of the text its number belongs.
        url: Where the source is, as the model gave it: to be checked before it is a link.
        title: Its title, empty where there is none.
        quote: What the source says, empty where that is not told.
    """

    number: int
    at: int
    url: str | None
    title: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Prose, usually markdown.

    Attributes:
        id: Unique within the turn, the same from its first token on.
        text: All of it so far; never blank.
        growing: Whether more is expected.
        citations: The sources that it names.
        message_id: The id of the message that it is in; so it is in all parts that have one.
    """

    id: str
    text: str
    growing: bool = False
    message_id: str | None = _live_only()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The model's reasoning. Times are Unix seconds, None where the thread was only read."""

    id: str
    text: str
    growing: bool = False
    started_at: float | None = _live_only()
    ended_at: float | None = _live_only()
    message_id: str | None = _live_only()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in a message: `data` (base64) with its `mime_type`, or else a `url`."""

    id: str
    url: str | None = None
    data: str | None = None
    mime_type: str | None = None
    alt: str = ""
    message_id: str | None = _live_only()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something we have no better shape for, to be shown quietly as it came.

    Attributes:
        id: Unique within the turn.
        kind: The type of the message or content block (`system`, `file`, ...).
        data: Any JSON.
    """

    id: str
    kind: str
    data: Any = None
    message_id: str | None = _live_only()


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a running tool, node or agent: any JSON, and when it came (Unix seconds)."""

    data: Any
    at: float


@dataclass(frozen=True, slots=True)
class Events:
    """Events of the stream that belong to no message and no tool call, all of one kind.

    Attributes:
        id: Unique within the turn.
        kind: `progress` for reports such as `{"message": ..., "percent": ...}`, `custom` for
            others of nodes, else the name of a stream mode that we do not know.
        recent: The newest of them, and how many there were.
    """

    live_only: ClassVar[bool] = True

    id: str
    kind: str
    recent: Recent[Progress]


@dataclass(frozen=True, slots=True)
class Removed:
    """Messages that were in the thread when the run began, or came with it, and are not any more.

    Attributes:
        id: Unique within the turn.
        count: How many.
    """

    live_only: ClassVar[bool] = True

    id: str
    count: int


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back.

    Attributes:
        text: Its text, often JSON; empty where there is none.
        parts: Blocks that are not text (images, unknown ones), in order.
        artifact: What the tool kept for programs, any JSON.
        message_id: The id of the tool message.
    """

    text: str
    parts: tuple[Image | Notice, ...] = ()
    artifact: Any = None
    message_id: str | None = _live_only()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool, from the first letter of its arguments to its result.

    Attributes:
        id: Unique within the turn; made of the message's id and the call's.
        call_id: The model's own id of the call, None where it gave none.
        name: The tool's name, empty until known.
        arguments: Parsed; None until they are whole, and for good if they are not JSON.
        status: `writing` while the arguments stream, `running` until the result, `waiting` for
            a person's answer or at a breakpoint. Without a result: `failed` where the call ended
            the run, `cancelled` where the run ended before it, `unfinished` where one of several
            calls ended the run and the server does not tell which.
        result: None until there is one.
        arguments_text: The arguments as text while `arguments` is None, else empty.
        progress: What the tool reported while it ran, as `Recent` if it streamed.
        started_at: When it began to run, Unix seconds.
        ended_at: When its result came or the run ended.
        children: The parts of the agent that the tool ran, where it ran one; a `Subagent` for
            each agent that has a name.
        namespaces: The namespaces of the agents that the tool ran.
        message_id: The id of the message that the call is in.
        index: The call's index in that message, which its argument chunks carry.
    """

    id: str
    call_id: str | None
    name: str
    arguments: Any
    status: ToolStatus
    result: ToolResult | None = None
    arguments_text: str = _live_only("")
    progress: Sequence[Progress] = _live_only(())
    started_at: float | None = _live_only()
    ended_at: float | None = _live_only()
    children: tuple[Part, ...] = _live_only(())
    namespaces: tuple[Namespace, ...] = _live_only(())
    message_id: str | None = _live_only()
    index: int | str | None = _live_only()


@dataclass(frozen=True, slots=True)
class Subagent:
    """A run of a graph within the graph: what it said that the outer graph's messages lack.

    Attributes:
        id: Unique within the turn.
        name: The agent's name, else that of the node that ran it.
        parts: What it said and did.
        progress: What it reported, as `Recent`.
        namespace: Where its events come from.
        live: Whether it still works.
    """

    live_only: ClassVar[bool] = True

    id: str
    name: str
    parts: tuple[Part, ...] = ()
    progress: Sequence[Progress] = ()
    namespace: Namespace = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class Interrupt:
    """A question of the graph that waits for a person; `value` is any JSON."""

    id: str
    value: Any


@dataclass(frozen=True, slots=True)
class Paused:
    """The run stands at a breakpoint, before the given nodes."""

    id: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunError:
    """Why the run failed.

    Attributes:
        id: Unique within the turn.
        kind: The exception's class as the server names it, or the run's status (`timeout`).
        message: One sentence for people; may be empty.
        detail: The whole of what the server said, for those who debug.
    """

    id: str
    kind: str
    message: str
    detail: str = _live_only("")


Part: TypeAlias = (
    Text
    | Reasoning
    | Image
    | ToolCall
    | Subagent
    | Interrupt
    | Paused
    | RunError
    | Notice
    | Events
    | Removed
)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What one side said in one go.

    Two turns are equal if a reload could not tell them apart: parts of the kinds that only a
    stream can give (`Subagent`, `Events`, `Removed`) and live-only fields do not count.

    Attributes:
        id: A person's turn has its message's id; the agent's is made of the one it answers, and
            so is the same before its first token and after a reload.
        role: Who.
        parts: In the order to be shown.
        usage: Tokens of all the turn's model calls, None where no model told.
        model: The model that spoke last, None where none told.
        stopped: Whether a person stopped the run.
        live: Whether the run goes on.
        started_at: When it was sent, or the run began. Unix seconds, as all times here.
        first_token_at: When the first of the answer came.
        ended_at: When the run was over.
        message_ids: The ids of all its messages, those of tool results too.
    """

    id: str
    role: Role
    parts: tuple[Part, ...] = ()
    usage: Usage | None = None
    model: str | None = None
    stopped: bool = False
    live: bool = _live_only(False)
    started_at: float | None = _live_only()
    first_token_at: float | None = _live_only()
    ended_at: float | None = _live_only()
    message_ids: tuple[str, ...] = _live_only(())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Turn):
            return NotImplemented
        return self._lasting() == other._lasting()

    __hash__ = None  # type: ignore[assignment]

    def _lasting(self) -> tuple[Any, ...]:
        parts = [part for part in self.parts if not getattr(part, "live_only", False)]
        return (self.id, self.role, parts, self.usage, self.model, self.stopped)
