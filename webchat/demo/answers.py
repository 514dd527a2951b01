"""Answers made from what the tools returned: quoted, compared and cited, never invented."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from webchat.demo import almanac
from webchat.demo.almanac import SearchResult
from webchat.demo.intents import MONTHS, season_in

_SEASON = re.compile(r"^(?P<label>[^:(]+) \((?P<first>\w{3})–(?P<last>\w{3})\): (?P<text>.+)$")
_COMPARED_MONTHS = ("Jan", "Apr", "Jul", "Oct")
_QUOTED_LENGTH = 320


@dataclass(frozen=True, slots=True)
class Outcome:
    """One tool call and what came of it.

    Attributes:
        tool: The tool's name.
        args: The arguments of the call.
        content: The tool's result, or the words of its failure.
        failed: Whether it failed.
    """

    tool: str
    args: dict[str, Any]
    content: str
    failed: bool


@dataclass(frozen=True, slots=True)
class _Season:
    """A line of the almanac that holds for some months, counted from 0."""

    label: str
    first: int
    last: int
    text: str

    def covers(self, month: int) -> bool:
        if self.first <= self.last:
            return self.first <= month <= self.last
        return month >= self.first or month <= self.last


@dataclass(frozen=True, slots=True)
class _City:
    """A search result about a city's weather, read."""

    name: str
    source: str
    notes: tuple[str, ...]
    seasons: tuple[_Season, ...]
    link: str

    def at(self, month: int) -> _Season:
        return next(season for season in self.seasons if season.covers(month))


def answer(question: str, outcomes: list[Outcome], today: date) -> str:
    """Say what the tools found.

    Args:
        question: What the person asked, for the season they may have named.
        outcomes: The calls of this turn, in order; at least one.
        today: For "at this time of the year".

    Returns:
        Markdown.
    """
    found = [(outcome, _results(outcome)) for outcome in outcomes]
    cities = [city for _, results in found if results and (city := _city(results[0]))]
    parts: list[str] = []
    if len(cities) > 1:
        parts.append(_comparison(cities))
    for outcome, results in found:
        if outcome.failed:
            parts.append(_failure(outcome))
        elif results is None:
            parts.append(_plain(outcome))
        elif not results:
            parts.append(_nothing(outcome))
        elif not (city := _city(results[0])):
            parts.append(_notes(results))
        elif len(cities) == 1:
            parts.append(_weather(city, question, today))
    return "\n\n".join(parts)


def _results(outcome: Outcome) -> list[SearchResult] | None:
    """The hits of a search; None for any other outcome."""
    if outcome.tool != "search" or outcome.failed:
        return None
    return json.loads(outcome.content)


def _city(result: SearchResult) -> _City | None:
    source, *lines = result["content"].splitlines()
    matches = [(line, _SEASON.match(line)) for line in lines]
    seasons = [
        _Season(match["label"], _month(match["first"]), _month(match["last"]), match["text"])
        for _, match in matches
        if match
    ]
    if not seasons:
        return None
    notes = tuple(line for line, match in matches if not match)
    name = result["title"].partition(":")[0]
    return _City(name, source, notes, tuple(seasons), _link(result))


def _weather(city: _City, question: str, today: date) -> str:
    asked = season_in(question)
    shown, when = city.at(today.month - 1), f"At this time of the year ({today:%B})"
    for season in city.seasons:
        if asked and asked in season.label.lower():
            shown, when = season, f"In {asked}"
    if asked[:3] in MONTHS:
        shown, when = city.at(_month(asked)), f"In {asked.capitalize()}"
    overview, *more = city.notes
    others = [season for season in city.seasons if season is not shown]
    rows = [f"- **{season.label}** ({_months(season)}): {season.text}" for season in others]
    return "\n".join(
        [
            f"### {city.name}, typically",
            "",
            f"I cannot see live weather, but I can say what is usual. **{when}**: {shown.text}",
            "",
            overview,
            "The rest of the year:",
            "",
            *rows,
            "",
            *more,
            "",
            f"> {city.source}",
            f"> Read more: {city.link}",
        ]
    )


