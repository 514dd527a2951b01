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


async def last_run(agents: RealServer, thread_id: str) -> dict[str, Any]:
    """The newest run of a thread."""
    async with client(agents) as http:
        runs = (await http.get(f"/threads/{thread_id}/runs", params={"limit": 1})).json()
    return runs[0]


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


async def filled_thread(agents: RealServer, questions: int) -> str:
    """A thread with that many questions and answers, which no run made."""
    thread_id = str(uuid4())
    messages = []
    for number in range(questions):
        messages.append({"type": "human", "id": f"q{number}", "content": f"question {number}"})
        messages.append({"type": "ai", "id": f"a{number}", "content": f"answer {number}"})
    step = {"values": {"messages": messages}, "as_node": "model"}
    async with client(agents) as http:
        body = {"thread_id": thread_id, "supersteps": [{"updates": [step]}]}
        made = await http.post("/threads", json={**body, "metadata": {"graph_id": "agent"}})
        made.raise_for_status()
    return thread_id
