"""Output of the launcher: a line on stdout for each step, a sentence on stderr for an error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class StartError(Exception):
    """webchat cannot start; the message says why and what to do, in a sentence.

    Attributes:
        code: The exit code: 2 for a wrong option or setting, else 1.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_error(sentence: str) -> None:
    """Print an error to stderr."""
    sys.stderr.write(sentence + "\n")


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Print that a step began, and when it is done how many seconds it took."""
    sys.stdout.write(f"webchat: {doing} ... ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("not done")
        raise
    say(f"{time.monotonic() - began:.1f} s")
