"""A server that answers, and does not let webchat in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire.server import RealServer
from webchat.agent_server import NotAnAgentServer, NotFound
from webchat.agent_server.client import AgentServer
from webchat.runs import Health, HealthState
from webchat.runs import health as health_module


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "good"


@pytest.fixture(scope="module")
def locked_server(key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A server that accepts the key in `key_file` only."""
    key_file.write_text("first")
    door = f"{Path(__file__).with_name('door.py')}:auth"
    folder = tmp_path_factory.mktemp("locked-server")
    with RealServer(folder, auth=door, environment={"GOOD_KEY_FILE": str(key_file)}) as running:
        yield running


async def until(health: Health, word: str) -> HealthState:
    changed = asyncio.Event()
    with health.changed.watching(changed):
        async with asyncio.timeout(20):
            while health.state.word != word:
                changed.clear()
                await changed.wait()
    return health.state


async def test_a_wrong_key_is_told_and_a_mended_one_is_noticed(
    locked_server: RealServer, key_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health_module, "CALM", 0.05)
    async with AgentServer(locked_server.url, api_key="second") as client:
        health = Health(client)
        asking = asyncio.create_task(health.keep_asking())
        refused = await until(health, "refused")
        assert "API key" in refused.reason and "second" not in f"{refused.reason} {refused.advice}"
        key_file.write_text("second")
        await until(health, "connected")
        key_file.write_text("third")
        await until(health, "refused")
        asking.cancel()


@pytest.mark.parametrize("path", ["/api", "/docs"])
async def test_a_wrong_path_is_told(real_server: RealServer, path: str):
    async with AgentServer(real_server.url + path) as client:
        with pytest.raises((NotFound, NotAnAgentServer)):
            await client.check()
