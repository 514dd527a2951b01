"""Starts a command that ends when whoever started it ends, however that happens.

Linux sends the signal by itself; elsewhere the command is simply started. Also run as a script,
by path, with nothing but the standard library: the command takes this process over.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def leashed(command: Sequence[str]) -> list[str]:
    """The command line that runs `command` on a leash held by this process.

    Must be started from a thread that lives as long as the process: Linux watches the thread.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _take_over(holder: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != holder:  # it ended before the leash was on
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    _take_over(int(sys.argv[1]), sys.argv[2:])
