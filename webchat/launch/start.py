"""Entry point: install, build, serve."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from webchat.launch.children import exit_on_signals
from webchat.launch.console import StartError, print_error, say
from webchat.launch.environment import ensure_environment
from webchat.launch.layout import Layout, find_layout
from webchat.launch.options import read_options
from webchat.launch.page import ensure_page
from webchat.launch.ports import reserved_port
from webchat.launch.serving import serve_development, serve_page

if TYPE_CHECKING:
    from webchat.settings import Settings

DOTENV_VARIABLE = "WEBCHAT_ENV_FILE"


def start(arguments: Sequence[str]) -> int:
    """Install and build what is missing, serve the page, and return when the server ends.

    Args:
        arguments: The command line after the program's name.

    Returns:
        The exit code: 0 when the server ended well, 2 when what was asked cannot be, 130 and 143
        after Ctrl-C and SIGTERM, else 1.
    """
    os.environ.update(read_options(arguments))
    layout = find_layout()
    if not layout.is_checkout:  # the checkout's own .env, or that of the folder one stands in
        os.environ.setdefault(DOTENV_VARIABLE, str(Path(".env").absolute()))
    os.chdir(layout.root)
    exit_on_signals()
    try:
        return _serve(layout, arguments)
    except StartError as refusal:
        print_error(f"webchat: {refusal}")
        return refusal.code
    except KeyboardInterrupt:
        return 130


def _serve(layout: Layout, arguments: Sequence[str]) -> int:
    root = layout.root
    if layout.is_checkout:
        with locked(root):
            ensure_environment(root, [root / "requirements.txt"], "webchat", arguments)
    settings = _settings()
    if settings.dev and not layout.is_checkout:
        raise StartError("--dev needs a checkout of webchat's sources.", 2)
    with reserved_port(settings.host, settings.port) as listen_on:
        if settings.dev:
            return serve_development(settings.host, settings.port)
        if layout.is_checkout:
            with locked(root):
                ensure_page(root)
        return serve_page(settings.host, listen_on, settings.port, settings.log_level)


@contextmanager
def locked(root: Path) -> Iterator[None]:
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