def _comparison(cities: list[_City]) -> str:
    lines = [
        f"### {_listed([city.name for city in cities])}, typically",
        "",
        "| | " + " | ".join(f"**{city.name}**" for city in cities) + " |",
        "|:--|" + ":--|" * len(cities),
    ]
    for name in _COMPARED_MONTHS:
        cells = [city.at(_month(name)).text.partition(";")[0] for city in cities]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines += ["", *(_warmest(cities, name) for name in ("January", "July"))]
    lines += [f"- {city.notes[0]}" for city in cities]
    sources = " · ".join(city.link for city in cities)
    return "\n".join([*lines, "", f"> {cities[0].source}", f"> Read more: {sources}"])


def _warmest(cities: list[_City], month: str) -> str:
    highs: dict[str, int] = {}
    for city in cities:
        found = re.search(r"highs near (-?\d+) °C", city.at(_month(month)).text)
        if found:
            highs[city.name] = int(found[1])
    if len(highs) < len(cities):
        return ""
    best = max(highs.values())
    warmest = [name for name, high in highs.items() if high == best]
    if len(warmest) > 1:
        return f"- In {month}, {_listed(warmest)} are equally warm: **{best} °C** by day."
    others = ", ".join(f"{name} {high} °C" for name, high in highs.items() if name != warmest[0])
    return f"- In {month}, **{warmest[0]}** is the warmest by day: **{best} °C** ({others})."


def _notes(results: list[SearchResult]) -> str:
    """Notes on webchat, or hits from the web: the best one quoted, the others named."""
    best, *others = results
    source, _, text = best["content"].partition("\n")
    quoted = text or _cut(source)
    lines = [f"### {_plain_title(best)}", "", quoted, ""]
    lines.append(f"> {source} {_link(best)}" if text else f"> Source: {_link(best)}")
    if others:
        lines += ["", "See also:", "", *(f"- {_link(result)}" for result in others)]
    return "\n".join(lines)


def _plain(outcome: Outcome) -> str:
    """The result of any tool but the search."""
    if outcome.tool != "calculator":
        return f"Here is what `{outcome.tool}` returned:\n\n{outcome.content}"
    expression = str(outcome.args.get("expression", ""))
    if re.fullmatch(r"[\d\s.()+*/-]+", expression) and "**" not in expression:
        formula = expression.replace("*", r"\times").replace("/", r"\div")
        return f"$$ {formula} = {outcome.content} $$\n\nThe result is **{outcome.content}**."
    return f"`{expression}` is **{outcome.content}**."


def _failure(outcome: Outcome) -> str:
    said = "\n".join(f"> {line}" for line in outcome.content.splitlines())
    return (
        f"**The `{outcome.tool}` tool failed.** It said:\n\n{said}\n\n"
        "So I have no result from it, and I will not make one up. "
        "You can ask again, or ask for something else."
    )


def _nothing(outcome: Outcome) -> str:
    known = ", ".join(entry.name for entry in almanac.ENTRIES if entry.is_place)
    return (
        f"I searched for *{outcome.args.get('query', '')}* and found **nothing**, "
        "so I would rather not guess.\n\n"
        f"My bundled almanac knows these cities: {known}. It also has notes on webchat itself."
    )


def _link(result: SearchResult) -> str:
    """A citation: a link where there is an address, else the name of the file."""
    title = _plain_title(result)
    if result["url"].startswith(("https://", "http://")):
        return f"[{title}](<{result['url']}>)"
    return f"{title} (`{result['url']}`)"


def _plain_title(result: SearchResult) -> str:
    return re.sub(r"[\[\]\s]+", " ", result["title"]).strip()


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED_LENGTH else text[:_QUOTED_LENGTH].rsplit(" ", 1)[0] + " …"


def _months(season: _Season) -> str:
    return f"{MONTHS[season.first].capitalize()}–{MONTHS[season.last].capitalize()}"


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower())


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
