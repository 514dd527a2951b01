"""The recordings of the real agent server in `tests/fixtures/captures`, as events and states."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from httpx_sse._decoders import SSEDecoder

from webchat.agent_server.events import StreamEvent

FOLDER = Path(__file__).parent / "fixtures" / "captures"
INDEX: dict[str, dict[str, Any]] = json.loads((FOLDER / "index.json").read_text())


def names() -> list[str]:
    """Every recording that is a stream of server-sent events."""
    return sorted(p.stem for p in FOLDER.glob("*.sse") if b"event:" in p.read_bytes()[:40])


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.sse").read_bytes()


def decode(stream: bytes, started_at: float = 1_795_000_000.0) -> list[StreamEvent]:
    """The events of a stream cut anywhere, a hundredth of a second apart.

    An event whose closing blank line is missing is not there yet, as for a client.
    """
    decoder, events = SSEDecoder(), []
    text = stream.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for line in text.split("\n")[:-1]:
        sse = decoder.decode(line)
        if sse is not None:
            at = started_at + len(events) / 100
            events.append(StreamEvent.decode(sse.event, sse.data, sse.id, at))
    return events


@cache
def events(name: str) -> tuple[StreamEvent, ...]:
    return tuple(decode(raw(name)))


def state(name: str) -> dict[str, Any] | None:
    """GET /threads/{id}/state right after the stream ended, None where it was not recorded."""
    return _beside(name, "state")


def thread(name: str) -> dict[str, Any] | None:
    """GET /threads/{id} right after the stream ended, None where it was not recorded."""
    return _beside(name, "thread")


def run(name: str) -> dict[str, Any] | None:
    """The run after its stream ended, None where it was not recorded."""
    return _beside(name, "run")


def _beside(name: str, what: str) -> dict[str, Any] | None:
    path = FOLDER / f"{name}.{what}.json"
    return json.loads(path.read_text()) if path.exists() else None


def request(name: str) -> dict[str, Any]:
    """The body of the request that started the run; empty for a join."""
    return INDEX.get(name, {}).get("body") or {}
