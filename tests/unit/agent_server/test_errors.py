"""Each failure becomes the right branch of the tree, in words, and without secrets."""

from __future__ import annotations

import inspect

import httpx
import pytest

from tests.unit.agent_server.fake import RUN, THREAD, FakeServer, said
from webchat.agent_server import (
    AgentServerError,
    Busy,
    Rejected,
    ServerFault,
    Unauthorized,
    UnknownRun,
    UnknownThread,
    Unreachable,
    errors,
)
from webchat.agent_server.client import AgentServer

KEY = "lsv2_a_very_secret_key"
DUMP = "Thread has in-flight runs: [{'run_id': UUID('01a1'), 'kwargs': {'input': 'private'}}]"


@pytest.mark.parametrize(
    ("status", "detail", "branch"),
    [
        (302, "Found", ServerFault),
        (400, "badly formed hexadecimal UUID string", Rejected),
        (401, f"Invalid key {KEY}", Unauthorized),
        (403, f"Forbidden for {KEY}", Unauthorized),
        (404, "Not Found", UnknownRun),
        (404, f"Thread with ID {THREAD} not found", UnknownThread),
        (409, DUMP, Busy),
        (413, "too big", Rejected),
        (422, "limit is not of type 'integer'", Rejected),
        (429, "slow down", ServerFault),
        (500, "boom", ServerFault),
        (503, "away", ServerFault),
    ],
)
async def test_each_status_is_its_branch_with_words_and_advice(
    status: int, detail: str, branch: type[AgentServerError]
):
    client = FakeServer(said({"detail": detail}, status)).client(api_key=KEY)
    with pytest.raises(AgentServerError) as failed:
        await client.run(THREAD, RUN)

    error = failed.value
    assert type(error) is branch
    assert (error.thread_id, error.run_id) == (THREAD, RUN)
    assert str(error).endswith(".") and error.advice.endswith(".")
    assert f"HTTP {status} for GET /threads/{THREAD}/runs/{RUN}" in (error.detail or "")
    told = f"{error} {error.advice} {error.detail}"
    assert KEY not in told
    assert "UUID(" not in told and "private" not in told


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="Internal Server Error"),
        httpx.Response(502, html="<html>Bad Gateway</html>"),
        httpx.Response(400, json={"detail": {"not": "text"}}),
        httpx.Response(422, json=["x" * 100_000]),
        httpx.Response(404, content=b"\xff\xfe\x00"),
        httpx.Response(418, json={"detail": "x" * 100_000}),
    ],
)
async def test_refusals_in_any_shape_are_told_shortly(answer: httpx.Response):
    with pytest.raises(AgentServerError) as failed:
        await FakeServer(answer).client().run(THREAD, RUN)
    assert len(failed.value.detail or "") <= 500


def request_errors() -> list[type[httpx.RequestError]]:
    return [
        kind
        for _, kind in inspect.getmembers(httpx, inspect.isclass)
        if issubclass(kind, httpx.RequestError)
    ]


@pytest.mark.parametrize("kind", request_errors())
async def test_no_bare_httpx_error_leaves_the_room(kind: type[httpx.RequestError]):
    client = FakeServer(kind("it broke"), kind("it broke")).client()
    with pytest.raises(Unreachable, match=r"The agent server at http://agent\.example ") as failed:
        await client.thread(THREAD)
    assert failed.value.thread_id == THREAD
    assert failed.value.detail == f"{kind.__name__}: it broke"


@pytest.mark.parametrize("address", ["", "agent", "ftp://agent", "http://[::1", "http://a:b:c"])
async def test_an_address_that_is_none_is_told(address: str):
    with pytest.raises(Unreachable):
        async with AgentServer(address) as client:
            await client.info()


async def test_credentials_in_the_address_are_not_shown():
    refused = FakeServer(httpx.ConnectError("refused"))
    client = AgentServer("http://user:hush@agent.example/api", transport=refused)
    assert client.address == "http://agent.example/api"
    with pytest.raises(Unreachable) as failed:
        await client.schemas(RUN)
    assert "hush" not in f"{failed.value} {failed.value.detail}"
    assert refused.requests[0].url.path == f"/api/assistants/{RUN}/schemas"


def test_the_drawn_tree_is_the_real_one():
    drawn = inspect.getdoc(errors) or ""
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        assert issubclass(kind, AgentServerError)
        assert name in drawn
        assert kind.__doc__
