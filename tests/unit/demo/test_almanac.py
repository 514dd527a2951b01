"""What the bundled corpus holds, and that it is searched for real."""

from __future__ import annotations

import re

import pytest

from webchat.demo import almanac

SEASON = re.compile(r"^[^:(]+ \((\w{3})–(\w{3})\): highs near -?\d+ °C", re.MULTILINE)
CITIES = {
    "Los Angeles",
    "San Francisco",
    "New York",
    "London",
    "Paris",
    "Tokyo",
    "Rome",
    "Berlin",
    "Nairobi",
    "Sydney",
    "São Paulo",
    "Reykjavik",
}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("weather in la", "Los Angeles: typical weather"),
        ("weather in los angeles", "Los Angeles: typical weather"),
        ("SF climate", "San Francisco: typical weather"),
        ("rain in nyc", "New York: typical weather"),
        ("sao paulo in winter", "São Paulo: typical weather"),
        ("Temperature in Rome?", "Rome: typical weather"),
        ("what is webchat", "What webchat is"),
        ("tabs of the raw view", "The tabs of the raw view"),
        ("how do i connect my own agent server", "Connecting your own agent server"),
        ("keyboard shortcuts", "Keyboard"),
        ("stop an answer", "Stopping an answer"),
        ("which license", "Licence"),
        ("settings", "Settings and environment variables"),
        ("dark mode", "Light and dark theme"),
    ],
)
def test_the_best_hit_is_what_was_asked_for(query: str, title: str):
    assert almanac.search(query)[0]["title"] == title


@pytest.mark.parametrize("query", ["weather in madrid", "capital of france", "", "???", "the of"])
def test_what_the_corpus_does_not_hold_is_not_found(query: str):
    assert almanac.search(query) == []


def test_hits_are_ranked_within_bounds_and_limited():
    hits = almanac.search("raw view of the agent server", limit=2)
    scores = [hit["score"] for hit in hits]
    assert len(hits) == 2
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)


def test_every_city_is_labelled_as_typical_weather_and_covers_the_whole_year():
    places = [entry for entry in almanac.ENTRIES if entry.is_place]
    assert {place.name for place in places} == CITIES
    for place in places:
        assert place.content.startswith(
            "Typical weather from webchat's bundled almanac, not a live"
        )
        lines = SEASON.findall(place.content)
        months = almanac_months(lines)
        assert sorted(months) == list(range(12)), place.name


def almanac_months(seasons: list[tuple[str, str]]) -> list[int]:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    months: list[int] = []
    for first, last in seasons:
        start, end = names.index(first), names.index(last)
        months += [month % 12 for month in range(start, end + 1 + 12 * (end < start))]
    return months


def test_cities_are_found_in_the_order_a_text_names_them():
    names = [
        place.name for place in almanac.places_in("nyc, São Paulo, l.a. or Paris; not parisian")
    ]
    assert names == ["New York", "São Paulo", "Los Angeles", "Paris"]


def test_notes_on_webchat_say_where_they_come_from():
    notes = [entry for entry in almanac.ENTRIES if not entry.is_place]
    assert len(notes) >= 10
    assert all(note.content.startswith("From webchat's bundled notes") for note in notes)
