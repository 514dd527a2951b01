"""`python3 -m tests.picture`: takes the README's pictures, of the real page, into `docs/`.

Starts webchat as people do, with the embedded demo agent and nothing of its own kept, asks it two
questions, and opens the raw view. Knows the page's stable names, and nothing else of webchat.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from tests.chromium import NoChromiumError, find_chromium
from tests.running import REQUIREMENTS, ROOT
from webchat.launch.children import Child, exit_on_signals
from webchat.launch.console import StartError, print_error, say
from webchat.launch.environment import ensure_environment
from webchat.launch.start import locked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

DOCS = ROOT / "docs"
QUESTIONS = ("Compare the weather in Paris and Rome", "whats the weather in la")
THEMES: dict[Literal["light", "dark"], str] = {"light": "webchat", "dark": "webchat-dark"}
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
PACE = "150"
"""Tokens a second: quick, and still slow enough for times that look like a model's."""

_PATIENCE = 600.0  # seconds until the page answers: it may have to be built first
_OPEN = re.compile(r"webchat: open (http://\S+) ")


def main() -> int:
    """Prepare what it needs, and take the pictures; returns the exit code."""
    os.chdir(ROOT)
    exit_on_signals()
    try:
        with locked(ROOT):
            ensure_environment(ROOT, REQUIREMENTS, "tests.picture", sys.argv[1:])
        chromium = find_chromium(os.environ, say)
        with TemporaryDirectory(prefix="webchat-picture-") as folder, demo(Path(folder)) as url:
            take(url, chromium)
    except (StartError, NoChromiumError) as refusal:
        print_error(f"picture: {refusal}")
        return 1
    return 0


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """Webchat with the demo agent on a free port; yields its address.

    Args:
        folder: Where it keeps its conversations and its output, for this time only.

    Raises:
        StartError: It ended, or did not answer in time.
    """
    from tests.wire.server import free_port

    ours = {name: value for name, value in os.environ.items() if not name.startswith("WEBCHAT_")}
    ours |= {"WEBCHAT_PORT": str(free_port()), "WEBCHAT_DATA_DIR": str(folder)}
    ours["WEBCHAT_DEMO_PACE"] = PACE
    output = folder / "webchat.log"
    command = [sys.executable, "-m", "webchat"]
    with output.open("wb") as log, Child(command, log=log, env=ours, grace=20.0) as child:
        yield _address(child, output)


def _address(child: Child, output: Path) -> str:
    """Where it says that it can be opened, once it does."""
    end = time.monotonic() + _PATIENCE
    while not (found := _OPEN.search(output.read_text())):
        if child.exit_code is not None or time.monotonic() > end:
            raise StartError(f"webchat did not start:\n{output.read_text()}")
        time.sleep(0.2)
    return found[1]


def take(url: str, chromium: str) -> None:
    """Hold the conversation once, and take every picture of it.

    Args:
        url: The page's address.
        chromium: The path of a Chromium.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        thread = converse(browser, url)
        DOCS.mkdir(exist_ok=True)
        for theme, name in THEMES.items():
            page = browser.new_page(viewport=WIDE, color_scheme=theme)
            page.goto(thread)
            open_raw_view(page)
            shoot(page, name)
        page = browser.new_page(
            viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True
        )
        page.goto(thread)
        page.locator("[data-turn=human]").last.evaluate("turn => turn.scrollIntoView()")
        shoot(page, "webchat-phone")
        browser.close()


def converse(browser: Browser, url: str) -> str:
    """Ask the questions, one after the other; returns the thread's address."""
    page = browser.new_page()
    page.goto(url)
    page.locator("[data-role=connection][data-state=connected]").wait_for()
    for number, question in enumerate(QUESTIONS, 1):
        page.fill("[data-role=composer]", question)
        page.click("[data-role=send]")
        answers = page.locator("[data-turn=agent][data-live=false]")
        answers.nth(number - 1).wait_for(state="attached", timeout=60_000)
    address = page.url
    page.close()
    return address


def open_raw_view(page: Page) -> None:
    """Every event of the last run, the final state opened."""
    page.click("[data-role=raw-toggle]")
    page.click("[data-role=final-state]")
    page.click("[data-raw-mode=all]")
    page.locator("[data-event][data-mode=values] .json").wait_for()


def shoot(page: Page, name: str) -> None:
    """Take the picture of a page at rest."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    path = DOCS / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    say(f"picture: {path.relative_to(ROOT)}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
