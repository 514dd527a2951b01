"""A message on its way from a tab to its thread, and what became of it.

The page keeps a message in its outbox until it hears that the thread has it, and sends it again
under the same id whenever it heard nothing. So the same message may come twice, from two tabs,
or after it was taken long ago.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from webchat.agent_server import AgentServerError, Busy, ServerFault, Unreachable
from webchat.limits import LONGEST_MESSAGE
from webchat.runs import Feed
from webchat.screen.head import asks
from webchat.screen.ids import is_uuid
from webchat.screen.inputs import parse_input
from webchat.screen.tab import Tab

Assistant = Callable[[], Awaitable[tuple[str, str]]]
"""Finds who is to answer what was written before any assistant was known.

Its id, empty where there is none, and then why.
"""


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote.

    Attributes:
        id: A UUID of the page's making, also the message's in the thread's state.
        thread_id: Its thread's UUID.
        text: The words; JSON where the graph has no messages.
        fresh: Whether the thread is to be made where the server has none of that id.
        anyway: Whether to send it although the agent waits for an answer.
        assistant_id: Who is to answer; empty where none was known when it was written.
    """

    id: str
    thread_id: str
    text: str
    fresh: bool = False
    anyway: bool = False
    assistant_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message.

    Attributes:
        word: `sent`: its thread has it. `later`: it was not taken, and may be when it is sent
            again. `doubtful`: it may have been taken; sending it again looks for it first.
            `refused`: it is not taken as it is. `asking`: it would drop a question of
            the agent's.
        reason: Why, in words for the page.
    """

    word: Literal["sent", "later", "doubtful", "refused", "asking"]
    reason: str = ""


NOBODY = Outcome("later", "No assistant was found yet.")
NO_WORDS = Outcome("refused", "It has no words in it.")
NO_ASSISTANT = Outcome("refused", "There is no assistant of that id. Choose another and try again.")
TOO_LONG = Outcome("refused", "It is too long. Take it back and shorten it.")
AT_WORK = "The agent is still at work."
OUR_FAULT = "Something went wrong in webchat itself; its log says what it was."


async def deliver(tab: Tab, message: Message, assistant: Assistant) -> None:
    """Send a message, and tell the tab what became of it.

    Args:
        tab: Where it comes from.
        message: It; one that the tab has in hand already is left to the call that has it.
        assistant: Finds who is to answer if the message does not say.
    """
    if not tab.take_in_hand(message.id):
        return
    outcome = Outcome("doubtful")  # if this call is cancelled: the message goes its way
    failed = Outcome("refused", OUR_FAULT)
    try:
        ready = await _prepared(tab, message, assistant)
        if isinstance(ready, Outcome):
            outcome = ready
        else:
            failed = Outcome("doubtful", OUR_FAULT)
            outcome = await _handed_over(tab, message, *ready)
    except Exception:
        outcome = failed
        raise
    finally:
        tab.sent(message.id, outcome.word, outcome.reason)


async def _prepared(
    tab: Tab, message: Message, assistant: Assistant
) -> Outcome | tuple[str, Mapping[str, Any] | None]:
    """Who is to answer, and the run's input; None for the input of a graph that takes messages."""
    if not message.text:
        return NO_WORDS
    if len(message.text) > LONGEST_MESSAGE:
        return TOO_LONG
    if message.assistant_id and not is_uuid(message.assistant_id):
        return NO_ASSISTANT
    assistant_id, why_nobody = message.assistant_id, ""
    if not assistant_id:
        assistant_id, why_nobody = await assistant()
    if not assistant_id:
        return Outcome("refused", why_nobody) if why_nobody else NOBODY
    shape = await tab.input_shape(assistant_id)
    try:
        return assistant_id, None if shape.messages else parse_input(message.text, shape)
    except ValueError as error:
        return Outcome("refused", str(error))


async def _handed_over(
    tab: Tab, message: Message, assistant_id: str, run_input: Mapping[str, Any] | None
) -> Outcome:
    """What became of a message that was given to its thread."""
    feed = None
    try:
        feed = await tab.reach(message.thread_id, create=message.fresh)
        if asks(feed) and not message.anyway and not feed.holds(message.id):
            return Outcome("asking")
        if run_input is None:
            said = {"type": "human", "id": message.id, "content": message.text}
            await feed.send(assistant_id, said)
        else:
            await feed.send_input(assistant_id, message.id, run_input)
    except Busy:
        return Outcome(_not_taken(feed, message), AT_WORK)
    except AgentServerError as error:
        tab.suspect()
        reason = f"{error} {error.advice}"
        if not isinstance(error, Unreachable | ServerFault):
            return Outcome("refused", reason)
        return Outcome(_not_taken(feed, message), reason)
    return Outcome("sent")


def _not_taken(feed: Feed | None, message: Message) -> Literal["later", "doubtful"]:
    """What to say of a message that can be sent again."""
    return "doubtful" if feed is not None and feed.doubts(message.id) else "later"
