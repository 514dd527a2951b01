"""What the offline model says, given a conversation."""

from __future__ import annotations

import json
from datetime import date

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from webchat.demo import almanac
from webchat.demo.offline import tokens
from webchat.demo.script import Reply, reply

NOVEMBER = date(2026, 11, 21)


def say(*messages: BaseMessage) -> Reply:
    return reply(messages, NOVEMBER)


def after_tools(question: str, *results: tuple[str, dict[str, str], str, bool]) -> str:
    """What is said once the calls (tool, arguments, result, failed) have come back."""
    calls = [
        {"name": tool, "args": args, "id": str(at), "type": "tool_call"}
        for at, (tool, args, _, _) in enumerate(results)
    ]
    messages: list[BaseMessage] = [HumanMessage(question), AIMessage("", tool_calls=calls)]
    for at, (tool, _, content, failed) in enumerate(results):
        status = "error" if failed else "success"
        messages.append(ToolMessage(content, name=tool, tool_call_id=str(at), status=status))
    return say(*messages).text


def found(query: str) -> tuple[str, dict[str, str], str, bool]:
    return ("search", {"query": query}, json.dumps(almanac.search(query)), False)


def test_the_weather_is_quoted_for_the_season_and_cited():
    text = after_tools("whats the weather in la", found("weather in los angeles"))
    assert "(November)**: highs near 26 °C (79 °F)" in text
    assert "(<https://en.wikipedia.org/wiki/Climate_of_Los_Angeles>)" in text
    assert "not a live reading" in text


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("weather in Sydney in summer", "**In summer**: highs near 26 °C"),
        ("weather in Sydney in july", "**In July**: highs near 18 °C"),
        ("weather in Nairobi in january", "**In January**: highs near 27 °C"),
    ],
)
def test_a_season_that_was_asked_for_comes_first(question: str, lead: str):
    city = question.split()[2].lower()
    assert lead in after_tools(question, found(f"weather in {city}"))


def test_two_cities_are_compared_in_a_table():
    text = after_tools("compare", found("weather in paris"), found("weather in rome"))
    assert "| | **Paris** | **Rome** |" in text
    assert "In July, **Rome** is the warmest by day: **30 °C** (Paris 25 °C)." in text


def test_a_result_of_the_web_is_quoted_and_linked():
    hit = {"url": "https://w.example/x", "title": "[W]", "content": "Sunny. " * 99, "score": 1}
    text = after_tools("weather", ("search", {"query": "q"}, json.dumps([hit]), False))
    assert "Sunny. Sunny." in text
    assert "…" in text
    assert "[W](<https://w.example/x>)" in text


def test_nothing_found_is_said_and_nothing_invented():
    text = after_tools("weather in madrid", found("weather in madrid"))
    assert "found **nothing**" in text
    assert "°C" not in text


def test_one_failed_call_does_not_hide_the_other():
    text = after_tools(
        "both",
        ("calculator", {"expression": "6*7"}, "42", False),
        ("flaky", {"service": "x"}, "ServiceUnavailableError: x did not answer", True),
    )
    assert r"$$ 6\times7 = 42 $$" in text
    assert "**The `flaky` tool failed.**" in text
    assert "> ServiceUnavailableError: x did not answer" in text


def test_the_first_answer_of_a_thread_says_that_it_is_an_offline_demo():
    for question in ("hello", "show me markdown", "who wrote hamlet", "what can you do?"):
        assert "offline demo model" in say(HumanMessage(question)).text
    later = say(HumanMessage("hi"), AIMessage("Hello."), HumanMessage("write a long essay"))
    assert "offline demo model" not in later.text


def test_the_last_question_is_the_one_that_is_answered():
    earlier = [
        HumanMessage("what is 1+1"),
        AIMessage("", tool_calls=[{"name": "calculator", "args": {}, "id": "1"}]),
        ToolMessage("2", tool_call_id="1", name="calculator"),
        AIMessage("2"),
    ]
    calls = say(*earlier, HumanMessage("and in Rome?")).calls
    assert [call.args for call in calls] == [{"query": "weather in rome"}]


def test_the_repertoire_uses_all_of_markdown():
    text = say(HumanMessage("Show me all of markdown, with code and math")).text
    for mark in (
        "# ", "**bold**", "~~", "- [x]", "- [ ]", "1. ", "|:--", "```python", "`inline code`",
        "> ", "](https://", r"\( ", "$$ ", r"\[ ", "$5 and $10", "\n---\n", "![",
    ):  # fmt: skip
        assert mark in text


def test_code_and_a_long_answer_come_on_request():
    assert "```python" in say(HumanMessage("write python code for primes")).text
    assert "three programs" in say(HumanMessage("write a python program for tetris")).text
    assert 1_200 <= len(tokens(say(HumanMessage("Write a long essay")).text)) <= 1_800


def test_a_hard_question_is_thought_about_first():
    said = say(HumanMessage("Why is the sky blue?"))
    assert "Rayleigh" in said.reasoning
    assert r"\lambda" in said.text
    unknown = say(HumanMessage("Why do we dream?"))
    assert "cannot reason" in unknown.reasoning
    assert "I have no answer to that" in unknown.text


def test_tokens_are_the_text_cut_into_pieces():
    text = say(HumanMessage("Show me markdown")).text
    assert "".join(tokens(text)) == text
    assert "".join(tokens("  leading, and\n\ntrailing \n")) == "  leading, and\n\ntrailing \n"


def test_no_conversation_at_all_is_answered_too():
    assert "offline demo model" in reply([], NOVEMBER).text


def test_words_that_belong_together_may_stand_anywhere_in_order():
    wanted = say(HumanMessage("some python code, please, for a client that streams")).text
    assert say(HumanMessage("code " * 300 + "\nfor an agent")).text == wanted
    assert say(HumanMessage("an agent " * 100 + "code")).text != wanted
