"""The bundled corpus: read once from `corpus/`, and ranked for a query by BM25.

Knows nothing of agents or tools.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

CORPUS = Path(__file__).with_name("corpus")

_STOPWORDS = frozenset(
    """
    a about all an and any are as at be by can could do does for from give has have how i in is it
    its like me my of on or please s should show tell that the there this to today tomorrow up was
    what whats when where which who will with would you your
    """.split()  # noqa: SIM905 - sixty words read better than sixty literals
)
# BM25's usual constants: how soon repetition stops counting, how much length does.
_K1, _B = 1.2, 0.75
# A hit must hold this share of what the query is about, else "weather in Madrid" finds Paris.
_LEAST_SHARE = 0.4


class SearchResult(TypedDict):
    """One hit, in the shape of Tavily's; `score` lies between 0 and 1."""

    url: str
    title: str
    content: str
    score: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of the corpus.

    Attributes:
        name: The place's name, or the subject.
        title: What a search result shows.
        url: Where to read more.
        content: The text, with a first line that says what kind of source this is.
        is_place: Whether it is a city's weather.
        words: How often each word of it occurs; a word of the title counts three times.
        spellings: Matches the name and its aliases in a normalized text.
    """

    name: str
    title: str
    url: str
    content: str
    is_place: bool
    words: Counter[str] = field(compare=False, repr=False)
    spellings: re.Pattern[str] = field(compare=False, repr=False)


def search(query: str, limit: int = 4) -> list[SearchResult]:
    """Rank the corpus for a query.

    Args:
        query: Free text; city aliases such as "la" are understood.
        limit: The most results to give.

    Returns:
        The best entries, best first; empty when nothing is about the query.
    """
    wanted = set(_words(expand_aliases(query)))
    weights = _idf(wanted)
    about = sum(weights.values())
    average = sum(entry.words.total() for entry in ENTRIES) / len(ENTRIES)
    ranked: list[tuple[float, Entry]] = []
    for entry in ENTRIES:
        held = sum(weights[word] for word in wanted if entry.words[word])
        if about and held / about >= _LEAST_SHARE:
            ranked.append((_bm25(entry, weights, average), entry))
    ranked.sort(key=lambda hit: hit[0], reverse=True)
    return [_result(entry, score) for score, entry in ranked[:limit]]


def places_in(text: str) -> list[Entry]:
    """The cities that a text names, by name or alias, in the order it names them."""
    plain = normalized(text)
    matches = [(entry.spellings.search(plain), entry) for entry in ENTRIES if entry.is_place]
    found = [(match.start(), entry) for match, entry in matches if match]
    return [entry for _, entry in sorted(found, key=lambda hit: hit[0])]


def expand_aliases(text: str) -> str:
    """The normalized text with every city's alias written out: "la" becomes "los angeles"."""
    plain = normalized(text)
    for entry in ENTRIES:
        if entry.is_place:
            plain = entry.spellings.sub(normalized(entry.name), plain)
    return plain


def normalized(text: str) -> str:
    """Lower case, without accents or apostrophes, so that "São" equals "sao"."""
    plain = unicodedata.normalize("NFKD", text.lower()).replace("'", "").replace("’", "")
    return "".join(char for char in plain if not unicodedata.combining(char))


def _read(path: Path) -> Iterable[Entry]:
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    keywords = " ".join(file["keywords"])
    for raw in file["entry"]:
        name: str = raw["name"]
        title: str = file["title"].format(name=name)
        yield Entry(
            name=name,
            title=title,
            url=raw["url"],
            content=f"{file['about']}\n{raw['content'].strip()}",
            is_place=path.stem == "cities",
            words=Counter(_words(f"{title} {title} {title} {keywords} {raw['content']}")),
            spellings=_spellings([name, *raw.get("aliases", ())]),
        )


def _spellings(names: list[str]) -> re.Pattern[str]:
    longest_first = sorted(map(normalized, names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _words(text: str) -> list[str]:
    found = re.findall(r"[a-z0-9]+", normalized(text))
    return [_stem(word) for word in found if word not in _STOPWORDS]


def _stem(word: str) -> str:
    """Enough for a corpus of this size: plurals, and a few endings of verbs."""
    for ending in ("ing", "es", "s", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def _idf(wanted: set[str]) -> dict[str, float]:
    """How telling each word is: rare ones weigh more, unknown ones as much as the rarest."""
    count = len(ENTRIES)
    weights: dict[str, float] = {}
    for word in wanted:
        holding = max(1, sum(1 for entry in ENTRIES if entry.words[word]))
        weights[word] = math.log(1 + (count - holding + 0.5) / (holding + 0.5))
    return weights


def _bm25(entry: Entry, weights: dict[str, float], average: float) -> float:
    length = _K1 * (1 - _B + _B * entry.words.total() / average)
    return sum(
        weight * (_K1 + 1) * entry.words[word] / (entry.words[word] + length)
        for word, weight in weights.items()
    )


def _result(entry: Entry, score: float) -> SearchResult:
    return {
        "url": entry.url,
        "title": entry.title,
        "content": entry.content,
        "score": round(score / (score + 1), 2),
    }


# Read on import: the agent server forbids its event loop to wait for a file later.
ENTRIES: tuple[Entry, ...] = tuple(
    entry for path in sorted(CORPUS.glob("*.toml")) for entry in _read(path)
)
"""The whole corpus, in the order of its files."""
