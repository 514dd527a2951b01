"""One real agent server for all tests here, and a client of it for each."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.wire.server import RealServer
from webchat.agent_server.client import AgentServer
from webchat.runs import Feeds


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """Shared; tests that stop or kill a server take `mortal_server`."""
    with RealServer(tmp_path_factory.mktemp("agent-server")) as running:
        yield running


@pytest.fixture
def mortal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A server of the test's own."""
    with RealServer(tmp_path_factory.mktemp("mortal-server")) as running:
        yield running


@pytest.fixture
async def client(real_server: RealServer) -> AsyncIterator[AgentServer]:
    async with AgentServer(real_server.url) as client:
        yield client


@pytest.fixture
async def feeds(client: AgentServer) -> AsyncIterator[Feeds]:
    feeds = Feeds(client)
    yield feeds
    await feeds.aclose()


@pytest.fixture
async def other(real_server: RealServer) -> AsyncIterator[httpx.AsyncClient]:
    """Another program that knows the same server."""
    async with httpx.AsyncClient(base_url=real_server.url, trust_env=False) as other:
        yield other


@pytest.fixture
def thread_id() -> str:
    """A thread that nobody has made yet."""
    return str(uuid.uuid4())
