"""What the client asks, and what it makes of answers that the real server does not give."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.unit.agent_server.fake import RUN, THREAD, FakeServer, said, standing
from webchat import limits
from webchat.agent_server import (
    NotAnAgentServer,
    NotFound,
    Rejected,
    ServerFault,
    Unauthorized,
    UnknownAssistant,
    Unreachable,
)
from webchat.agent_server import client as client_module
from webchat.agent_server.client import AgentServer

KEY = "lsv2_a_very_secret_key"


def assistant(name: str, day: int, config: Any = None, by: str = "system") -> dict[str, Any]:
    return {
        "assistant_id": name,
        "graph_id": "agent",
        "config": config or {},
        "metadata": {"created_by": by},
        "created_at": f"2026-11-{day:02}T00:00:00+00:00",
    }


async def test_key_and_headers_go_with_every_request():
    server = FakeServer(said({}), said({}))
    client = server.client(api_key=KEY, headers={"X-Team": "blue", "X-API-Key": "older"})
    await client.info()
    await client.thread(THREAD)
    for request in server.requests:
        assert request.headers.get_list("x-api-key") == [KEY]
        assert request.headers["x-team"] == "blue"


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_where_threads_cannot_be_searched_one_is_asked_for_itself(status: int):
    thread = {"thread_id": THREAD, "status": "idle"}
    server = FakeServer(said({}, status), said(thread | {"values": {"messages": []}}))
    assert await server.client().thread_record(THREAD) == thread
    assert server.asked == ["POST /threads/search", f"GET /threads/{THREAD}"]


async def test_without_a_key_none_is_sent():
    server = FakeServer(said({}))
    await server.client().info()
    assert "x-api-key" not in server.requests[0].headers


def page_of(first: int, size: int) -> httpx.Response:
    return said([assistant(f"a{number}", 1) for number in range(first, first + size)])


async def test_all_pages_of_assistants_are_read():
    server = FakeServer(page_of(0, 100), page_of(100, 100), page_of(200, 7))
    assert len(await server.client().assistants()) == 207
    offsets = [json.loads(request.content)["offset"] for request in server.requests]
    assert offsets == [0, 100, 200]


@pytest.mark.parametrize("step", [0, 100])
async def test_a_server_with_no_last_page_of_assistants_is_not_asked_for_ever(step: int):
    server = FakeServer(*(page_of(number * step, 100) for number in range(30)))
    assert len(await server.client().assistants()) == (limits.ASSISTANTS if step else 100)
    assert len(server.requests) <= 10


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ([assistant("late", 3), assistant("early", 2)], "early"),
        ([assistant("set", 1, {"tags": ["x"]}), assistant("plain", 2)], "plain"),
        ([assistant("mine", 1, by="user"), assistant("system", 2)], "system"),
        ([assistant("set", 1, {"tags": []}, "user"), assistant("mine", 2, by="user")], "mine"),
        ([assistant("only", 1, {"configurable": {"model": "x"}})], "only"),
        ([{"assistant_id": "bare", "graph_id": "agent", "metadata": None}], "bare"),
    ],
)
async def test_the_default_is_the_systems_own_without_configuration(found: list, chosen: str):
    server = FakeServer(said(found))
    assert (await server.client().default_assistant())["assistant_id"] == chosen


async def test_a_server_without_assistants_has_no_default():
    with pytest.raises(UnknownAssistant):
        await FakeServer(said([])).client().default_assistant()


async def test_a_check_asks_what_needs_the_key():
    server = FakeServer(said([]))
    await server.client(api_key=KEY).check()
    assert server.asked == ["POST /assistants/search"]


@pytest.mark.parametrize(
    ("answer", "branch"),
    [
        (said({"detail": "Not Found"}, 404), NotFound),
        (said({"detail": "Method Not Allowed"}, 405), Rejected),
        (said({"detail": "no"}, 401), Unauthorized),
        (said({"detail": "no"}, 403), Unauthorized),
        (httpx.Response(200, text="<html>It works!</html>"), NotAnAgentServer),
        (said({"not": "a list"}), NotAnAgentServer),
        (said("Moved", 302), NotAnAgentServer),
        (said("Bad Gateway", 502), ServerFault),
        (httpx.ConnectError("refused"), Unreachable),
    ],
)
async def test_a_check_says_why_the_server_is_of_no_use(answer: Any, branch: type[Exception]):
    with pytest.raises(branch) as failed:
        await FakeServer(answer).client().check()
    assert type(failed.value) is branch


async def test_a_check_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    class Silent(FakeServer):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(client_module, "HEALTH_PATIENCE", 0.01)
    with pytest.raises(Unreachable, match="does not answer"):
        await Silent().client().check()


async def test_a_server_that_does_not_say_what_it_is_will_do():
    assert await FakeServer(said({"detail": "Not Found"}, 404)).client().info() == {}


async def test_a_question_is_asked_again_once_after_a_reset():
    server = FakeServer(httpx.ReadError("reset"), said({"thread_id": THREAD}))
    assert (await server.client().thread(THREAD))["thread_id"] == THREAD

    server = FakeServer(httpx.ReadError("reset"), httpx.ReadError("reset"), said({}))
    with pytest.raises(Unreachable):
        await server.client().thread(THREAD)
    assert len(server.requests) == 2


async def test_what_changes_something_is_not_sent_twice():
    server = FakeServer(httpx.ReadError("reset"), said({}))
    with pytest.raises(Unreachable):
        await server.client().update_state(THREAD, {"messages": []})
    assert len(server.requests) == 1


async def test_cancelling_asks_for_an_interrupt_and_waits():
    server = FakeServer(httpx.Response(200, content=b""))
    await server.client().cancel(THREAD, RUN)
    request = server.requests[0]
    assert server.asked == [f"POST /threads/{THREAD}/runs/{RUN}/cancel"]
    assert dict(request.url.params) == {"action": "interrupt", "wait": "1"}


async def test_runs_come_without_the_credentials_that_the_server_repeats_in_them():
    run = {"run_id": RUN, "status": "success", "kwargs": {"config": {"x-api-key": KEY}}}
    server = FakeServer(said(run), said([run]))
    client = server.client()
    assert KEY not in json.dumps([await client.run(THREAD, RUN), *await client.runs(THREAD)])


async def test_ids_go_into_paths_in_their_canonical_form():
    server = FakeServer(standing("success"))
    await server.client().run(THREAD.upper(), f"{{{RUN}}}")
    assert server.asked == [f"GET /threads/{THREAD}/runs/{RUN}"]


@pytest.mark.parametrize("answer", ["<html>", "", "[1, 2]", '"text"', "null", "[" * 100_000])
async def test_answers_of_the_wrong_shape_are_no_agent_servers(answer: str):
    for ask in (lambda client: client.thread(THREAD), lambda client: client.assistants()):
        server = FakeServer(httpx.Response(200, text=answer))
        with pytest.raises(ServerFault, match="does not speak like an agent server"):
            await ask(server.client())


async def test_a_proxy_is_not_asked_for_our_own_machine(monkeypatch: pytest.MonkeyPatch):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        writer.close()

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with AgentServer(f"http://127.0.0.1:{port}") as client:
            assert await client.info() == {}


ASSISTANT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"


@pytest.mark.parametrize(
    ("config", "limit"),
    [({}, 100), (None, 100), ({"tags": []}, 100), ({"recursion_limit": 7}, None)],
)
async def test_an_assistants_own_recursion_limit_stands(config: Any, limit: int | None):
    server = FakeServer(said({"assistant_id": ASSISTANT, "graph_id": "agent", "config": config}))
    client = server.client()
    assert await client.recursion_limit(ASSISTANT) == limit
    assert await client.recursion_limit(ASSISTANT) == limit
    assert len(server.requests) == 1, "it is kept"


async def test_a_limit_that_was_set_overrides_the_assistants():
    server = FakeServer()
    assert await server.client(recursion_limit=30).recursion_limit(ASSISTANT) == 30


async def test_an_assistant_that_cannot_be_read_gets_the_default_limit_for_now():
    own = {"assistant_id": ASSISTANT, "graph_id": "agent", "config": {"recursion_limit": 7}}
    server = FakeServer(said({"detail": "boom"}, 500), said(own))
    client = server.client()
    assert await client.recursion_limit(ASSISTANT) == 100
    assert await client.recursion_limit(ASSISTANT) is None


@pytest.mark.parametrize(
    ("limit", "config"),
    [(None, None), (7, {"recursion_limit": 7}), (100, {"recursion_limit": 100})],
)
async def test_a_run_is_sent_the_limit_or_none(limit: int | None, config: Any):
    server = FakeServer(said({}, 500))
    with pytest.raises(ServerFault):
        await (
            server.client().stream_run(THREAD, ASSISTANT, None, recursion_limit=limit).__aenter__()
        )
    assert json.loads(server.requests[0].content).get("config") == config
