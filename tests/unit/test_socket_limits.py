"""What a socket may send: a flood waits with its sender, and what is dear to parse is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from webchat import limits
from webchat.socket_limits import LimitSockets, has_much_structure


class Inside:
    """An app that reads a socket until it ends; it knows what it read."""

    def __init__(self) -> None:
        self.read: list[Message] = []

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        while not self.read or self.read[-1]["type"] != "websocket.disconnect":
            self.read.append(await receive())


async def said(monkeypatch: pytest.MonkeyPatch, *messages: Message) -> tuple[Inside, list[float]]:
    """Send messages through a socket; returns who read them and for how long each had to wait."""
    inside, waits = Inside(), []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("webchat.socket_limits.asyncio.sleep", sleep)
    left = iter([*messages, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Message:
        return next(left)

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is to be sent")

    await LimitSockets(inside)({"type": "websocket"}, receive, send)
    return inside, waits


def text(said: str) -> Message:
    return {"type": "websocket.receive", "text": said}


async def test_a_page_is_never_kept_waiting(monkeypatch: pytest.MonkeyPatch):
    inside, waits = await said(monkeypatch, *[text("42")] * (limits.MESSAGES_AT_ONCE - 2))
    assert waits == [] and len(inside.read) == limits.MESSAGES_AT_ONCE - 1


async def test_a_flood_waits_before_it_is_read_and_ever_longer_if_nobody_waited(
    monkeypatch: pytest.MonkeyPatch,
):
    inside, waits = await said(monkeypatch, *[text("42")] * (3 * limits.MESSAGES_AT_ONCE))
    assert len(inside.read) == 3 * limits.MESSAGES_AT_ONCE + 1, "nothing is lost"
    assert len(waits) > limits.MESSAGES_AT_ONCE
    assert waits[-1] > limits.MESSAGES_AT_ONCE / limits.MESSAGES_A_SECOND


async def test_huge_messages_wait_for_their_size(monkeypatch: pytest.MonkeyPatch):
    huge = text(json.dumps("x" * limits.CHARACTERS_AT_ONCE))
    _, waits = await said(monkeypatch, huge, huge)
    assert waits[-1] > limits.CHARACTERS_AT_ONCE / limits.CHARACTERS_A_SECOND / 2


@pytest.mark.parametrize(
    "message",
    [
        text("42" + "[" * 1_000_000),
        text("42" + "[]," * 1_000_000),
        text("42" + '"",' * 1_000_000),
        text("42" + '{"a":' * 1_000_000),
        text('42/_event?",' + "[]," * 1_000_000),
        text('451-/[",7' + "[]," * 1_000_000),
        {"type": "websocket.receive", "bytes": b"1"},
    ],
)
async def test_what_no_page_sends_ends_the_socket_before_anybody_reads_it(
    monkeypatch: pytest.MonkeyPatch, message: Message
):
    inside, _ = await said(monkeypatch, text("2"), message, text("2"))
    assert [one["type"] for one in inside.read] == ["websocket.receive", "websocket.disconnect"]


@given(st.text(alphabet='"\\[]{},:x\n', max_size=300).map(lambda one: one * 400))
def test_a_text_of_any_characters_is_no_structure(words: str):
    event: list[Any] = ["event", {"name": "a.b.send", "payload": {"text": words, "id": "1"}}]
    assert not has_much_structure("42/_event," + json.dumps(event))
    assert not has_much_structure("42/_event," + json.dumps(event, ensure_ascii=False))
