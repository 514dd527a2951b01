"""A page in a fresh browser: opened, asked, watched; what it loads, receives and computes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Playwright, WebSocket

from tests.bench.figures import Figures

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZE = {"width": 1280, "height": 800}
SETTLE = 1500.0
"""Milliseconds after a page can be used until it is at rest."""


@contextmanager
def fresh_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """A browser with nothing cached."""
    browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


class MeasuredPage:
    """One page with the probe in it.

    Attributes:
        load: `load_kb`, transferred in thousands of bytes, and `usable_ms`, since navigation.
        socket_url: The address of its websocket, empty while it has none.
        said: What it sent there.
    """

    def __init__(self, browser: Browser, url: str, *, by_react: bool) -> None:
        """Open the page, and wait until it can be used and is at rest.

        Args:
            browser: Where; the page gets a context of its own.
            url: Its address.
            by_react: Whether the page can be used only once React has taken it over.
        """
        self.page: Page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        self.page.add_init_script(path=Path(__file__).with_name("probe.js"))
        self._cdp: CDPSession = self.page.context.new_cdp_session(self.page)
        self._socket_bytes = 0
        self.socket_url = ""
        self.said: list[str] = []
        self.page.on("websocket", self._watch)
        self.load = self._open(url, by_react=by_react)

    def _open(self, url: str, *, by_react: bool) -> Figures:
        sizes: list[float] = []
        self._cdp.on("Network.loadingFinished", lambda it: sizes.append(it["encodedDataLength"]))
        self._cdp.send("Network.enable")
        self.page.goto(url, wait_until="commit")
        usable: float = self._probe("usable", by_react)
        self.page.wait_for_timeout(SETTLE)
        self._cdp.send("Network.disable")
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        return {"load_kb": sum(sizes) / 1000, "usable_ms": usable}

    def _watch(self, socket: WebSocket) -> None:
        self.socket_url = socket.url
        socket.on("framereceived", self._count)
        socket.on("framesent", lambda payload: self.said.append(str(payload)))

    def _count(self, payload: str | bytes) -> None:
        self._socket_bytes += len(payload.encode() if isinstance(payload, str) else payload)

    def _probe(self, method: str, *arguments: Any) -> Any:
        given = ", ".join(map(json.dumps, arguments))
        return self.page.evaluate(f"benchProbe.{method}({given})")

    def wait_for_text(self, text: str) -> None:
        """Return when the page says it."""
        self._probe("says", text)

    def open_raw_view(self) -> None:
        """Open the raw view on Messages."""
        self.page.click("[data-role=raw-toggle]")
        self.page.click("[data-raw-mode=messages]")

    def write(self, message: str) -> None:
        """Write a message without sending it."""
        self.page.fill("[data-role=composer]", message)

    def expect(self, tokens: int) -> None:
        """Look out for so many tokens from now on."""
        self._probe("expect", tokens)
        self._cdp.send("HeapProfiler.collectGarbage")

    def send(self) -> None:
        """Send it, by a click."""
        self.page.click("[data-role=send]")

    def rest(self, seconds: float) -> None:
        """Let time pass, and take in what the browser has to tell meanwhile."""
        self.page.wait_for_timeout(seconds * 1000)

    def seen(self, patience: float) -> tuple[list[float], float]:
        """Wait until every token is painted, or the time is over.

        Args:
            patience: Seconds.

        Returns:
            When each was painted, and when send was pressed; Unix milliseconds.
        """
        told = self._probe("seen", patience * 1000)
        return told["painted"], told["pressed"]

    def socket_bytes(self) -> int:
        """Bytes of websocket payload received so far."""
        return self._socket_bytes

    def main_thread(self) -> float:
        """Milliseconds for which the page's main thread has run so far, waits not counted."""
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")
