"""Nothing that comes in, from a socket or from an agent, holds the loop that serves everybody.

Measured by a watch on the loop itself, in CPU time (`holds.py`); each input has a few tries, since
the slowest of a thousand turns is also the one that was interrupted most.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.browser.app import App
from tests.browser.holds import LONGEST, Hold, Holds, slowness
from tests.browser.sockets import event, raw_socket
from tests.browser.test_flood import FLOODS, NO_PAGES
from tests.browser.test_socket import barrage
from tests.browser.texts import PARAGRAPHS
from tests.browser.wire import filled_thread
from tests.unit.rendering.hostile import STRINGS
from tests.unit.rendering.test_pathological import SHAPES
from tests.wire.server import RealServer
from webchat.state.raw import Raw

TRIES = 4
FEW = 200
"""Events of a flood: more than a socket may send without waiting."""
HOSTILE = "\n\n---\n\n".join(STRINGS).encode(errors="replace").decode()
"""All hostile strings, but for lone surrogates, which UTF-8 does not have."""
DEAR = (
    "hostile",
    "wide tables",
    "rows that lack cells",
    "nested emphasis",
    "images",
    "formulas",
    "quotes in javascript",
    "deep quotes",
    "dashes and a letter",
)
"""Shapes of text that were the dearest to read; `tests/unit/rendering` has them all."""
SIZE = 60_000
"""Characters of each."""


@pytest.fixture(scope="module")
def holds(tmp_path_factory: pytest.TempPathFactory) -> Holds:
    return Holds(tmp_path_factory.mktemp("holds"))


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory, agents: RealServer, holds: Holds
) -> Iterator[App]:
    """An app whose loop is watched."""
    log = tmp_path_factory.mktemp("watched") / "app.log"
    with App(log, agents.url, variables=holds.variables) as running:
        yield running


@pytest.fixture(scope="module")
def assistant(agents: RealServer) -> str:
    """The id of the scripted agent's assistant."""
    found = httpx.post(f"{agents.url}/assistants/search", json={}, trust_env=False)
    return found.raise_for_status().json()[0]["assistant_id"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def thread(agents: RealServer) -> str:
    """A long thread of ordinary answers."""
    return await filled_thread(agents, told(PARAGRAPHS for _ in range(40)))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def dear_thread(agents: RealServer) -> str:
    """A thread with an answer of each dear shape."""
    return await filled_thread(agents, told(map(text_of, DEAR)))


def told(texts: Iterable[str]) -> list[dict[str, Any]]:
    """A question and these answers."""
    asked = {"type": "human", "id": "q", "content": "tell me"}
    return [
        asked,
        *({"type": "ai", "id": f"a{n}", "content": text} for n, text in enumerate(texts)),
    ]


async def never_held(holds: Holds, what: Callable[[], Awaitable[None]]) -> None:
    """Do something until it has held the loop for less than `LONGEST` throughout."""
    long: list[Hold] = []
    for _ in range(TRIES):
        holds.since()
        slow = slowness()
        await what()
        await asyncio.sleep(0.1)  # the watch writes a hold down when it is over
        slow = max(slow, slowness())
        long = [hold for hold in holds.since() if hold.own > LONGEST * slow]
        if not long:
            return
    pytest.fail("\n".join(map(str, long[:5])))


async def test_the_watch_tells_what_holds_a_loop(tmp_path: Path) -> None:
    kept = Holds(tmp_path)
    folder = Path(kept.variables["PYTHONPATH"])
    spec = spec_from_file_location("loop_watch", folder / "sitecustomize.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    watching = asyncio.create_task(module.Watch(kept.variables["LOOP_WATCH"]).run())
    await asyncio.sleep(0.05)
    busy_until = time.thread_time() + 0.08
    while time.thread_time() < busy_until:
        pass
    await asyncio.sleep(0.05)
    watching.cancel()
    longest = kept.since()[0]
    assert longest.own > LONGEST
    assert "test_the_watch_tells" in longest.at
    assert kept.since() == []


@pytest.mark.parametrize("kind", FLOODS)
async def test_no_flood_of_events_holds_it(
    watched: App, holds: Holds, thread: str, kind: str
) -> None:
    async def flood() -> None:
        async with raw_socket(watched) as mean:
            await mean.look_at(thread)
            await mean.send(event(f"{Raw.get_full_name()}.toggle", f"/thread/{thread}"))
            for _ in range(FEW):
                await mean.send(FLOODS[kind])
            await mean.answered()

    await never_held(holds, flood)


@pytest.mark.parametrize("kind", NO_PAGES)
async def test_nothing_that_no_page_sends_holds_it(watched: App, holds: Holds, kind: str) -> None:
    async def send() -> None:
        async with raw_socket(watched) as mean, asyncio.timeout(20):
            await mean.send(NO_PAGES[kind])
            await mean.closed.wait()

    await never_held(holds, send)


async def test_no_wrong_argument_holds_it(watched: App, holds: Holds, thread: str) -> None:
    async def send() -> None:
        async with raw_socket(watched) as mean:
            await mean.look_at(thread)
            for wrong in barrage():
                await mean.send(event(wrong["name"], f"/thread/{thread}", **wrong["payload"]))
            await mean.answered()

    await never_held(holds, send)


@pytest.mark.parametrize("shape", DEAR)
async def test_no_text_that_streams_holds_it(
    watched: App, holds: Holds, assistant: str, shape: str
) -> None:
    async def ask() -> None:
        async with raw_socket(watched) as socket:
            thread_id = str(uuid4())
            await socket.ask(thread_id, assistant, f"echo {text_of(shape)}")

    await never_held(holds, ask)


async def test_no_thread_that_is_opened_holds_it(
    watched: App, holds: Holds, dear_thread: str
) -> None:
    async def look() -> None:
        async with raw_socket(watched) as socket:
            await socket.look_at(dear_thread)
            await socket.until(lambda records: records.get("turns", {}).get("ids"))
            await asyncio.sleep(1)  # turns that are dear to draw come in several deltas

    await never_held(holds, look)


def text_of(shape: str) -> str:
    return HOSTILE if shape == "hostile" else SHAPES[shape](SIZE)
