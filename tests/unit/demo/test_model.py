"""Which model answers, and that a missing one is named in words."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage

from webchat.demo import pace
from webchat.demo.model import chat_model
from webchat.demo.offline import OfflineChatModel

pytestmark = pytest.mark.usefixtures("no_waiting")


def test_the_offline_model_answers_where_none_is_named():
    assert isinstance(chat_model(), OfflineChatModel)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("anthropic:some-model", "pip install langchain-anthropic"),
        ("nonsense:model", "Unable to infer model provider"),
        ("no-such-model", "no-such-model"),
    ],
)
async def test_a_model_that_cannot_be_had_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, name: str, words: str
):
    monkeypatch.setenv("WEBCHAT_DEMO_MODEL", name)
    with pytest.raises(RuntimeError, match=f"WEBCHAT_DEMO_MODEL={name} cannot be used") as caught:
        await chat_model().ainvoke("hello")
    assert words in str(caught.value)


def test_the_synchronous_stream_says_the_same_as_one_call():
    model = OfflineChatModel()
    whole = AIMessageChunk(content="")
    for piece in model.stream([HumanMessage("hello")]):
        whole += piece
    assert whole.content == model.invoke([HumanMessage("hello")]).content


def test_the_pace_is_human_unless_set(monkeypatch: pytest.MonkeyPatch):
    assert pace.token_pause() == 0
    assert pace.scaled(6) == 0
    monkeypatch.setenv("WEBCHAT_DEMO_PACE", "350")
    assert pace.scaled(6) == pytest.approx(0.6)
    monkeypatch.delenv("WEBCHAT_DEMO_PACE")
    assert pace.scaled(6) == 6
    assert 0.5 / 35 <= pace.token_pause() <= 1.5 / 35


def test_a_pace_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WEBCHAT_DEMO_PACE", "fast")
    with pytest.raises(ValueError, match="WEBCHAT_DEMO_PACE must be a number"):
        pace.token_pause()
