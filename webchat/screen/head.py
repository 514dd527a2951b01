"""The records of what stands around the conversation: page, composer, health, load error."""

from __future__ import annotations

from dataclasses import dataclass

from webchat.agent_server import AgentServerError, MalformedId, NotFound, ServerFault, Unreachable
from webchat.limits import LONGEST_MESSAGE
from webchat.rendering.text import DETAIL, SENTENCE, shortened
from webchat.runs import Feed, HealthState, RunFacts
from webchat.screen.ids import is_uuid
from webchat.screen.inputs import InputShape
from webchat.screen.records import ReturnedMessage
from webchat.screen.replica import Record, sendable
from webchat.transcript.parts import Interrupt

BLOCKED = {
    "connecting": "Connecting to the agent server…",
    "refused": "The agent server does not let webchat in. Messages wait until it does.",
    "away": "The agent server is away. Messages wait until it is back.",
}
"""Why no message can reach the agent, by the state of the health."""

STANDING = {"refused": "Server refuses", "away": "Server away"}
"""What the header says of a server that is of no use, whatever the stream's state."""


@dataclass(frozen=True, slots=True)
class LoadError:
    """What stands in the conversation's place when an address shows none.

    Attributes:
        title: What happened.
        advice: What the person can do.
        detail: A technical line.
        passing: Whether it is over once the server answers.
    """

    title: str
    advice: str
    detail: str = ""
    passing: bool = False

    @classmethod
    def of(cls, error: AgentServerError) -> LoadError:
        """What went wrong while a thread was read."""
        if isinstance(error, NotFound | MalformedId):
            return cls(
                "There is no such conversation",
                "It may have been deleted, or its address was cut short.",
                shortened(str(error), SENTENCE),
            )
        passing = isinstance(error, Unreachable | ServerFault)
        return cls(
            shortened(str(error), SENTENCE),
            error.advice,
            shortened(error.detail or "", DETAIL),
            passing,
        )


NO_SUCH_PAGE = LoadError("There is no such page", "Its address may have been cut short.")
NO_SUCH_THREAD = LoadError(
    "There is no such conversation",
    "Its address may have been cut short.",
    "This is not the id of a thread.",
)
NOT_TAKEN_IN = "The run ended before the conversation took it in."


def page_record(feed: Feed | None, load_error: LoadError | None, loading: str) -> Record:
    """What the middle of the page shows; `loading` is the address of what is being read."""
    state = "thread" if feed else "error" if load_error else "new"
    return {
        "state": "loading" if loading else state,
        "thread": feed.thread_id if feed else loading.rpartition("/")[2],
        "title": load_error.title if load_error else "",
        "advice": load_error.advice if load_error else "",
        "detail": load_error.detail if load_error else "",
    }


def composer_record(feed: Feed | None, health: HealthState, note: str, shape: InputShape) -> Record:
    """What happens to a message that is sent now."""
    run = feed.run if feed else None
    return {
        "running": bool(run and run.live),
        "stopping": bool(run and run.status == "stopping"),
        "asking": feed is not None and asks(feed),
        "blocked": BLOCKED.get(health.word, ""),
        "json": not shape.messages,
        "keys": "" if shape.messages else shape.names,
        "note": note,
    }


def returned_record(feed: Feed | None) -> Record:
    """The messages that the thread did not take in after all, as many as one delta may carry.

    The others follow when the page has these.
    """
    messages: list[ReturnedMessage] = []
    room = LONGEST_MESSAGE
    for message in feed.returned if feed else ():
        words = message.get("content")
        # a run that another program started may hold a message that no page could send
        if not is_uuid(message.get("id")) or not isinstance(words, str):
            continue
        room -= len(words)
        if messages and room < 0:
            break
        messages.append({"id": message["id"], "text": sendable(words), "reason": NOT_TAKEN_IN})
    return {"thread": feed.thread_id if feed and messages else "", "messages": messages}


def health_record(run: RunFacts | None, health: HealthState) -> Record:
    """How it stands, in words: the server first, then the live run's stream."""
    reason = f"{health.reason} {health.advice}".strip()
    if health.word in STANDING:
        return {"word": health.word, "text": STANDING[health.word], "reason": reason}
    if run and run.stream in ("reconnecting", "resumed"):
        return {"word": run.stream, "text": run.stream.capitalize(), "reason": run.why}
    return {"word": health.word, "text": health.word.capitalize(), "reason": reason}


def asks(feed: Feed) -> bool:
    """Whether the agent waits for a person's answer, which a message would pass over."""
    last = () if feed.live else feed.turns[-1:]
    return any(isinstance(part, Interrupt) for turn in last for part in turn.parts)


def load_error_record(feed: Feed | None) -> Record:
    """Why the run could not be followed to its end; empty when it could."""
    error = feed.load_error if feed else None
    return {
        "text": shortened(str(error), SENTENCE) if error else "",
        "advice": error.advice if error else "",
        "detail": shortened(error.detail or "", DETAIL) if error else "",
        "action": "Try again",
    }
