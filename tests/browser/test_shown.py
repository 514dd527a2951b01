"""All that came is shown: nested runs, sources, pictures, artifacts, floods, and quiet lines."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, expect

from tests.browser.app import App
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat
from tests.browser.test_accessibility import faults
from tests.browser.test_screens import PHONE
from tests.wire.server import RealServer

NESTED = Path(__file__).parents[1] / "wire" / "nested_graphs.py"
NAMES = (
    *("counting", "doubting", "breaking"),
    *("levels", "nested", "citing", "flooding", "forgetful", "halted", "one_task"),
)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """An agent server with graphs that do what is hard to show."""
    served = {name: f"{NESTED}:{name}" for name in NAMES}
    with RealServer(tmp_path_factory.mktemp("graphs"), served) as running:
        wait_for_assistants(running, len(served))
        yield running


def wait_for_assistants(server: RealServer, count: int) -> None:
    """The server answers before it has an assistant for each of its graphs."""
    deadline = time.monotonic() + 60
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        while len(http.post("/assistants/search", json={"limit": 100}).json()) < count:
            assert time.monotonic() < deadline, "the server made no assistants"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory, graphs: RealServer) -> Iterator[App]:
    with App(tmp_path_factory.mktemp("apps") / "app.log", graphs.url) as running:
        yield running


@pytest.fixture
def open_graph(open_chat: OpenChat, apps: App) -> OpenChat:
    """Opens a new chat with one of the graphs, by its name."""

    async def open_one(name: str, **options: object) -> Chat:
        chat = await open_chat(of=apps, **options)
        await chat.role("assistant-picker").select_option(label=name)
        await expect(chat.page.get_by_role("heading", name=name)).to_be_visible()
        return chat

    return open_one


async def shot(chat: Chat, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        await chat.page.screenshot(path=f"{folder}/{name}.png")


async def fits(chat: Chat) -> bool:
    """Whether nothing is wider than the page."""
    return await chat.page.evaluate(
        "[...document.querySelectorAll('.part')]"
        ".every((part) => part.getBoundingClientRect().right <= innerWidth)"
        " && document.documentElement.scrollWidth <= innerWidth"
    )


def nested(chat: Chat, name: str) -> Locator:
    """The runs of graphs within a graph that go by a name."""
    return chat.page.locator(".subagent", has=chat.page.locator(f'> summary:has-text("{name}")'))


async def test_a_long_message_of_a_person_can_be_read_in_whole(open_told: OpenChat) -> None:
    words = "word " * 9_600 + "the very end"
    chat = await open_told(
        [{"type": "human", "id": "q", "content": words}, {"type": "ai", "id": "a", "content": "k"}]
    )
    said = chat.asked.locator('[data-part="text"]')
    await expect(said).to_contain_text("word word")
    await expect(said).not_to_contain_text("the very end")
    more = said.get_by_role("button", name="Show all · 48 kB")
    await shot(chat, "long")
    await more.focus()
    await chat.page.keyboard.press("Enter")

    await expect(said).to_contain_text("the very end")
    await expect(said.get_by_role("button")).to_have_count(0)


async def test_agents_within_agents_keep_what_they_said_and_the_pictures_that_they_gave(
    open_graph: OpenChat,
) -> None:
    chat = await open_graph("first", **PHONE)
    await chat.ask_to_the_end("go")

    card = chat.tool("delegate")
    await card.locator("summary").first.click()
    await expect(nested(chat, "second").first).to_contain_text("second says")
    await expect(nested(chat, "third")).to_contain_text("deep down")
    await expect(nested(chat, "second").locator(".subagent")).to_have_count(1)
    await expect(chat.parts("subagent")).to_have_count(2)
    picture = card.get_by_role("img", name="Image")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("img => img.complete && img.naturalWidth > 0")
    await shot(chat, "levels")
    assert await fits(chat)
    assert await faults(chat) == []


@pytest.mark.parametrize("options", [PHONE, {"color_scheme": "dark"}], ids=["phone", "dark"])
async def test_no_card_says_failed_where_the_server_does_not_tell_which_call_did(
    open_graph: OpenChat, options: dict[str, Any]
) -> None:
    chat = await open_graph("one_task", **options)
    await chat.ask_to_the_end("go")
    for name in ("slow", "quick", "raises"):
        await expect(chat.tool(name)).to_have_attribute("data-tool-status", "unfinished")
        await expect(chat.tool(name)).to_contain_text("Failed or stopped")
    await expect(chat.parts("error")).to_contain_text("the tool broke")
    await shot(chat, f"unfinished-{len(options)}")
    assert await fits(chat)
    assert await faults(chat) == []


async def test_what_a_graph_within_the_graph_said_stays_under_the_name_of_its_node(
    open_graph: OpenChat,
) -> None:
    chat = await open_graph("nested", color_scheme="dark")
    await chat.ask_to_the_end("go")

    await expect(nested(chat, "ponder")).to_contain_text("inner thoughts")
    brood = nested(chat, "brood")
    await expect(brood).to_contain_text("inner end")
    await shot(chat, "nested")
    await brood.locator("summary").first.focus()
    await chat.page.keyboard.press("Enter")
    await expect(brood.get_by_text("inner end")).to_be_hidden()
    await expect(chat.text.last).to_have_text("outer answer")


async def test_sources_are_numbered_links_and_a_picture_that_was_made_is_one(
    open_graph: OpenChat,
) -> None:
    chat = await open_graph("citing", **PHONE)
    await chat.ask_to_the_end("go")

    for _ in range(2):
        sources = chat.answer.get_by_role("list", name="Sources").get_by_role("link")
        await expect(sources).to_have_text(["1Tides", "2Sun"])
        await expect(sources.first).to_have_attribute("href", "https://example.org/tides")
        await expect(sources.first).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(sources.first).to_have_attribute("title", "the moon pulls")
        await expect(chat.answer.locator("img.image")).to_have_attribute(
            "src", re.compile("^data:image/png;base64,")
        )
        await shot(chat, "citing")
        await chat.page.reload()
    assert await fits(chat)
    assert await faults(chat) == []


async def test_a_source_that_is_no_safe_link_is_words_alone(open_told: OpenChat) -> None:
    cited = [{"type": "url_citation", "url": "javascript:alert(1)", "title": "<b>Evil</b>"}]
    answer = [{"type": "text", "text": "So it is.", "annotations": cited}]
    chat = await open_told(
        [
            {"type": "human", "id": "q", "content": "hm"},
            {"type": "ai", "id": "a", "content": answer},
        ]
    )
    sources = chat.answer.get_by_role("list", name="Sources")
    await expect(sources).to_have_text("1<b>Evil</b>")
    await expect(sources.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["wide", "phone"])
async def test_the_number_of_a_source_is_a_small_link_behind_the_words_that_it_is_for(
    open_told: OpenChat, screen: dict[str, Any], scheme: str
) -> None:
    chat = await open_told(cited_answer(), **screen, color_scheme=scheme)
    numbers = chat.answer.locator(".prose .citation")
    await expect(numbers).to_have_text(["[1]", "[1]", "[2]", "[3]"])
    await expect(chat.answer.locator(".prose p").first).to_have_text(
        "Tides follow the moon[1], and the sun helps[1][2]. Nobody disputes that."
    )
    await expect(chat.answer.locator(".prose li").last).to_have_text("seen twice a day[3]")

    listed = chat.answer.get_by_role("list", name="Sources").get_by_role("link")
    await expect(listed).to_have_text(["1Tides", "2Sun", "3Days"])
    link = chat.answer.get_by_role("link", name="Source 2", exact=True)
    await expect(link).to_have_attribute("href", "https://example.org/sun")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", re.compile(r"\bnoopener\b"))
    assert await link.evaluate(
        "link => parseFloat(getComputedStyle(link).fontSize)"
        " < 0.9 * parseFloat(getComputedStyle(link.closest('p')).fontSize)"
    )
    await shot(chat, f"cited-{scheme}-{len(screen)}")
    assert await fits(chat)
    assert await faults(chat) == []


def cited_answer() -> list[dict[str, Any]]:
    """A question, and an answer whose text says at which of its words it used which source."""
    text = (
        "Tides follow the moon, and the sun helps. Nobody disputes that.\n\n"
        "- high water and low water\n- seen twice a day\n"
    )
    places = [("moon", "Tides"), ("helps", "Sun"), ("helps", "Tides"), ("day", "Days")]
    annotations = [
        {
            "type": "url_citation",
            "url": f"https://example.org/{title.lower()}",
            "title": title,
            "start_index": text.index(words),
            "end_index": text.index(words) + len(words),
        }
        for words, title in places
    ]
    content = [{"type": "text", "text": text, "annotations": annotations}]
    return [
        {"type": "human", "id": "q", "content": "Why are there tides?"},
        {"type": "ai", "id": "a", "content": content},
    ]


async def test_what_a_tool_kept_for_programs_is_folded_in_its_card(chat: Chat) -> None:
    await chat.ask_to_the_end('call table {"rows": 4}; echo done')
    card = chat.tool("table")
    await card.locator("summary").first.click()

    artifact = card.locator('[data-tree^="artifact:"]')
    await expect(artifact.get_by_role("heading")).to_have_text("Artifact")
    await expect(artifact.locator(".json-children").first).to_be_hidden()
    await artifact.locator("summary").first.click()
    await expect(artifact.locator(".json-children").first).to_contain_text("columns:")
    await expect(artifact.locator(".json-children").first).to_be_visible()
    await shot(chat, "artifact")
    await artifact.get_by_role("button", name="Copy").click()
    await expect(artifact.get_by_role("button", name="Copied")).to_be_visible()
    assert '"height"' in await chat.copied()


async def test_many_events_are_one_block_with_a_count_and_the_rest_is_there_for_the_asking(
    open_graph: OpenChat,
) -> None:
    chat = await open_graph("flooding", **PHONE)
    await chat.ask_to_the_end("go")

    events = chat.parts("events")
    await expect(events).to_have_count(2)
    flood = events.filter(has_text="300 custom events")
    await expect(flood).to_contain_text("tick: 299")
    progress = events.filter(has_text="Progress")
    await expect(progress).to_contain_text("step 4")
    await expect(progress.get_by_role("progressbar")).to_have_attribute("value", "80")
    await expect(chat.text).to_have_text("outer answer")
    await shot(chat, "flooding")
    await flood.locator("summary").first.click()
    await expect(flood).to_contain_text("The newest 200 of 300.")
    rows = flood.locator(".json > details > .json-children > *")
    await expect(rows).to_have_count(101)
    await flood.locator("[data-show]").last.click()
    await expect(flood).to_contain_text("tick: 100")
    await shot(chat, "flooding-open")
    assert await fits(chat)
    assert await faults(chat) == []


async def test_a_pause_and_messages_that_were_removed_are_quiet_lines(open_graph: OpenChat) -> None:
    chat = await open_graph("halted")
    await chat.ask_to_the_end("go")
    await expect(chat.parts("line")).to_have_text("Paused before spin.")
    await shot(chat, "halted")
    await chat.page.reload()
    await expect(chat.parts("line")).to_have_text("Paused before spin.")

    chat = await open_graph("forgetful")
    await chat.ask_to_the_end("go")
    await expect(chat.parts("line")).to_have_text("1 message was removed from the thread.")
    await shot(chat, "forgetful")


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", **PHONE}], ids=["laptop", "phone"]
)
async def test_a_graph_without_messages_takes_json_and_shows_its_state(
    open_graph: OpenChat, options: dict[str, Any]
) -> None:
    chat = await open_graph("counting", **options)
    welcome = chat.page.locator(".welcome")
    await expect(welcome).to_contain_text("This graph has no messages")
    await expect(welcome.locator(".starter")).to_have_count(0)
    await expect(chat.page.locator("#composer-hint")).to_have_text(
        "This graph takes JSON: total, log"
    )
    await shot(chat, f"counting-new-{len(options)}")
    assert await faults(chat) == []
    await chat.ask('{"total": 40')
    await expect(chat.waiting).to_contain_text("Not sent. This graph takes a JSON object")
    await expect(chat.waiting).to_contain_text("line 1, column 13")
    await shot(chat, f"counting-refused-{len(options)}")
    await chat.role("message-back").click()
    await expect(chat.composer).to_have_value('{"total": 40')

    for start in (40, 100):
        await chat.ask(f'{{"total": {start}}}')
        state = chat.role("graph-state")
        await expect(state).to_contain_text("its state is shown as it changes")
        await expect(state.locator('[data-tree="graph:input"]')).to_contain_text(f"total: {start}")
        await expect(state.locator('[data-tree="graph:values"]')).to_contain_text(
            f"total: {start + 2}"
        )
        await chat.ended()
    await expect(chat.waiting).to_have_count(0)
    await shot(chat, f"counting-{len(options)}")
    await chat.page.reload()
    await expect(state.locator('[data-tree="graph:values"]')).to_contain_text("total: 102")
    await expect(state.locator('[data-tree="graph:input"]')).to_contain_text("total: 100")
    await expect(state.locator('[data-tree="graph:earlier"]')).to_contain_text("total: 40")
    await state.get_by_role("button", name="Copy state").click()
    await expect(state.get_by_text("Copied")).to_be_visible()
    assert json.loads(await chat.copied())["total"] == 102
    assert await faults(chat) == []


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", **PHONE}], ids=["laptop", "phone"]
)
async def test_a_graph_without_messages_shows_its_question_and_its_failure_beside_its_state(
    open_graph: OpenChat, options: dict[str, Any]
) -> None:
    chat = await open_graph("doubting", **options)
    await chat.ask('{"total": 4}')
    await expect(chat.parts("interrupt")).to_contain_text("Is that enough?")
    await chat.ended()
    for _ in range(2):
        await expect(state_of_graph(chat)).to_contain_text("total: 5")
        await expect(chat.parts("interrupt")).to_contain_text("Is that enough?")
        await expect(chat.page.locator("#composer-hint")).to_contain_text("waits for an answer")
        assert await fits(chat)
        assert await faults(chat) == []
        await shot(chat, f"doubting-{len(options)}")
        await chat.page.reload()

    chat = await open_graph("breaking", **options)
    await chat.ask('{"total": 4}')
    error = chat.parts("error")
    for _ in range(2):
        await expect(error).to_contain_text("the count was lost")
        await expect(state_of_graph(chat)).to_contain_text("total: 5")
        await expect(chat.role("retry")).to_be_visible()
        assert await fits(chat)
        assert await faults(chat) == []
        await shot(chat, f"breaking-{len(options)}")
        await chat.page.reload()


def state_of_graph(chat: Chat) -> Locator:
    """The state in the place of the conversation."""
    return chat.role("graph-state").locator('[data-tree="graph:values"]')
