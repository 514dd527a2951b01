"""How one run of a thread stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from webchat.agent_server.types import Run
from webchat.runs.timestamps import parse_timestamp

UNDER_WAY = ("pending", "running")
"""The server's words for a run that has not ended."""

SENT_AS = "webchat_message_id"
"""Where a run's metadata have the id of what a person did, if its input has no message of it."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a run of the thread stands.

    Attributes:
        run_id: Its id; empty until the server has named it.
        status: `starting`, `running`, `stopping`, then the server's final word
            (`success`, `error`, `interrupted`, `timeout`, `gone`), or `lost` when it could not
            be followed to its end.
        stream: How its stream is: `open`, `reconnecting`, `resumed`, or `closed`.
        started_at: Unix seconds.
        why: What cut the stream, while it is reconnecting or lost.
        ended_at: Unix seconds, None while it goes on.
        input: What it was started with; None where that is not known, or is messages.
    """

    run_id: str
    status: str
    stream: Literal["open", "reconnecting", "resumed", "closed"]
    started_at: float
    why: str = ""
    ended_at: float | None = None
    input: Any = None

    @property
    def live(self) -> bool:
        """Whether it still goes on, as far as we know."""
        return self.stream != "closed"

    @classmethod
    def listed(cls, run: Run) -> RunFacts:
        """A run that nobody here follows, as the server lists it."""
        return cls(
            run_id=run["run_id"],
            status=str(run.get("status") or ""),
            stream="closed",
            started_at=parse_timestamp(run.get("created_at")) or 0.0,
            ended_at=parse_timestamp(run.get("updated_at")),
            input=input_beside_messages(run.get("input")),
        )


def sent_ids(run: Run) -> Iterator[str]:
    """The ids of what people sent to start a run."""
    yield from _named_ids(run)
    yield from message_ids(run.get("input"))


def taken_ids(run: Run) -> Iterator[str]:
    """Those of them that need not be sent again, for the thread took them in or may yet."""
    yield from _named_ids(run)
    if run.get("status") in (*UNDER_WAY, "success"):
        yield from message_ids(run.get("input"))


def _named_ids(run: Run) -> Iterator[str]:
    metadata = run.get("metadata")
    id = metadata.get(SENT_AS) if isinstance(metadata, Mapping) else None
    if isinstance(id, str):
        yield id


def input_beside_messages(run_input: Any) -> Any:
    """A run's input; None where it is messages, which are shown as such."""
    return None if isinstance(run_input, Mapping) and "messages" in run_input else run_input


def message_ids(holder: Mapping[str, Any] | None) -> Iterator[str]:
    """The ids of the messages in a run's input or a state's values, whatever else is there."""
    messages = holder.get("messages") if isinstance(holder, Mapping) else None
    for message in messages if isinstance(messages, list) else [messages]:
        id = message.get("id") if isinstance(message, Mapping) else None
        if isinstance(id, str):
            yield id
