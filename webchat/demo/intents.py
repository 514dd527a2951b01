"""What a question asks for: which tools, with which arguments, and whether to think aloud.

Simple rules that can be read, for the offline model; it understands nothing beyond them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webchat.demo import almanac

MOST_CITIES = 4
"""Cities looked up for one question; each is a call of its own."""

LONGEST_QUESTION = 2_000
"""Characters of a question that are read; the rules look for words, not for what a book says."""

SEASONS = ("winter", "spring", "summer", "autumn", "fall")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_WEATHER = re.compile(
    r"\b(weather|climate|temperatures?|forecast|rain\w*|snow\w*|sunny|dry|wet|"
    r"how (hot|cold|warm))\b"
)
_FOLLOW_UP = re.compile(r"^(and|what about|how about)\b")
_COMPARE = re.compile(r"\b(compare|comparison|versus|vs|difference|warmer|colder|hotter|wetter)\b")
_UNKNOWN_PLACE = re.compile(
    r"\b(?:weather|climate|temperature|forecast|rain|snow)(?: like| report)? (?:in|for|at|of) "
    r"([a-z][a-z .-]*)"
)
_REPORT = re.compile(r"(?<!weather )\breport\b(?:.*?\b(?:about|on|of|for)\b(?P<topic>.+))?")
_FLAKY = re.compile(r"\b(flaky|fail|fails|failing|failure|errors?|broken|crash)\b")
_THINK = re.compile(r"\b(think|thinking|reason|reasoning|why|ponder|step by step|hard question)\b")
_ABOUT_WEBCHAT = re.compile(
    r"\b(webchat|raw (view|panel|events?|switch)|tabs?|keyboard|shortcuts?|agent server|langgraph|"
    r"connect|settings?|environment variables?|licen[cs]e|stop (an|the|a) (answer|run)|reload|"
    r"share|assistants?|theme|dark mode|privacy|private|(use|plug in|switch to) .*model)\b"
)
_SEARCH = re.compile(r"^(please )?(search|look up|find|google)\b")
_LEAD = re.compile(
    r"^(please |can you |could you )*(tell me about|tell me|show me|search for|search|look up|find|"
    r"google|what is|what are|whats|where is|how do i|how can i|how to|explain)\s+"
    r"(the |a |an |my )?"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call to make.

    Attributes:
        name: The tool's name.
        args: Its arguments, by name.
    """

    name: str
    args: dict[str, str]


def calls_for(question: str) -> tuple[Call, ...]:
    """The tool calls that a question is worth; several run in parallel.

    Args:
        question: What the person wrote.

    Returns:
        The calls in order; empty where the model can answer by itself.
    """
    text = almanac.normalized(question[:LONGEST_QUESTION]).strip()
    if report := _REPORT.search(text):
        topic = (report["topic"] or "webchat").strip(" .?!")
        return (Call("slow_report", {"topic": topic}),)
    calls = [*_weather_calls(text)]
    if expression := find_expression(text):
        calls.append(Call("calculator", {"expression": expression}))
    if _FLAKY.search(text):
        calls.append(Call("flaky", {"service": "the weather station"}))
    if not calls and (_ABOUT_WEBCHAT.search(text) or _SEARCH.search(text)):
        calls.append(Call("search", {"query": search_terms(text)}))
    return tuple(calls)


def thinks(question: str) -> bool:
    """Whether a question asks for thought, so that the model thinks aloud first."""
    return bool(_THINK.search(almanac.normalized(question[:LONGEST_QUESTION])))


def asks_weather(question: str) -> bool:
    """Whether a question is about the weather, of wherever."""
    return bool(_WEATHER.search(almanac.normalized(question[:LONGEST_QUESTION])))


def season_in(text: str) -> str:
    """The season or month that a text names, as three or more lower-case letters; else empty."""
    found = re.search(rf"\b({'|'.join(SEASONS)}|(?:{'|'.join(MONTHS)})[a-z]*)\b", text.lower())
    word = found[1] if found else ""
    # "may" is a verb far more often than a month, and "march" or "mark" may be one too
    if word[:3] in MONTHS and not re.search(rf"\b(in|of|during|for) {word}\b", text.lower()):
        return ""
    return "autumn" if word == "fall" else word


def search_terms(text: str) -> str:
    """A question cut down to what one would type into a search box."""
    plain = re.sub(r"[?!.,;:\"]+", " ", almanac.normalized(text)).strip()
    return re.sub(r"\s+", " ", _LEAD.sub("", plain) or plain)


def find_expression(text: str) -> str:
    """The longest piece of arithmetic in a text, written for the calculator; else empty.

    Args:
        text: Folded text; a few operators may be words ("12 times 7", "15% of 80").
    """
    text = " ".join(text.split())
    for pattern, symbol in _SPOKEN:
        text = pattern.sub(symbol, text)
    found = [_balanced(match[0]) for match in _EXPRESSION.finditer(text)]
    worthy = [expression for expression in found if _OPERATION.search(expression)]
    return max(worthy, key=len, default="")


def _weather_calls(text: str) -> list[Call]:
    weather = bool(_WEATHER.search(text) or _FOLLOW_UP.search(text) or _COMPARE.search(text))
    # a short alias such as "la" is a word of other languages: it needs the weather beside it
    cities = [
        city for city in almanac.places_in(text) if weather or almanac.normalized(city.name) in text
    ]
    when = season_in(text)
    suffix = f" in {when}" if when else ""
    if cities:
        names = [almanac.normalized(city.name) for city in cities[:MOST_CITIES]]
        return [Call("search", {"query": f"weather in {name}{suffix}"}) for name in names]
    if elsewhere := _UNKNOWN_PLACE.search(text):
        return [Call("search", {"query": f"weather in {elsewhere[1].strip(' .-')}"})]
    return []


_TOKEN = (
    r"(?:\d++(?:\.\d++)?|(?:abs|ceil|cos|exp|floor|ln|log|max|min|round|sin|sqrt|tan)(?=\()|pi\b|"
    r"\*\*|//|[-+*/%^(),])"
)
# Possessive, so that a number is read in one way only: else each digit more doubles the time.
_EXPRESSION = re.compile(rf"(?<![\w.-]){_TOKEN}(?:\s*+{_TOKEN})*(?!\w)")
_OPERATION = re.compile(r"(?:[\d)]|pi)\s*[-+*/%^]+\s*[\w(-]|[a-z]\(")
_SPOKEN = tuple(
    (re.compile(pattern), symbol)
    for pattern, symbol in (
        (r"\b\d{4}-\d{2}-\d{2}\b", " "),  # a date is no subtraction
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"(?:the )?square root of (\d+(?:\.\d+)?)", r"sqrt(\1)"),
        (r"\s*(?:%|percent) of ", " / 100 * "),
        (r"\b(?:times|multiplied by)\b|[×·]|(?<=\d)\s*x\s*(?=\d)", " * "),
        (r"\bdivided by\b|÷", " / "),
        (r"\bplus\b", " + "),
        (r"\bminus\b|−", " - "),
        (r"\bto the power of\b", " ** "),
        (r"\bsquared\b", " ** 2"),
    )
)


def _balanced(expression: str) -> str:
    """The expression without the sentence's own punctuation around it."""
    expression = " ".join(expression.split()).rstrip(" ,(*/%^+-").lstrip(" ,)*/%^+")
    if expression.count(")") > expression.count("("):
        expression = expression.removesuffix(")")
    return expression
