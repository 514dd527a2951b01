"""What the launcher says on the terminal: a line for each step, a sentence for each refusal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class StartError(Exception):
    """The way ends here; the message says why and what to do, in a sentence.

    Attributes:
        code: The exit code: 2 when the person asked for what cannot be, else 1.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Say why it ends here, where errors are looked for."""
    sys.stderr.write(sentence + "\n")


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Tell that a step began, and when it is done how long it took."""
    sys.stdout.write(f"webchat: {doing} ... ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("not done")
        raise
    say(f"{time.monotonic() - began:.1f} s")
