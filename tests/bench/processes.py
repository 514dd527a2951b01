"""The measured processes: how they are started and ended, and what CPU they took."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.wire.server import free_port
from webchat.launch.parent_death import with_parent_death_signal

ROOT = Path(__file__).parents[2]
CALM = 0.25
"""Cores that others may use while a machine is still called calm."""

_MOMENT = 2.0  # seconds
_PATIENCE = 300.0  # seconds: webchat may have to build its page first


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        url: Its address.
        pid: Its first process.
    """

    url: str
    pid: int

    def cpu(self) -> float:
        """CPU seconds taken so far by its whole tree."""
        return cpu_of_tree(self.pid)

    def memory(self) -> float:
        """Megabytes that its whole tree has in memory now."""
        return sum(process.memory_info().rss for process in _tree(self.pid)) / 1e6


class DidNotStartError(Exception):
    """A server ended or stayed silent; the message has its last words."""


@contextmanager
def scripted_agent(log: Path) -> Iterator[Server]:
    """The scripted agent server, on a free port."""
    port = free_port()
    with _running(["-m", "tests.bench.agent", str(port)], port, ["/ok"], log) as server:
        yield server


@contextmanager
def webchat(agent_url: str, log: Path) -> Iterator[Server]:
    """Webchat as people start it, on a free port, talking to that agent server."""
    port = free_port()
    command = ["-m", "webchat", "--port", str(port), "--agent-url", agent_url]
    with _running(command, port, ["/ping", "/"], log) as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str], port: int, paths: Sequence[str], log: Path
) -> Iterator[Server]:
    environment = {name: v for name, v in os.environ.items() if not name.startswith("WEBCHAT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            with_parent_death_signal([sys.executable, *command]),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(process, [url + path for path in paths], log)
            yield Server(url, process.pid)
        finally:
            _end(process)


def _wait_for(process: subprocess.Popen[bytes], urls: Sequence[str], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    with httpx.Client(trust_env=False) as client:
        for url in urls:
            while not _answers(client, url):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise DidNotStartError(f"{url} does not answer:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)


def _answers(client: httpx.Client, url: str) -> bool:
    with suppress(httpx.TransportError):
        return client.get(url).is_success
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process and of all that live below it."""
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def wait_for_calm(patience: float) -> None:
    """Return when others leave the machine alone for a moment, or the patience (seconds) ends."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        neighbours = Neighbours()
        time.sleep(_MOMENT)
        if neighbours.cores() < CALM:
            return


class Neighbours:
    """How much of the machine others used meanwhile, so that a noisy run can be told."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._theirs = _everything() - cpu_of_tree(os.getpid())

    def cores(self) -> float:
        """Cores kept busy by others since this was made."""
        theirs = _everything() - cpu_of_tree(os.getpid())
        return max(0.0, theirs - self._theirs) / (time.monotonic() - self._began)


def _everything() -> float:
    times = psutil.cpu_times()
    return times.user + times.system + times.nice
