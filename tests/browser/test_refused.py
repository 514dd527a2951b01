"""An agent server that does not let webchat in: the page says so, and notices when it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import GRAPHS, OpenChat
from tests.browser.test_accessibility import faults
from tests.browser.test_keyboard import stops
from tests.browser.test_screens import PHONE, no_sideways_scroll
from tests.wire.server import RealServer

DOOR = Path(__file__).parents[1] / "wire" / "door.py"
NOTICED = 20_000
"""Milliseconds until a refusal, or its end, is seen."""


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "good"
    path.write_text("first")
    return path


@pytest.fixture(scope="module")
def locked_agents(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[RealServer]:
    """An agent server that takes the key in `key_file` only."""
    folder = tmp_path_factory.mktemp("locked-agents")
    environment = {"GOOD_KEY_FILE": str(key_file)}
    with RealServer(folder, GRAPHS, auth=f"{DOOR}:auth", environment=environment) as running:
        yield running


@pytest.fixture(scope="module")
def locked_out(
    tmp_path_factory: pytest.TempPathFactory, locked_agents: RealServer
) -> Iterator[App]:
    """An app whose key is “second”."""
    log = tmp_path_factory.mktemp("locked-out") / "app.log"
    with App(log, locked_agents.url, variables={"WEBCHAT_AGENT_API_KEY": "second"}) as running:
        yield running


async def refused(chat: Chat) -> Chat:
    """Wait until the page says that it is."""
    await expect(chat.connection).to_have_attribute("data-state", "refused", timeout=NOTICED)
    await expect(chat.connection).to_contain_text("Server refuses")
    return chat


async def test_a_wrong_key_is_said_to_and_a_mended_one_is_noticed(
    locked_out: App, open_chat: OpenChat, key_file: Path
) -> None:
    key_file.write_text("first")
    chat = await refused(await open_chat(of=locked_out, awake=False))
    bar = chat.page.locator(".outage")
    await expect(bar).to_contain_text("API key")
    await expect(bar).not_to_contain_text("second")
    await expect(chat.page.locator("#composer-hint")).to_contain_text("does not let webchat in")
    await chat.ask("echo let in at last")
    await expect(chat.waiting).to_have_attribute("data-waiting", "away")
    await expect(chat.waiting).to_contain_text("as soon as the agent server lets webchat in")
    await chat.page.reload()
    await refused(chat)
    await expect(chat.waiting).to_contain_text("echo let in at last")

    key_file.write_text("second")
    await expect(chat.connection).to_have_attribute("data-state", "connected", timeout=NOTICED)
    await expect(bar).to_have_count(0)
    await expect(chat.text).to_have_text("let in at last", timeout=NOTICED)
    await chat.ended()
    await expect(chat.turns).to_have_count(2)
    key_file.write_text("third")
    await refused(chat)
    await expect(chat.text).to_have_text("let in at last")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_of_one_who_is_refused_can_be_used_by_everybody(
    locked_out: App, open_chat: OpenChat, key_file: Path, scheme: str
) -> None:
    key_file.write_text("first")
    options = PHONE if scheme == "dark" else {}
    page = await open_chat(of=locked_out, awake=False, color_scheme=scheme, **options)
    chat = await refused(page)
    await chat.ask("echo wait here")
    await expect(chat.waiting).to_be_visible()
    assert await faults(chat) == []
    await no_sideways_scroll(chat.page)
    reached = await stops(chat.page)
    assert {"new-chat", "theme", "raw-toggle", "message-back", "composer"} <= set(reached)


async def test_what_is_no_agent_server_is_said_to(
    agents: RealServer, open_chat: OpenChat, tmp_path: Path
) -> None:
    with App(tmp_path / "app.log", f"{agents.url}/api") as lost:
        chat = await refused(await open_chat(of=lost, awake=False, tolerate="WebSocket"))
        bar = chat.page.locator(".outage")
        await expect(bar).to_contain_text(f"What answers at {agents.url}/api")
        await expect(bar).to_contain_text("is no agent server")
        await expect(bar).to_contain_text("WEBCHAT_AGENT_URL")
