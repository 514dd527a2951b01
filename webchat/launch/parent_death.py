"""Starts a command that gets SIGTERM when the process that started it dies.

Linux only (`PR_SET_PDEATHSIG`, prctl(2)); elsewhere the command is started without it. This file
also runs as a script, by path and with the standard library only, and executes the command.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def with_parent_death_signal(command: Sequence[str]) -> list[str]:
    """The command line that runs `command` with this process as its parent.

    Start it from a thread that lives as long as the process: the signal is sent when the thread
    that started the command ends.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def _execute(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the signal was asked for
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    _execute(int(sys.argv[1]), sys.argv[2:])
