"""Maps a failed request to an error of our tree: what happened, to what, what can be done.

Knows HTTP status codes and the server's phrases; sends nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from webchat import limits
from webchat.agent_server import errors

LONGEST_DETAIL = 500
CHECK_ADDRESS = "Check that it is running and that its address is right, then try again."
TRY_LATER = "Try again in a moment; if it stays so, the agent server's log tells why."
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
"""What a transport raises before the first byte of a request; all else may come after it."""


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, so that its failure can say so."""

    thread_id: str | None = None
    run_id: str | None = None
    assistant_id: str | None = None


def from_transport(error: Exception, server: str, about: About) -> errors.Unreachable:
    """The error for a request that got no answer, or for a stream that broke.

    Args:
        error: What the transport raised: httpx's errors, and now and then one from below it.
        server: The server's address without credentials.
        about: What the request was about.
    """
    if isinstance(error, errors.Unreachable):
        return error
    kind = errors.Unreachable if isinstance(error, NEVER_SENT) else errors.Unanswered
    # A header that cannot be sent is repeated in the words of this one, our key included.
    words = "" if isinstance(error, httpx.LocalProtocolError) else f": {error}"
    return kind(
        f"The agent server at {server} {_in_words(error)}.",
        advice=CHECK_ADDRESS,
        thread_id=about.thread_id,
        run_id=about.run_id,
        detail=f"{type(error).__name__}{words}"[:LONGEST_DETAIL],
    )


def cannot_be_sent(error: Exception, about: About) -> errors.Rejected:
    """The error for content that JSON in UTF-8 cannot hold, such as half a surrogate pair."""
    return errors.Rejected(
        "This cannot be sent: it holds characters or numbers that do not exist.",
        advice="Remove what looks broken in it, and try again.",
        thread_id=about.thread_id,
        run_id=about.run_id,
        detail=type(error).__name__,
    )


def _in_words(error: Exception) -> str:
    """What a transport did, as a verb that fits after its name."""
    match error:
        case httpx.PoolTimeout():
            return "has too many connections from us already"
        case _ if isinstance(error, NEVER_SENT):
            return "cannot be reached"
        case httpx.TimeoutException() | TimeoutError():
            return "does not answer"
        case _:
            return "broke the connection"


def from_answer(status: int, body: str, request: str, about: About) -> errors.AgentServerError:
    """The error for an answer that is not a success.

    Args:
        status: The HTTP status, not 2xx.
        body: The answer's text, or its beginning.
        request: Method and path, for the technical line.
        about: What the request was about.
    """
    said = _detail(body)
    line = f"HTTP {status} for {request}"
    told = f"{line}: {' '.join(said.split())}"[:LONGEST_DETAIL] if said else line
    where = {"thread_id": about.thread_id, "run_id": about.run_id}
    match status:
        case 401:  # no server text here: it might repeat the key
            return errors.Unauthorized(
                "The agent server asks for a valid API key.",
                advice="Check the API key in the settings.",
                detail=line,
                **where,
            )
        case 403:
            return errors.Unauthorized(
                "The agent server does not allow this.",
                advice="Check the API key in the settings, or ask whoever runs the server.",
                detail=line,
                **where,
            )
        case 404:
            return _not_found(said, told, about)
        case 409:  # no server text here: it may be the dump of a whole run
            return errors.Busy(
                "The agent is still at work in this conversation.",
                advice="Wait until it is done, or stop it first.",
                detail=line,
                **where,
            )
        case 422 if said.startswith("Invalid assistant"):
            return unknown_assistant(told, about)
        case 408 | 429:
            return errors.ServerFault(
                "The agent server has too much to do.", advice=TRY_LATER, detail=told, **where
            )
        case _ if 400 <= status < 500:
            return errors.Rejected(
                "The agent server did not accept the request.",
                advice="Change what you sent and try again; the details say what it minds.",
                detail=told,
                **where,
            )
        case _ if status >= 500:
            fault = errors.ServerFault(
                "The agent server failed on its side.", advice=TRY_LATER, detail=told, **where
            )
            fault.maybe_taken = True  # the proxy before it may have lost the answer only
            return fault
        case _:
            return not_an_agent_server(line, about)


def not_an_agent_server(detail: str, about: About) -> errors.NotAnAgentServer:
    """The error for an answer that no agent server gives."""
    return errors.NotAnAgentServer(
        "What answers there does not speak like an agent server.",
        advice="Check the agent server's address in the settings.",
        thread_id=about.thread_id,
        run_id=about.run_id,
        detail=detail[:LONGEST_DETAIL],
    )


def too_large(detail: str, about: About) -> errors.TooLarge:
    """The error for an answer that is more than is read."""
    return errors.TooLarge(
        f"The agent server's answer is too large to be shown. {detail}",
        advice="Start a new chat, or let the agent keep less in its state.",
        thread_id=about.thread_id,
        run_id=about.run_id,
    )


def stream_lost(about: About, why: str, tries: int) -> errors.StreamLost:
    """The error for a run that could not be joined again."""
    return errors.StreamLost(
        "The connection to the agent was lost in mid-answer and could not be made again.",
        advice="The agent may still be at work: reload the conversation to see how it went.",
        thread_id=about.thread_id,
        run_id=about.run_id,
        detail=f"gave up after {tries} tries: {why}"[:LONGEST_DETAIL],
    )


def thread_stream_lost(about: About, why: str, tries: int) -> errors.StreamLost:
    """The error for a thread whose stream could not be opened again."""
    return errors.StreamLost(
        "What others do in this conversation cannot be followed any more.",
        advice="Reload the conversation to see how it stands.",
        thread_id=about.thread_id,
        detail=f"gave up after {tries} tries: {why}"[:LONGEST_DETAIL],
    )


def _not_found(said: str, told: str, about: About) -> errors.AgentServerError:
    where = {"thread_id": about.thread_id, "run_id": about.run_id, "detail": told}
    if (about.thread_id and said.startswith("Thread with ID")) or _only_thread(about):
        return errors.UnknownThread(
            "The agent server does not know this conversation.",
            advice="It may have been deleted. Start a new chat.",
            **where,
        )
    if about.run_id:
        return errors.UnknownRun(
            "The agent server does not know this run.",
            advice="It may have been taken back. Reload the conversation to see how it stands.",
            **where,
        )
    if about.assistant_id:
        return unknown_assistant(told, about)
    return errors.NotFound(
        "The agent server does not have this.",
        advice="It may be too old for it, or not an agent server: check its address.",
        detail=told,
    )


def _only_thread(about: About) -> bool:
    return bool(about.thread_id) and not about.run_id and not about.assistant_id


def unknown_assistant(told: str, about: About) -> errors.UnknownAssistant:
    """The error for an assistant or graph that the server does not have."""
    return errors.UnknownAssistant(
        f"The agent server has no assistant “{(about.assistant_id or '')[:80]}”.",
        advice="Choose one of those that it has.",
        thread_id=about.thread_id,
        detail=told,
    )


def _detail(body: str) -> str:
    """The server's own words, where it answered as it should."""
    if len(body) > limits.JSON_AT_ONCE:
        return ""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = answer.get("detail") if isinstance(answer, dict) else None
    return said if isinstance(said, str) else ""
