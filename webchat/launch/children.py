"""Child processes of the launcher; none of them outlives it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from webchat.launch.parent_death import with_parent_death_signal


class Child:
    """A command in a process group of its own; leaving its `with` block ends the whole group."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: IO[bytes] | None = None,
        env: Mapping[str, str] | None = None,
        grace: float = 2.0,
    ) -> None:
        """Start it.

        Args:
            command: Program and arguments.
            log: Where its output goes; without one, to ours.
            env: Its environment; without one, ours.
            grace: How many seconds it has to end after SIGTERM.
        """
        self._grace = grace
        self._process = subprocess.Popen(
            with_parent_death_signal(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=None if log is None else subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Wait until it ends, and return how."""
        return self._process.wait()

    def stop(self) -> None:
        """Ask the first process to end, and after the grace end the whole group."""
        try:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(self._grace)
        finally:  # also when a second Ctrl-C comes while we wait
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def run_logged(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> int:
    """Run a command to its end with its output in a file; returns its exit code."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, Child(command, log=output, env=env) as child:
        return child.wait()


def exit_on_signals() -> None:
    """Raise `SystemExit` on SIGTERM and SIGHUP, so that `with Child(...)` ends its child."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
