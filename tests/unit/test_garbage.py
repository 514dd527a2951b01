"""Full collections of garbage wait until nobody waits for tokens, but not for ever."""

from __future__ import annotations

import asyncio
import gc

import pytest

from webchat import garbage


class Collections:
    """Counts the full collections in place of making them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return 0


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> Collections:
    monkeypatch.setattr(garbage, "EVERY", 0.0)
    counted = Collections()
    monkeypatch.setattr(garbage.gc, "collect", counted)
    return counted


async def looks(busy: bool, times: int = 20) -> None:
    """Let it look so many times whether anybody waits."""
    looked = asyncio.Event()
    left = times

    def answer() -> bool:
        nonlocal left
        left -= 1
        if not left:
            looked.set()
        return busy

    loop = asyncio.create_task(garbage.collect_when_quiet(answer))
    await looked.wait()
    loop.cancel()


async def test_nothing_is_collected_while_tokens_stream(collections: Collections):
    await looks(busy=True)
    assert collections.count == 0


async def test_in_quiet_moments_it_is(collections: Collections):
    await looks(busy=False)
    assert collections.count >= 19


async def test_where_it_is_never_quiet_it_is_collected_all_the_same(
    collections: Collections, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(garbage, "LATEST", 0.0)
    await looks(busy=True)
    assert collections.count >= 19


async def test_the_interpreter_makes_no_full_collection_by_itself(collections: Collections):
    before, meanwhile = gc.get_threshold(), []
    loop = asyncio.create_task(
        garbage.collect_when_quiet(lambda: bool(meanwhile.append(gc.get_threshold())))
    )
    while not meanwhile:
        await asyncio.sleep(0)
    loop.cancel()
    await asyncio.wait([loop])
    assert meanwhile[0][:2] == before[:2] and meanwhile[0][2] > 1_000_000
    assert gc.get_threshold() == before
