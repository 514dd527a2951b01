"""Each failure becomes the right branch of the tree, in words, and without secrets."""

from __future__ import annotations

import inspect
import ssl

import anyio
import httpx
import pytest

from tests.unit.agent_server.fake import RUN, THREAD, FakeServer, frame, said, standing, streamed
from webchat.agent_server import (
    AgentServerError,
    Busy,
    NotAnAgentServer,
    Patience,
    Rejected,
    ServerFault,
    StreamNotice,
    Unanswered,
    Unauthorized,
    UnknownRun,
    UnknownThread,
    Unreachable,
    errors,
)
from webchat.agent_server.client import AgentServer
from webchat.agent_server.error_mapping import NEVER_SENT

KEY = "lsv2_a_very_secret_key"
DUMP = "Thread has in-flight runs: [{'run_id': UUID('01a1'), 'kwargs': {'input': 'private'}}]"


@pytest.mark.parametrize(
    ("status", "detail", "branch"),
    [
        (302, "Found", NotAnAgentServer),
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


BELOW_HTTPX = [
    AttributeError("'NoneType' object has no attribute 'getpeername'"),
    RuntimeError("Event loop is closed"),
    ssl.SSLError(1, "[SSL] record layer failure"),
    OSError(24, "Too many open files"),
    ConnectionResetError(104, "Connection reset by peer"),
    anyio.ClosedResourceError(),
    anyio.BrokenResourceError(),
    ExceptionGroup("in a task group", [OSError("reset")]),
]
"""What has been seen to come from below httpx, or can."""

AFTER_SENDING = [kind("it broke") for kind in request_errors() if kind not in NEVER_SENT]


@pytest.mark.parametrize("broken", [*AFTER_SENDING, *BELOW_HTTPX], ids=repr)
async def test_no_bare_error_leaves_the_room_and_the_request_may_have_been_taken(
    broken: Exception,
):
    client = FakeServer(broken, broken).client()
    with pytest.raises(Unanswered, match=r"The agent server at http://agent\.example ") as failed:
        await client.thread(THREAD)
    assert failed.value.thread_id == THREAD
    assert (failed.value.detail or "").startswith(type(broken).__name__)
    assert failed.value.maybe_taken


@pytest.mark.parametrize(
    "broken", [kind("no way") for kind in request_errors() if kind in NEVER_SENT]
)
async def test_what_was_never_sent_was_not_taken(broken: Exception):
    client = FakeServer(broken, broken).client()
    with pytest.raises(Unreachable) as failed:
        await client.thread(THREAD)
    assert not failed.value.maybe_taken
    assert not isinstance(failed.value, Unanswered)


@pytest.mark.parametrize("broken", [httpx.ReadTimeout("silence"), *BELOW_HTTPX], ids=repr)
async def test_a_run_whose_answer_was_lost_may_have_been_taken(broken: Exception):
    stream = FakeServer(broken).client().stream_run(THREAD, "agent", {"messages": []})
    with pytest.raises(AgentServerError) as failed:
        await stream.__aenter__()
    assert failed.value.maybe_taken


@pytest.mark.parametrize(
    ("status", "taken"),
    [(400, False), (401, False), (409, False), (429, False), (502, True), (504, True)],
)
async def test_a_refusal_was_not_taken_and_a_lost_answer_may_have_been(status: int, taken: bool):
    stream = FakeServer(said({}, status)).client().stream_run(THREAD, "agent", {"messages": []})
    with pytest.raises(AgentServerError) as failed:
        await stream.__aenter__()
    assert failed.value.maybe_taken is taken


@pytest.mark.parametrize("broken", BELOW_HTTPX, ids=repr)
async def test_a_stream_that_breaks_in_any_way_is_joined_again(broken: Exception):
    server = FakeServer(
        streamed(frame("values", {}), then=broken),
        standing("running"),
        standing("running"),
        streamed(frame("values", {})),
        standing("success"),
    )
    stream = server.client().stream_run(THREAD, "agent", None, patience=Patience(first_wait=0.0))
    async with stream:
        items = [item async for item in stream]
    assert stream.status == "success"
    assert [item.kind for item in items if isinstance(item, StreamNotice)] == [
        "reconnecting",
        "resumed",
    ]


async def test_closing_never_fails():
    class Stubborn(FakeServer):
        async def aclose(self) -> None:
            raise RuntimeError("Event loop is closed")

    await Stubborn().client().aclose()


@pytest.mark.parametrize("content", ["half a pair: \ud83d", float("nan"), {1, 2}])
async def test_what_json_cannot_hold_is_not_sent(content: object):
    server = FakeServer()
    stream = server.client().stream_run(THREAD, "agent", {"messages": [content]})
    with pytest.raises(Rejected):
        await stream.__aenter__()
    assert server.requests == []


async def test_a_key_that_is_no_header_is_not_repeated():
    broken = httpx.LocalProtocolError(f"Illegal header value b'{KEY}'")
    with pytest.raises(Unreachable) as failed:
        await FakeServer(broken).client().info()
    assert KEY not in f"{failed.value} {failed.value.detail}"


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
