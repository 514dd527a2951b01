"""What can go wrong between us and an agent server, as a person would be told.

AgentServerError
├── Unreachable            nobody answers
│   └── Unanswered         the request was sent, and no answer came
├── Unauthorized           it does not accept who we say we are
├── NotFound               it answers, but does not have what was asked for
│   ├── UnknownAssistant
│   ├── UnknownThread
│   └── UnknownRun
├── MalformedId            what should be an id is not one; it was not even asked
├── Busy                   the thread already has a run
├── Rejected               it did not accept what was sent
├── TooLarge               what it sent is more than is read
├── ServerFault            it failed itself
│   └── NotAnAgentServer   what answers is something else
└── StreamLost             a run's stream was cut and could not be joined again

Knows words, not HTTP.
"""

# ruff: noqa: N818 - the names say what happened; `except errors.Busy` needs no suffix

from __future__ import annotations


class AgentServerError(Exception):
    """Something went wrong with the agent server.

    `str(error)` says what happened, in words for the page.

    Attributes:
        advice: What the person can do about it.
        thread_id: The thread that it happened to, if it was about one.
        run_id: The run that it happened to, if it was about one.
        detail: A technical line for those who debug; holds no secret, None if there is no more.
        maybe_taken: Whether the server may have done all the same what it was asked: look
            before asking it again for what must happen once.
    """

    maybe_taken: bool = False

    def __init__(
        self,
        message: str,
        *,
        advice: str,
        thread_id: str | None = None,
        run_id: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message)
        self.advice = advice
        self.thread_id = thread_id
        self.run_id = run_id
        self.detail = detail


class Unreachable(AgentServerError):
    """Nobody answers: refused, reset, or silent for too long."""


class Unanswered(Unreachable):
    """The request was sent, at least in part, and the connection ended before an answer."""

    maybe_taken = True


class Unauthorized(AgentServerError):
    """The server does not accept our key, or does not allow this to its owner."""


class NotFound(AgentServerError):
    """The server does not have what was asked for."""


class UnknownAssistant(NotFound):
    """No assistant or graph has this id or name."""


class UnknownThread(NotFound):
    """No thread has this id, or it is somebody else's."""


class UnknownRun(NotFound):
    """No run of this thread has this id: never was, rolled back, or deleted."""


class MalformedId(AgentServerError):
    """Ids are UUIDs, and this is none."""


class Busy(AgentServerError):
    """The thread has a run that is not done yet."""


class Rejected(AgentServerError):
    """The server understood who asks and what for, and did not accept the content."""


class TooLarge(AgentServerError):
    """The server answered with more than webchat reads."""


class ServerFault(AgentServerError):
    """The server failed on its side, or has too much to do."""


class NotAnAgentServer(ServerFault):
    """What answers does not speak like an agent server: a wrong address, or a page of a proxy."""


class StreamLost(AgentServerError):
    """A stream was cut, and every try to join it again failed."""

    maybe_taken = True
