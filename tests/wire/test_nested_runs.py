"""Runs of the graphs in `nested_graphs`, followed on the real agent server and then read again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

from tests.wire.following import follow
from tests.wire.server import RealServer
from webchat.agent_server.client import AgentServer
from webchat.transcript import Paused, Removed, RunError, Subagent, ToolCall, Transcript

FILE = __file__.replace("test_nested_runs.py", "nested_graphs.py")
NAMES = (
    "levels",
    "twice",
    "nested",
    "endless",
    "astray",
    "siblings",
    "one_task",
    "halted",
    "forgetful",
)


@pytest.fixture(scope="module")
def nested_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    graphs = {name: f"{FILE}:{name}" for name in NAMES}
    with RealServer(tmp_path_factory.mktemp("nested-server"), graphs) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("levels", None),
        ("twice", None),
        ("nested", Subagent),
        ("endless", RunError),
        ("astray", RunError),
        ("siblings", RunError),
        ("one_task", RunError),
        ("halted", Paused),
        ("forgetful", Removed),
    ],
)
async def test_a_run_followed_live_equals_the_thread_read_again(
    nested_server: RealServer, name: str, kind: type | None
):
    live, again, _ = await run_and_reload(nested_server, name)
    assert live.turns == again.turns
    if kind is not None:
        assert any(isinstance(part, kind) for part in live.turns[-1].parts)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("siblings", ["cancelled", "done", "failed"]),
        ("one_task", ["unfinished", "unfinished", "unfinished"]),
    ],
)
async def test_a_call_is_said_to_have_failed_only_where_the_server_tells_that_it_did(
    nested_server: RealServer, name: str, statuses: list[str]
):
    live, again, before = await run_and_reload(nested_server, name)
    for transcript in (live, again):
        calls = [part for part in transcript.turns[-1].parts if isinstance(part, ToolCall)]
        assert [call.status for call in calls] == statuses
    assert before == statuses, "and nothing else while the run's end is not read yet"


async def run_and_reload(
    nested_server: RealServer, name: str
) -> tuple[Transcript, Transcript, list[str]]:
    """A run as it was followed, its thread read again, and the calls' statuses before the end."""
    thread_id = str(uuid.uuid4())
    asked = {"type": "human", "id": str(uuid.uuid4()), "content": "go"}
    async with AgentServer(nested_server.url) as client:
        await client.create_thread(thread_id)
        seen = await follow(client.stream_run(thread_id, name, {"messages": [asked]}))
        state, thread = await client.state(thread_id), await client.thread(thread_id)
        run = await client.run(thread_id, seen.run_id or "")
    live = Transcript()
    live.start_run([asked], time.time())
    for event in seen.events:
        live.apply(event)
    before = [part.status for part in live.turns[-1].parts if isinstance(part, ToolCall)]
    live.settle(state, seen.status, time.time(), thread)
    return live, Transcript.from_state(state, thread, run), before
