"""A loop that must live is started again, with patience, until it returns or is cancelled."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest

from webchat import supervise as supervise_module
from webchat.supervise import supervise


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which takes any time."""
    made: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        made.append(seconds)
        await sleep(0)

    monkeypatch.setattr(supervise_module.asyncio, "sleep", note)
    return made


class Work:
    """Fails so many times, then returns."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.starts = 0

    async def __call__(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise AttributeError("'NoneType' object has no attribute 'getpeername'")


async def test_work_that_returns_is_over(pauses: list[float]):
    work = Work(failures=0)
    await supervise("work", work)
    assert (work.starts, pauses) == (1, [])


async def test_work_that_fails_is_started_again_with_growing_pauses(pauses: list[float]):
    work = Work(failures=7)
    await supervise("work", work)
    assert work.starts == 8
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


async def test_work_that_had_lived_long_is_started_again_soon(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
):
    clock = iter(range(0, 100_000, 1_000))
    monkeypatch.setattr(supervise_module.time, "monotonic", lambda: next(clock))
    await supervise("work", Work(failures=3))
    assert pauses == [1.0, 1.0, 1.0]


async def test_each_failure_is_logged(pauses: list[float], caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, "webchat.supervise"):
        await supervise("the health check", Work(failures=2))
    assert [record.message.partition(";")[0] for record in caplog.records] == [
        "the health check failed"
    ] * 2
    assert "getpeername" in caplog.text


async def test_a_cancelled_loop_is_not_started_again():
    starts = 0

    async def loop() -> None:
        nonlocal starts
        starts += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(supervise("work", loop))
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert starts == 1
