"""A stream in a bad world: cut anywhere, ended too early, garbled, or never to come back."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import captures
from tests.unit.agent_server.fake import (
    RUN,
    THREAD,
    FakeServer,
    frame,
    said,
    standing,
    streamed,
)
from webchat.agent_server import (
    AgentServerError,
    Patience,
    ServerFault,
    StreamEvent,
    StreamLost,
    StreamNotice,
    Unauthorized,
    UnknownRun,
    streams,
)
from webchat.agent_server.streams import RunStream

QUICK = Patience(tries=4, first_wait=0.0, longest_wait=0.0)
CUT = httpx.RemoteProtocolError("peer closed connection without sending complete message body")
RECORDING = captures.raw("tools_parallel")
SHORT = captures.raw("chat_values")
NOT_FOUND = {"detail": "Not Found"}


def asked(server: FakeServer) -> RunStream:
    question = {"messages": [{"type": "human", "content": "hello"}]}
    return server.client().stream_run(THREAD, "agent", question, patience=QUICK)


def joined(server: FakeServer) -> RunStream:
    return server.client().join_run(THREAD, RUN, patience=QUICK)


async def read(stream: RunStream) -> list[StreamEvent | StreamNotice]:
    async with stream:
        return [item async for item in stream]


def names(items: list[StreamEvent | StreamNotice]) -> list[str]:
    return [item.mode if isinstance(item, StreamEvent) else item.kind for item in items]


async def test_a_run_is_asked_for_as_it_must_be():
    server = FakeServer(streamed(SHORT), standing("success"))
    stream = asked(server)
    await read(stream)

    assert server.asked[0] == f"POST /threads/{THREAD}/runs/stream"
    assert json.loads(server.requests[0].content) == {
        "assistant_id": "agent",
        "input": {"messages": [{"type": "human", "content": "hello"}]},
        "stream_mode": ["values", "updates", "messages-tuple", "custom", "tasks"],
        "stream_subgraphs": True,
        "stream_resumable": True,
        "on_disconnect": "continue",
        "multitask_strategy": "reject",
        "if_not_exists": "create",
        "config": {"recursion_limit": 100},
    }


@pytest.mark.parametrize("status", ["success", "error", "timeout", "interrupted"])
async def test_a_clean_end_is_as_good_as_the_runs_status(status: str):
    stream = asked(FakeServer(streamed(SHORT), standing(status)))
    items = await read(stream)
    assert stream.status == status
    assert names(items) == [event.mode for event in captures.events("chat_values")]


async def test_a_run_that_the_server_no_longer_has_is_gone():
    stream = asked(FakeServer(streamed(b""), said(NOT_FOUND, 404)))
    assert await read(stream) == []
    assert stream.status == "gone"


@pytest.mark.parametrize("status", ["pending", "running"])
async def test_a_clean_end_of_a_run_at_work_is_a_cut(status: str):
    half = RECORDING[: len(RECORDING) // 2]
    server = FakeServer(
        streamed(half), standing(status), standing(status), streamed(RECORDING), standing("success")
    )
    stream = asked(server)
    items = await read(stream)

    notices = [item for item in items if isinstance(item, StreamNotice)]
    assert [(notice.kind, notice.attempt) for notice in notices] == [
        ("reconnecting", 1),
        ("resumed", 1),
    ]
    assert notices[0].why and notices[1].replayed_from_start
    after = items[items.index(notices[1]) + 1 :]
    assert names(after) == [event.mode for event in captures.events("tools_parallel")]
    assert server.asked[3] == f"GET /threads/{THREAD}/runs/{RUN}/stream"
    assert server.requests[3].headers["last-event-id"] == "0"
    assert stream.status == "success"


@settings(deadline=None)
@example(at=len(RECORDING) - 1, size=1)
@given(at=st.integers(0, len(RECORDING)), size=st.integers(1, 3000))
async def test_a_stream_cut_anywhere_gives_whole_events_and_then_all_of_them(at: int, size: int):
    pieces = [RECORDING[:at][start : start + size] for start in range(0, at, size)]
    server = FakeServer(
        streamed(pieces, then=CUT),
        standing("running"),
        standing("running"),
        streamed(RECORDING),
        standing("success"),
    )
    items = await read(asked(server))

    whole = [event.data for event in captures.events("tools_parallel")]
    data = [item.data for item in items if isinstance(item, StreamEvent)]
    before = len(data) - len(whole)
    assert data == whole[:before] + whole
    arrived = RECORDING[:at].removesuffix(b"\r")  # half a line end is none yet
    assert data[:before] == [event.data for event in captures.decode(arrived)]


@pytest.mark.parametrize("name", captures.names())
async def test_every_recording_is_read_as_it_was_sent(name: str):
    body = captures.raw(name)
    pieces = [body[start : start + 777] for start in range(0, len(body), 777)]
    items = await read(asked(FakeServer(streamed(pieces), standing("success"))))

    expected = [
        (event.mode, event.namespace, event.data, event.id)
        for event in captures.decode(body)
        if (event.mode, event.raw) != ("message", "")
    ]
    assert [
        (item.mode, item.namespace, item.data, item.id)
        for item in items
        if isinstance(item, StreamEvent)
    ] == expected


async def test_what_other_servers_send_is_accepted():
    body = (
        b"event: metadata\ndata: {}\nid: 7_event_1\n\n: heartbeat\n\n"
        b'event: data\ndata: {"agent": 1}\nid: 7_event_2\n\n'
        b"event: brand/new\r\ndata: not json\r\n\r\n"
        b"nonsense\nretry: soon\n\n"
        b'event: end\ndata: {"status":"success"}\nid: 7_event_3\n\n'
    )
    items = await read(asked(FakeServer(streamed(body), standing("success"))))
    assert [(item.mode, item.data) for item in items if isinstance(item, StreamEvent)] == [
        ("metadata", {}),
        ("data", {"agent": 1}),
        ("brand/new", "not json"),
        ("end", {"status": "success"}),
    ]


async def test_a_heartbeat_is_no_event_even_after_an_id():
    beat = b": heartbeat\r\n\r\n"
    body = beat + frame("custom", 1, "1-0") + beat + beat + frame("custom", 2, "2-0") + beat
    items = await read(asked(FakeServer(streamed(body), standing("success"))))
    assert [item.data for item in items if isinstance(item, StreamEvent)] == [1, 2]


@pytest.mark.parametrize(
    "text",
    ["line\u2028para\u2029next\x85", "<script>alert(1)</script>", "\ud83d\ude00 \\ud800", "\x00"],
)
async def test_hostile_text_comes_through_as_it_is(text: str):
    body = frame("custom", text.encode("utf-16", "surrogatepass").decode("utf-16"), "1-0")
    for size in (1, 7, len(body)):
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        items = await read(asked(FakeServer(streamed(pieces), standing("success"))))
        assert names(items) == ["custom"]
        assert isinstance(items[0], StreamEvent)
        assert items[0].raw.encode() in body


@settings(deadline=None)
@given(st.binary(max_size=300))
async def test_bytes_of_any_kind_raise_nothing(body: bytes):
    stream = asked(FakeServer(streamed(body), standing("success")))
    await read(stream)
    assert stream.status == "success"


@pytest.mark.parametrize(
    "fault",
    [
        CUT,
        httpx.ReadError("connection reset"),
        httpx.ReadTimeout("silent"),
        httpx.DecodingError("gzip"),
    ],
)
async def test_every_kind_of_cut_is_followed_by_a_join(fault: Exception):
    server = FakeServer(
        streamed(frame("custom", 1), then=fault),
        httpx.ConnectError("refused"),
        httpx.ConnectError("refused"),
        said("Bad Gateway", 502),
        standing("running"),
        streamed(SHORT),
        standing("success"),
    )
    stream = asked(server)
    items = await read(stream)
    assert names(items)[:5] == ["custom", *["reconnecting"] * 3, "resumed"]
    assert [item.attempt for item in items[1:4] if isinstance(item, StreamNotice)] == [1, 2, 3]
    assert stream.status == "success"


async def test_a_run_that_ended_while_we_were_away_is_not_joined_again():
    away = httpx.ConnectError("refused")
    server = FakeServer(streamed(b"", then=CUT), away, standing("error"))
    stream = asked(server)
    assert names(await read(stream)) == ["reconnecting"]
    assert stream.status == "error"


async def test_a_server_that_stays_away_is_given_up_in_words():
    away = [httpx.ConnectError("refused") for _ in range(1 + QUICK.tries)]
    stream = asked(FakeServer(streamed(frame("custom", 1), then=CUT), *away))
    items: list[StreamEvent | StreamNotice] = []
    with pytest.raises(StreamLost) as lost:
        async with stream:
            async for item in stream:
                items.append(item)  # noqa: PERF401 - a comprehension would lose them

    assert names(items) == ["custom", *["reconnecting"] * QUICK.tries]
    assert (lost.value.thread_id, lost.value.run_id) == (THREAD, RUN)
    assert lost.value.advice and "4 tries" in (lost.value.detail or "")
    assert stream.status is None


async def test_replays_that_get_no_further_are_given_up():
    answers = []
    for _ in range(1 + QUICK.tries):
        answers += [
            streamed(frame("custom", 1), then=CUT),
            standing("running"),
            standing("running"),
        ]
    server = FakeServer(*answers)
    with pytest.raises(StreamLost):
        await read(asked(server))
    joins = [line for line in server.asked if line.endswith(f"{RUN}/stream")]
    assert len(joins) == QUICK.tries


async def test_a_stream_that_gets_further_each_time_is_followed_to_its_end():
    answers = []
    for count in range(1, 3 * QUICK.tries):
        body = b"".join(frame("custom", number) for number in range(count))
        answers += [streamed(body, then=CUT), standing("running"), standing("running")]
    stream = asked(FakeServer(*answers, streamed(SHORT), standing("success")))
    await read(stream)
    assert stream.status == "success"


async def test_long_silences_through_connections_that_live_are_not_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(streams, "STEADY", -1.0)  # every connection has lived for long enough
    answers = [streamed(b"")]
    for _ in range(3 * QUICK.tries):
        answers += [standing("running"), standing("running"), streamed(b"")]
    stream = asked(FakeServer(*answers, standing("success")))
    await read(stream)
    assert stream.status == "success"


async def test_a_key_that_is_no_longer_accepted_is_told_at_once():
    server = FakeServer(streamed(b"", then=CUT), said({"detail": "no"}, 401))
    with pytest.raises(Unauthorized) as refused:
        await read(asked(server))
    assert refused.value.run_id == RUN


async def test_the_run_id_is_taken_from_the_first_event_where_no_header_tells_it():
    body = frame("metadata", {"run_id": RUN})
    stream = asked(FakeServer(streamed(body, location=None), standing("success")))
    async with stream:
        assert stream.run_id is None
        assert names([item async for item in stream]) == ["metadata"]
    assert stream.run_id == RUN


@pytest.mark.parametrize("location", [None, "/", f"/threads/{THREAD}/runs/../../etc"])
async def test_a_run_without_an_id_cannot_be_joined_again(location: str | None):
    with pytest.raises(StreamLost):
        await read(asked(FakeServer(streamed(frame("metadata", ["?"]), location=location))))


async def test_joining_asks_first_how_the_run_stands():
    server = FakeServer(said(NOT_FOUND, 404))
    with pytest.raises(UnknownRun):
        await read(joined(server))
    assert server.asked == [f"GET /threads/{THREAD}/runs/{RUN}"]


async def test_an_ended_run_is_joined_for_its_replay():
    server = FakeServer(standing("success"), streamed(SHORT), standing("success"))
    stream = joined(server)
    items = await read(stream)
    assert names(items) == [event.mode for event in captures.events("chat_values")]
    assert stream.status == "success"


async def test_a_page_instead_of_a_stream_is_no_agent_server():
    page = httpx.Response(200, html="<h1>Welcome</h1>")
    with pytest.raises(ServerFault, match="does not speak like an agent server"):
        await read(asked(FakeServer(page)))


async def test_a_status_in_words_of_its_own_is_never_a_success():
    answers = [streamed(b"")]
    for _ in range(QUICK.tries):
        answers += [standing("finished"), standing("finished"), streamed(b"")]
    stream = asked(FakeServer(*answers, standing("finished")))
    with pytest.raises(StreamLost):
        await read(stream)
    assert stream.status is None


async def test_a_stream_left_early_is_closed():
    server = FakeServer(streamed([SHORT, SHORT]))
    stream = asked(server)
    async with stream:
        async for _ in stream:
            break
    with pytest.raises(StopAsyncIteration):
        await anext(aiter(stream))


async def test_what_fails_on_entering_names_the_thread():
    with pytest.raises(AgentServerError) as failed:
        await read(asked(FakeServer(httpx.ConnectError("refused"))))
    assert failed.value.thread_id == THREAD


def test_the_waits_double_and_are_bounded():
    patience = Patience(tries=6, first_wait=0.25, longest_wait=2.0)
    waits = [patience.wait(attempt) for attempt in range(1, 7)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
