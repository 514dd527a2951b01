"""The real agent server as a child process on a loopback port, for tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

GRAPHS = {
    "agent": f"{Path(__file__).with_name('graphs.py')}:agent",
    "broken": f"{Path(__file__).with_name('graphs.py')}:broken",
}
QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
}


class RealServer:
    """`langgraph dev` on a port of its own, which it keeps over restarts.

    Use it as a context manager, or call `start` and `stop`.

    Args:
        folder: Where the server keeps its data and its log; empty at first.
        graphs: The graphs to serve, as `{graph id: "file.py:variable"}`.
        auth: Who may use it, as `file.py:variable`; everybody without one.
        environment: More variables for its process.
    """

    def __init__(
        self,
        folder: Path,
        graphs: Mapping[str, str] = GRAPHS,
        *,
        auth: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._environment = os.environ | QUIET | dict(environment or {})
        self._config = folder / "langgraph.json"
        config = {"dependencies": ["."], "graphs": dict(graphs)}
        if auth:
            config["auth"] = {"path": auth}
        self._config.write_text(json.dumps(config))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience: float = 60.0) -> Self:
        """Start the server, and wait until it answers.

        Args:
            patience: Seconds to wait.

        Raises:
            RuntimeError: It ended, or did not answer in time; the log's end is in the words.
        """
        wait_for_free(self.port)
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # a file, not a pipe: nobody reads along
                self._command(), cwd=self.folder, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + patience
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The agent server did not start:\n{self.log()[-3000:]}")
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        """Stop it as an operator does, with SIGTERM, and wait until it is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, with SIGKILL: what it had not written to disk is lost."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self) -> list[str]:
        langgraph = Path(sys.executable).with_name("langgraph")
        options = "dev --no-browser --no-reload --n-jobs-per-worker 10 --host 127.0.0.1"
        where = ["--port", str(self.port), "--config", str(self._config)]
        return [str(langgraph), *options.split(), *where]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ok", timeout=1.0, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _end(self, with_signal: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(with_signal)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_free(port: int, patience: float = 10.0) -> None:
    """Wait until a port can be bound again: a server that finds it taken moves to another."""
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                if time.monotonic() > deadline:
                    raise
            else:
                return
        time.sleep(0.05)
