"""Sizes, durations and characters as people can read them."""

from __future__ import annotations

import pytest

from webchat.rendering.text import human_duration, human_size, shortened, showable


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (812, "812 B"),
        (1_000, "1.0 kB"),
        (1_124, "1.1 kB"),
        (48_211, "48 kB"),
        (999_400, "999 kB"),
        (999_600, "1.0 MB"),
        (5_120_000, "5.1 MB"),
        (2_000_000_000, "2000 MB"),
    ],
)
def test_sizes(size: int, words: str) -> None:
    assert human_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.00 s"),
        (0.318, "0.32 s"),
        (0.999, "1.0 s"),
        (4.06, "4.1 s"),
        (9.97, "10 s"),
        (59.6, "1 min 0 s"),
        (72, "1 min 12 s"),
        (7_500, "2 h 5 min"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert human_duration(seconds) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1b", "a\ufffdb\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("a\ud83db", "a\ufffdb"),
        ("a\u202eb\u2066c", "abc"),
        ("é…\u200f", "é…\u200f"),
    ],
)
def test_characters(text: str, shown: str) -> None:
    assert showable(text) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [("", ""), ("four", "four"), ("five!", "five…"), ("a\x00bcde", "a\ufffdbc…")],
)
def test_a_text_is_shown_as_far_as_there_is_room(text: str, words: str) -> None:
    assert shortened(text, 4) == words
