"""The scripted answers: every token can be told, and every request is understood."""

from __future__ import annotations

import re

import pytest

from tests.bench.script import Script, answer, marker, understand


@pytest.mark.parametrize("kind", ["prose", "code"])
def test_each_token_holds_its_own_marker_and_no_other(kind):
    tokens = answer(Script(kind, 500, 50))
    found = [re.findall(r"t\d{5}", token) for token in tokens]
    assert found == [[marker(number)] for number in range(1, 501)]


def test_a_code_answer_is_one_closed_block_of_five_tokens_a_line():
    block = "".join(answer(Script("code", 2000, 100)))
    assert block.startswith("```python\n") and block.endswith("\n```\n")
    assert block.count("```") == 2
    assert len(block.splitlines()) == 400 + 2


@pytest.mark.parametrize("script", [Script("prose", 500, 50), Script("code", 20_000, 12.5)])
def test_a_request_is_understood_as_it_was_meant(script):
    assert understand(script.ask("run7")) == (script, "run7")


def test_other_messages_ask_for_nothing():
    assert understand("Good morning to you.") is None
