"""How messages make turns: a human message is a turn, and so is all that follows up to the next.

Pure functions over drafts; the parts come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from webchat.transcript.draft import Draft
from webchat.transcript.parts import Notice, Part, Role, Turn, Usage

_STOPPED = "cancelled"


@dataclass(slots=True)
class TurnFacts:
    """What the live stream told about one turn. Times are Unix seconds."""

    started_at: float | None = None
    first_token_at: float | None = None
    ended_at: float | None = None
    stopped: bool = False
    unattributed: list[Notice] = field(default_factory=list)

    def note(self, kind: str, data: object) -> None:
        """Keep an event that belongs to no part."""
        self.unattributed.append(Notice(f"event{len(self.unattributed) + 1}", kind, data))


@dataclass(frozen=True, slots=True)
class Group:
    """The messages of one turn."""

    id: str
    role: Role
    drafts: tuple[Draft, ...]


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
            yield Group(reply_id(asked), "agent", tuple(answer))
        yield Group(draft.key, "human", (draft,))
        asked, answer = draft, []
    if answer:
        yield Group(reply_id(asked), "agent", tuple(answer))


def reply_id(asked: Draft | None) -> str:
    """The id of the agent's turn that follows a human message, or that opens the thread."""
    return f"{asked.key if asked is not None else ''}/reply"


def make_turn(group: Group, parts: tuple[Part, ...], facts: TurnFacts, live: bool = False) -> Turn:
    """A turn of the given parts."""
    return Turn(
        id=group.id,
        role=group.role,
        parts=parts,
        usage=_usage(group.drafts),
        model=next((d.model for d in reversed(group.drafts) if d.model), None),
        stopped=facts.stopped or was_stopped(group.drafts),
        live=live,
        started_at=facts.started_at,
        first_token_at=facts.first_token_at,
        ended_at=facts.ended_at,
        unattributed=tuple(facts.unattributed),
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
