"""Which tools a question leads to."""

from __future__ import annotations

import pytest

from webchat.demo.intents import Call, calls_for, find_expression, season_in, thinks
from webchat.demo.starters import STARTERS


@pytest.mark.parametrize(
    ("question", "calls"),
    [
        ("whats the weather in la", [("search", "weather in los angeles")]),
        ("What's the weather in LA?", [("search", "weather in los angeles")]),
        ("and in São Paulo?", [("search", "weather in sao paulo")]),
        ("Weather in Rome in winter", [("search", "weather in rome in winter")]),
        ("What is the weather like in Madrid?", [("search", "weather in madrid")]),
        (
            "compare the weather in Paris and Rome",
            [("search", "weather in paris"), ("search", "weather in rome")],
        ),
        ("what is webchat?", [("search", "webchat")]),
        ("How do I connect my own agent server?", [("search", "connect my own agent server")]),
        ("search for the best pizza", [("search", "best pizza")]),
        ("What is 12 times 7?", [("calculator", "12 * 7")]),
        ("Write a slow report about webchat.", [("slow_report", "webchat")]),
        ("weather report for Paris", [("search", "weather in paris")]),
        ("call the flaky service", [("flaky", "the weather station")]),
        (
            "2+2, and the weather in Rome",
            [("search", "weather in rome"), ("calculator", "2+2")],
        ),
        ("que tal la vida", []),
        ("hello", []),
        ("who wrote hamlet", []),
    ],
)
def test_a_question_leads_to_its_tools(question: str, calls: list[tuple[str, str]]):
    assert [(call.name, *call.args.values()) for call in calls_for(question)] == calls


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("please compute (2+3)*4, thanks", "(2+3)*4"),
        ("15% of 80", "15 / 100 * 80"),
        ("the square root of 1,764", "sqrt(1764)"),
        ("3 x 4 squared", "3 * 4 ** 2"),
        ("(what is 2+2)", "2+2"),
        ("on 2024-05-18 we met", ""),
        ("write 500 words", ""),
        ("gpt-4-5", ""),
        ("c++ or java", ""),
    ],
)
def test_arithmetic_is_found_in_a_sentence(text: str, expression: str):
    assert find_expression(text) == expression


def test_only_a_question_that_asks_for_thought_gets_it():
    assert thinks("Why is the sky blue?")
    assert thinks("think hard")
    assert not thinks("whats the weather in la")


@pytest.mark.parametrize(
    ("text", "season"),
    [("in Winter", "winter"), ("last fall", "autumn"), ("in may", "may"), ("what may I ask", "")],
)
def test_a_season_is_told_from_a_verb(text: str, season: str):
    assert season_in(text) == season


def test_the_starters_show_parallel_calls_and_progress():
    tools = [[call.name for call in calls_for(question)] for question in STARTERS]
    assert tools == [["search"], ["search", "search"], ["slow_report"], []]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("tail", ["a", ".", " 1a", "x1a"])
def test_a_number_that_is_none_is_read_once_however_long(tail: str) -> None:
    assert find_expression("1" * 1_500 + tail) == ""
    assert find_expression("1." * 700 + tail) == ""
    assert calls_for(f"What is {'1' * 60}{tail}?") == ()


def test_only_the_beginning_of_a_very_long_question_is_read() -> None:
    assert calls_for("word " * 100 + "2 + 2") == (Call("calculator", {"expression": "2 + 2"}),)
    assert calls_for("word " * 100_000 + "2 + 2") == ()
