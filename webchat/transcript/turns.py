"""How messages make turns: a human message is a turn, and so is all that follows up to the next.

Pure functions over drafts; the parts come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webchat.limits import EVENT_KINDS, REPORTS_KEPT, REPORTS_KEPT_BYTES
from webchat.transcript.draft import Draft
from webchat.transcript.parts import Events, Part, Progress, Removed, Role, Turn, Usage
from webchat.transcript.recent import RecentLog

_STOPPED = "cancelled"


@dataclass(slots=True)
class TurnFacts:
    """What the live stream told about one turn. Times are Unix seconds."""

    started_at: float | None = None
    first_token_at: float | None = None
    ended_at: float | None = None
    stopped: bool = False
    removed: int = 0
    _events: dict[str, RecentLog[Progress]] = field(default_factory=dict)
    _parts: dict[str, Events] = field(default_factory=dict)

    def note(self, kind: str, data: object, at: float, size: int) -> None:
        """Keep an event that belongs to no part.

        Args:
            kind: Its stream mode.
            data: Any JSON.
            at: When it came, Unix seconds.
            size: Of its JSON, in bytes.
        """
        if kind == "custom" and is_progress(data):
            kind = "progress"
        if kind not in self._events and len(self._events) >= EVENT_KINDS:
            kind = "other"
        log = self._events.setdefault(kind, RecentLog(REPORTS_KEPT, REPORTS_KEPT_BYTES))
        log.add(Progress(data, at), size)

    def restart(self) -> None:
        """The run begins again: forget its events."""
        self._events.clear()
        self._parts.clear()
        self.removed = 0

    def parts(self) -> tuple[Part, ...]:
        """What the stream told beside messages, as parts; the same objects until more comes."""
        for kind, log in self._events.items():
            made = self._parts.get(kind)
            if made is None or made.recent is not log.recent:
                self._parts[kind] = Events(f"events:{kind}", kind, log.recent)
        removed = (Removed("removed", self.removed),) if self.removed else ()
        return (*removed, *self._parts.values())


def is_progress(data: object) -> bool:
    """Whether an event's data say how far something is: `percent`, with or without `message`."""
    if not isinstance(data, Mapping):
        return False
    percent = data.get("percent")
    if isinstance(percent, int | float) and not isinstance(percent, bool):
        return 0 <= percent <= 100
    return set(data) == {"message"} and isinstance(data["message"], str)


@dataclass(frozen=True, slots=True)
class Group:
    """The messages of one turn; `asked` is the key of the human message that it answers."""

    id: str
    role: Role
    drafts: tuple[Draft, ...]
    asked: str = ""


def group(drafts: Iterable[Draft]) -> Iterator[Group]:
    """Cut messages into turns.

    Args:
        drafts: All messages in order.

    Yields:
        The groups; an agent's only where it has messages.
    """
    asked: Draft | None = None
    answer: list[Draft] = []
    for draft in drafts:
        if draft.kind != "human":
            answer.append(draft)
            continue
        if answer:
            yield Group(reply_id(asked), "agent", tuple(answer), asked.key if asked else "")
        yield Group(draft.key, "human", (draft,))
        asked, answer = draft, []
    if answer:
        yield Group(reply_id(asked), "agent", tuple(answer), asked.key if asked else "")


def reply_id(asked: Draft | None) -> str:
    """The id of the agent's turn that follows a human message, or that opens the thread."""
    return f"{asked.key if asked is not None else ''}/reply"


def make_turn(group: Group, parts: tuple[Part, ...], facts: TurnFacts, live: bool = False) -> Turn:
    """A turn of the given parts."""
    return Turn(
        id=group.id,
        role=group.role,
        parts=(*parts, *facts.parts()),
        usage=_usage(group.drafts),
        model=next((d.model for d in reversed(group.drafts) if d.model), None),
        stopped=facts.stopped or was_stopped(group.drafts),
        live=live,
        started_at=facts.started_at,
        first_token_at=facts.first_token_at,
        ended_at=facts.ended_at,
        message_ids=tuple(d.message.id for d in group.drafts if d.message.id is not None),
    )


def was_stopped(drafts: Sequence[Draft]) -> bool:
    """Whether the turn ends in a partial answer that was written back after a stop."""
    return any(draft.message.finish_reason == _STOPPED for draft in drafts[-1:])


def _usage(drafts: Sequence[Draft]) -> Usage | None:
    total: Usage | None = None
    for draft in drafts:
        if draft.usage is not None:
            total = draft.usage if total is None else total + draft.usage
    return total
