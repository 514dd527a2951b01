"""The agent server asked beside the app: what it really sent, and how its runs stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.wire.server import RealServer


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as the server sent it.

    Attributes:
        mode: Its name, without a namespace.
        data: Its `data` field.
    """

    mode: str
    data: str

    @property
    def value(self) -> Any:
        return json.loads(self.data)


def client(agents: RealServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=agents.url, trust_env=False, timeout=60)


async def runs_of(agents: RealServer, thread_id: str) -> list[dict[str, Any]]:
    """The runs of a thread, newest first."""
    async with client(agents) as http:
        return (await http.get(f"/threads/{thread_id}/runs", params={"limit": 100})).json()


async def last_run(agents: RealServer, thread_id: str) -> dict[str, Any]:
    """The newest run of a thread."""
    return (await runs_of(agents, thread_id))[0]


async def sent(agents: RealServer, thread_id: str) -> list[Sent]:
    """All that a thread's newest run sent, read by nothing of ours."""
    run = await last_run(agents, thread_id)
    async with client(agents) as http:
        path = f"/threads/{thread_id}/runs/{run['run_id']}/stream"
        answer = await http.get(path, headers={"Last-Event-ID": "0"})
    events = []
    for block in answer.content.decode().split("\r\n\r\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
        if "event" in fields:
            events.append(Sent(fields["event"].partition("|")[0], fields["data"]))
    return events


async def state_of(agents: RealServer, thread_id: str) -> dict[str, Any]:
    """A thread's state."""
    async with client(agents) as http:
        return (await http.get(f"/threads/{thread_id}/state")).json()


async def update_state(agents: RealServer, thread_id: str, values: dict[str, Any]) -> None:
    """Change a thread's state without a run."""
    async with client(agents) as http:
        answer = await http.post(f"/threads/{thread_id}/state", json={"values": values})
    answer.raise_for_status()


async def filled_thread(agents: RealServer, messages: int | list[dict[str, Any]]) -> str:
    """A thread that no run made.

    Args:
        agents: Where.
        messages: Its messages, or how many questions with their answers it has.
    """
    if isinstance(messages, int):
        messages = [message for number in range(messages) for message in exchange(number)]
    step = {"values": {"messages": messages}, "as_node": "model"}
    body = {"supersteps": [{"updates": [step]}], "metadata": {"graph_id": "agent"}}
    async with client(agents) as http:
        made = await http.post("/threads", json={"thread_id": str(uuid4()), **body})
    return made.raise_for_status().json()["thread_id"]


def exchange(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A question and its answer."""
    return (
        {"type": "human", "id": f"q{number}", "content": f"question {number}"},
        {"type": "ai", "id": f"a{number}", "content": f"answer {number}"},
    )
