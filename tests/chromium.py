"""Finds a Chromium for the browser tests, and gets one where none is.

The order: the one that `WEBCHAT_CHROMIUM` names, one of this machine, Playwright's own, then the
same two from outside. Standard library only, but for Playwright's path, asked in a child.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

NONE_TO_BE_HAD = (
    "No Chromium is to be had: none on PATH, none of Playwright's, and neither "
    "`playwright install chromium` nor the distribution's package could be installed. Install "
    "Chromium or Chrome and name its program in WEBCHAT_CHROMIUM."
)

_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class NoChromiumError(Exception):
    """The browser tests cannot run here; the message says what to do."""


def find_chromium(environment: Mapping[str, str], say: Callable[[str], None]) -> str:
    """The path of a Chromium, installed just now if there was none.

    Args:
        environment: The variables to go by: `WEBCHAT_CHROMIUM` and `PATH`.
        say: Told a line when something is about to be installed.

    Returns:
        The path of its program.

    Raises:
        NoChromiumError: None is here and none can be installed.
    """
    if named := environment.get("WEBCHAT_CHROMIUM"):
        if found := shutil.which(named, path=environment.get("PATH")):
            return found
        raise NoChromiumError(f"WEBCHAT_CHROMIUM names {named}, which is no program.")
    ways = (
        lambda: _on_path(environment),
        _playwrights_own,
        lambda: _download(say),
        lambda: _install_package(environment, say),
    )
    for way in ways:
        if found := way():
            return found
    raise NoChromiumError(NONE_TO_BE_HAD)


def _on_path(environment: Mapping[str, str]) -> str | None:
    path = environment.get("PATH", "")
    return next(filter(None, (shutil.which(name, path=path) for name in NAMES)), None)


def _playwrights_own() -> str | None:
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    path = asked.stdout.strip()
    return path if asked.returncode == 0 and Path(path).is_file() else None


def _download(say: Callable[[str], None]) -> str | None:
    say("tests: no Chromium here; asking Playwright for its own")
    _run([sys.executable, "-m", "playwright", "install", "chromium"])
    return _playwrights_own()


def _install_package(environment: Mapping[str, str], say: Callable[[str], None]) -> str | None:
    apt = shutil.which("apt-get", path=environment.get("PATH", ""))
    if apt is None or os.geteuid() != 0:
        return None
    say("tests: installing the distribution's Chromium")
    if _run([apt, "update"]):
        _run([apt, "install", "-y", "--no-install-recommends", "chromium"])
    return _on_path(environment)


def _run(command: list[str]) -> bool:
    """Whether a command did well; what it says is of use only when all ways have failed."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    return done.returncode == 0
