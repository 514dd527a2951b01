"""What the offline model says next, given the conversation: a pure function of both.

It reads the last question by the rules of `intents`, answers from tool results by `answers`, and
has a small repertoire of texts in `repertoire/`. It claims to be nothing more than that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from webchat.demo import almanac, intents
from webchat.demo.answers import Outcome, answer
from webchat.demo.intents import Call

# Read on import: the agent server forbids its event loop to wait for a file later.
_TEXTS = {
    file.stem: file.read_text(encoding="utf-8").strip()
    for file in Path(__file__).with_name("repertoire").glob("*.md")
}

_NAME = "offline demo model"
_DISCLOSURE = (
    f"\n\n---\n\n*This was webchat's {_NAME}: a script, not an AI. "
    "Ask **what can you do?** to see what it knows.*"
)
# The first rule whose patterns stand in a question one after the other wins; tools come after.
_CODE = "python|code|program|function|script"
_RULES = (
    ("markdown", (r"\bmarkdown\b|\bevery kind of formatting\b",)),
    ("essay", (r"\bessay\b|\blong (answer|text|story)\b|\b(lorem|scroll)\b",)),
    ("code_fibonacci", (r"\bfibonacci\b",)),
    ("code_primes", (r"\bprimes?\b",)),
    ("code_stream", (rf"\b({_CODE})\b", r"\b(stream\w*|agent|client)\b")),
    ("code_other", (r"\b(write|show|give)\b", rf"\b({_CODE}|snippet)\b")),
    ("sky", (r"\bsky\b", r"\bblue\b")),
)
_GREETING = re.compile(r"^(hi|hello|hey|good (morning|evening|afternoon)|thanks|thank you)\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the model: what it thinks, says and calls, in this order; any may be empty."""

    reasoning: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()


def reply(messages: Sequence[BaseMessage], today: date) -> Reply:
    """Decide on the next message.

    Args:
        messages: The conversation, oldest first.
        today: For answers about this time of the year.

    Returns:
        Tool calls when the question needs some that have not been made, else an answer.
    """
    asked_at = max((i for i, m in enumerate(messages) if isinstance(m, HumanMessage)), default=-1)
    question = messages[asked_at].text if asked_at >= 0 else ""
    outcomes = _outcomes(messages[asked_at + 1 :])
    said = Reply(text=answer(question, outcomes, today)) if outcomes else _opening(question)
    is_first = not any(isinstance(message, AIMessage) for message in messages[:asked_at])
    if said.calls or not is_first or _NAME in said.text:
        return said
    return Reply(said.reasoning, said.text + _DISCLOSURE)


def _opening(question: str) -> Reply:
    """The first message after a question: a text from the repertoire, calls, or an apology."""
    question = question[: intents.LONGEST_QUESTION]
    plain = almanac.normalized(question).strip()
    for name, patterns in _RULES:
        if _in_order(patterns, plain):
            reasoning = _TEXTS["sky_reasoning"] if name == "sky" else ""
            return Reply(reasoning or _idle_thought(question), _TEXTS[name])
    calls = intents.calls_for(question)
    if calls:
        return Reply(_planning(calls) if intents.thinks(question) else "", _lead_in(calls), calls)
    if intents.asks_weather(question):
        return Reply(_idle_thought(question), _which_city())
    if _GREETING.search(plain):
        return Reply(text=_TEXTS["greeting"])
    if re.search(r"\b(you|yourself|help)\b", plain):
        return Reply(_idle_thought(question), _TEXTS["about"])
    return Reply(_idle_thought(question), f"{_TEXTS['unknown']}\n\n{_TEXTS['about']}")


def _in_order(patterns: Sequence[str], text: str) -> bool:
    """Whether the patterns stand in a text one after the other."""
    at = 0
    for pattern in patterns:
        match = re.compile(pattern).search(text, at)
        if match is None:
            return False
        at = match.end()
    return True


def _lead_in(calls: tuple[Call, ...]) -> str:
    """What is said before the calls: nothing for one, so that the answer comes sooner."""
    if len(calls) == 1:
        return ""
    return f"That takes {len(calls)} tool calls; I will make them at the same time."


def _planning(calls: tuple[Call, ...]) -> str:
    steps = [f"call `{call.name}` with {', '.join(call.args.values())}" for call in calls]
    return (
        "The question names something that one of my tools knows about. "
        f"My rules say: {'; '.join(steps)}. "
        "I am a script, so this is the whole of my reasoning; the answer will come from the result."
    )


def _idle_thought(question: str) -> str:
    return _TEXTS["idle_reasoning"] if intents.thinks(question) else ""


def _which_city() -> str:
    names = [entry.name for entry in almanac.ENTRIES if entry.is_place]
    return "Which city's weather? My almanac knows these:\n\n" + "\n".join(f"- {n}" for n in names)


def _outcomes(since_question: Sequence[BaseMessage]) -> list[Outcome]:
    """The finished tool calls, each with the arguments that the model gave."""
    args = {
        call["id"]: call["args"]
        for message in since_question
        if isinstance(message, AIMessage)
        for call in message.tool_calls
    }
    return [
        Outcome(
            tool=message.name or "",
            args=args.get(message.tool_call_id, {}),
            content=message.text,
            failed=message.status == "error",
        )
        for message in since_question
        if isinstance(message, ToolMessage)
    ]
