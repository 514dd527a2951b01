"""Runs of the graphs in `nested_graphs`, followed on the real agent server and then read again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

from tests.wire.following import follow
from tests.wire.server import RealServer
from webchat.agent_server.client import AgentServer
from webchat.transcript import Paused, Removed, RunError, Subagent, Transcript

FILE = __file__.replace("test_nested_runs.py", "nested_graphs.py")
NAMES = ("levels", "twice", "nested", "endless", "astray", "siblings", "halted", "forgetful")


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
        ("halted", Paused),
        ("forgetful", Removed),
    ],
)
async def test_a_run_followed_live_equals_the_thread_read_again(
    nested_server: RealServer, name: str, kind: type | None
):
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
    live.settle(state, seen.status, time.time(), thread)
    assert live.turns == Transcript.from_state(state, thread, run).turns
    if kind is not None:
        assert any(isinstance(part, kind) for part in live.turns[-1].parts)
