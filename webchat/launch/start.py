"""The way itself, step by step."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from webchat.launch.children import end_on_signals
from webchat.launch.environment import ensure_environment
from webchat.launch.options import read_options
from webchat.launch.page import ensure_page
from webchat.launch.serving import check_port, serve_development, serve_page
from webchat.launch.telling import StartError, complain, say

if TYPE_CHECKING:
    from webchat.settings import Settings

ROOT = Path(__file__).parents[2]


def start(arguments: Sequence[str]) -> int:
    """Walk the whole way, and stay until the server ends.

    Args:
        arguments: The command line after the program's name.

    Returns:
        The exit code: 0 when the server ended well, 2 when what was asked cannot be, 130 and 143
        after Ctrl-C and SIGTERM, else 1.
    """
    os.environ.update(read_options(arguments))
    os.chdir(ROOT)
    end_on_signals()
    try:
        with alone(ROOT):
            ensure_environment(ROOT, [ROOT / "requirements.txt"], "webchat", arguments)
        settings = _settings()
        check_port(settings.host, settings.port)
        if settings.dev:
            return serve_development(settings.host, settings.port)
        with alone(ROOT):
            ensure_page(ROOT)
        return serve_page(settings.host, settings.port, settings.log_level)
    except StartError as refusal:
        complain(f"webchat: {refusal}")
        return refusal.code
    except KeyboardInterrupt:
        return 130


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep a second start in the same folder waiting while this one installs or builds."""
    folder = root / ".webchat"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("webchat: waiting for another start in this folder to install and build")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _settings() -> Settings:
    from webchat.settings import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        raise StartError("\nwebchat: ".join(error.problems), 2) from None
