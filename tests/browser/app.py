"""webchat itself as a child process: the production build on a port of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

from tests.wire.server import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
"""Seconds for the first start, which builds the page."""


class App:
    """`python -m webchat --agent-url ...`, as a context manager.

    Args:
        log: Where its output goes.
        agent_url: The agent server to talk to.
        options: More of its command line.
        variables: More of its environment.
    """

    def __init__(
        self,
        log: Path,
        agent_url: str,
        *options: str,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._variables = dict(variables or {})
        self._log = log
        self._command = [sys.executable, "-m", "webchat", "--agent-url", agent_url, *options]
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: It ended, or did not answer in time; its words are in the error's.
        """
        self._process = self._started()
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"webchat did not start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.1)
        return self

    def ended(self) -> int:
        """Start it where it must refuse, and wait for its exit code."""
        return self._started().wait(timeout=PATIENCE)

    def _started(self) -> subprocess.Popen[bytes]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("WEBCHAT")}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*self._command, "--port", str(self.port)],
                cwd=ROOT,
                env={**ours, **self._variables},
                stdout=log,
                stderr=log,
            )

    def stop(self) -> int | None:
        """End it as an operator does, with SIGTERM; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ping", timeout=2.0, trust_env=False).is_success
        except httpx.TransportError:
            return False
