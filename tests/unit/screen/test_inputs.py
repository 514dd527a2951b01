"""What assistants take, and JSON that people write for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.runs.agent import THREAD, Agent, pause
from tests.unit.screen.drawing import HOSTILE
from tests.unit.screen.page import looking_at
from tests.unit.screen.test_sending import FIRST, told
from webchat.rendering.text import showable
from webchat.screen.inputs import InputShape, parse_input
from webchat.screen.sending import Message, deliver
from webchat.screen.tab import Tab

COUNT = {"type": "object", "properties": {"total": {"type": "integer"}, "log": {}}}
COUNTER = "4f7f8c1e-5a5b-4a55-9a69-1d6a0f2b7c11"
TALK = {"type": "object", "properties": {"messages": {}, "topic": {}}}


@pytest.mark.parametrize(
    ("schema", "messages", "keys"),
    [
        (COUNT, False, ("total", "log")),
        (TALK, True, ("messages", "topic")),
        ({"$ref": "#/$defs/Count", "$defs": {"Count": COUNT}}, False, ("total", "log")),
        ({"$ref": "#/$defs/Other", "$defs": {}}, True, ()),
        ({"type": "object"}, True, ()),
        ({"properties": []}, True, ()),
        (None, True, ()),
        ("schema", True, ()),
    ],
)
def test_a_graph_takes_json_only_if_its_schema_says_so(
    schema: Any, messages: bool, keys: tuple[str, ...]
):
    shape = InputShape.of(schema)
    assert (shape.messages, shape.keys) == (messages, keys)


def test_the_names_of_many_hostile_fields_are_few_and_fit_for_the_page():
    shape = InputShape.with_fields([HOSTILE * 50, *map(str, range(100))])
    assert showable(shape.names) == shape.names and len(shape.names) < 200
    assert shape.names.endswith("…")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "no JSON: Expecting value, line 1, column 1"),
        ('{"total": 1', "line 1, column 12"),
        ("[1]", "no object"),
        ("7", "no object"),
        ('{"total": NaN}', "can't be read"),
        ('{"total": ' + "9" * 5_000 + "}", "can't be read"),
        ("[" * 100_000, "can't be read"),
    ],
)
def test_what_is_no_json_object_is_refused_in_words(text: str, words: str):
    with pytest.raises(ValueError, match="This graph takes a JSON object with total, log") as told:
        parse_input(text, InputShape.of(COUNT))
    assert words in str(told.value)


async def writes(tab: Tab, text: str) -> None:
    async def found() -> tuple[str, str]:
        return COUNTER, ""

    await deliver(tab, Message(FIRST, THREAD, text, fresh=True), found)


async def test_a_graph_without_messages_gets_the_json_that_was_written(tab: Tab, agent: Agent):
    agent.schema = COUNT
    tab.talk_to(COUNTER)
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["composer"]["json"])
        assert screen.records["composer"]["keys"] == "total, log"
        await writes(tab, "hello?")
        await told(screen, "refused", "no JSON")
        assert not agent.asked["start"]
        await writes(tab, '{"total": 1}')
        await told(screen, "sent")
        assert agent.bodies["start"]["input"] == {"total": 1}
        assert agent.bodies["start"]["metadata"] == {"webchat_message_id": FIRST}


async def test_a_server_that_tells_no_schema_gets_messages(tab: Tab, agent: Agent):
    tab.talk_to(COUNTER)
    await pause()
    assert agent.asked["schemas"] == 1
    async with looking_at(tab) as screen:
        await writes(tab, "hello?")
        await told(screen, "sent")
        assert agent.bodies["start"]["input"]["messages"][0]["content"] == "hello?"


async def test_where_no_schema_tells_the_state_of_the_thread_does(tab: Tab, agent: Agent):
    agent.state = {"values": {"total": 3}, "next": [], "tasks": []}
    await tab.go(f"/thread/{THREAD}")
    async with looking_at(tab) as screen:
        await screen.until(lambda records: records["composer"]["json"])
        assert screen.records["composer"]["keys"] == "total"
