"""Searching the web: what is sent, and what a failure says."""

from __future__ import annotations

import json

import httpx
import pytest
from langchain.tools import ToolException

from webchat.demo import tavily


async def test_hits_come_in_the_shape_of_the_almanac():
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        hit = {"url": "https://a.example", "title": "A", "content": "text", "score": 0.5, "x": 1}
        return httpx.Response(200, json={"results": [hit]})

    found = await tavily.ask("la", "secret", transport=httpx.MockTransport(answer))

    assert found == [{"url": "https://a.example", "title": "A", "content": "text", "score": 0.5}]
    assert asked[0].headers["authorization"] == "Bearer secret"
    assert json.loads(asked[0].content) == {"query": "la", "max_results": 4}


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(401, json={}), "status 401. Check TAVILY_API_KEY"),
        (httpx.Response(500), "status 500"),
        (httpx.Response(200, text="not json"), "no list of results"),
        (httpx.Response(200, json={"results": [{"url": "x"}]}), "no list of results"),
    ],
)
async def test_a_refusal_is_told_in_words_without_the_key(response: httpx.Response, words: str):
    transport = httpx.MockTransport(lambda _: response)
    with pytest.raises(ToolException) as caught:
        await tavily.ask("la", "secret", transport=transport)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_no_network_is_told_in_words():
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ToolException, match="could not be reached"):
        await tavily.ask("la", "secret", transport=httpx.MockTransport(fail))
