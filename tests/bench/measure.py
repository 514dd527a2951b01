"""One run of one case: open, send, watch, and the figures that come of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx
from playwright.sync_api import Playwright

from tests.bench.browser import MeasuredPage, fresh_browser
from tests.bench.cases import Case
from tests.bench.crowd import Crowd, LightPage, Recording
from tests.bench.figures import Figures, lag_figures, lags, percentile
from tests.bench.processes import Neighbours, Server

HISTORY_CHARACTERS = 300
GREETING = "Good morning to you."
PATIENCE = 60.0
"""Seconds to wait for tokens after the last was sent."""

REST = 1.0
"""Seconds after the last token in which what it set off still counts."""

LEFT = 60.0
"""Seconds after all pages have left until the memory that is kept is looked at."""

_names = (f"run{number}" for number in itertools.count(1))


@dataclass(frozen=True, slots=True)
class Bench:
    """What all runs share.

    Attributes:
        playwright: Starts browsers.
        chromium: The path of the one to measure in.
        agent: The scripted agent server.
        webchat: What is measured.
    """

    playwright: Playwright
    chromium: str
    agent: Server
    webchat: Server

    def run(self, case: Case) -> Figures:
        """Measure a case once."""
        before = self.webchat.memory()
        figures = self._run(case)
        if not case.memory:
            return figures
        time.sleep(LEFT)
        return figures | {"memory_kept": self.webchat.memory() / before}

    def _run(self, case: Case) -> Figures:
        with fresh_browser(self.playwright, self.chromium) as browser:
            thread_id = self._thread(case)
            address = self._address(case, thread_id)
            page = MeasuredPage(browser, address, by_react=case.page == "webchat")
            if case.history:
                page.wait_for_text(f"message {case.history} ")
            if case.raw:
                page.open_raw_view()
            names = [next(_names) for _ in range(case.pages)]
            with Crowd(self._others(case, page, thread_id, names[1:])) as crowd:
                page.write(case.script.ask(names[0]))
                page.expect(case.script.tokens)
                page.rest(REST)
                return self._stream(case, page, crowd, names)

    def _thread(self, case: Case) -> str:
        """The thread to begin on; empty for the page's own new one."""
        if not case.history and case.pages == 1:
            return ""
        body = {"messages": case.history, "characters": HISTORY_CHARACTERS}
        return self._ask("POST", "/bench/threads", body)["thread_id"]

    def _address(self, case: Case, thread_id: str) -> str:
        if case.page == "floor":
            return f"{self.agent.url}/floor" + (f"?thread={thread_id}" if thread_id else "")
        return f"{self.webchat.url}/" + (f"thread/{thread_id}" if thread_id else "")

    def _others(
        self, case: Case, page: MeasuredPage, thread_id: str, names: Sequence[str]
    ) -> list[LightPage]:
        """The other pages of a crowd, which do as this one does."""
        if not names:
            return []
        opening = len(page.said)
        page.write(GREETING)
        page.send()
        page.rest(REST)
        said = [(place, frame) for place, frame in enumerate(page.said) if len(frame) > 1]
        recording = Recording(
            page.socket_url,
            thread_id,
            GREETING,
            [frame for place, frame in said if place < opening],
            [frame for place, frame in said if place >= opening],
        )
        return [LightPage(recording, self._thread(case), case.script.ask(name)) for name in names]

    def _stream(
        self, case: Case, page: MeasuredPage, crowd: Crowd, names: Sequence[str]
    ) -> Figures:
        """Send, wait, and compare before and after."""
        every = case.script.tokens * case.pages
        began = time.monotonic()
        neighbours, server = Neighbours(), self.webchat.cpu()
        main_thread, received = page.main_thread(), page.socket_bytes() + crowd.received()
        crowd.ask()
        page.send()
        painted, pressed = page.seen(case.script.seconds + PATIENCE)
        page.rest(REST * 2 if crowd.pages else REST)
        main_thread = page.main_thread() - main_thread
        received = page.socket_bytes() + crowd.received() - received
        figures = {
            "other_cores": neighbours.cores(),
            "main_thread_ms_per_1k": main_thread * 1000 / case.script.tokens,
        }
        if case.page == "webchat":
            server = self.webchat.cpu() - server
            figures["server_ms_per_token"] = server * 1000 / every
            figures["server_cores"] = server / (time.monotonic() - began)
            figures["memory_mb"] = self.webchat.memory()
        if not case.history and not crowd.pages:
            figures |= page.load
        told = [self._ask("GET", f"/bench/sent/{name}") for name in names]
        if case.page == "floor":
            received = sum(run["bytes"] for run in told)
        figures["bytes_per_token"] = received / every
        sent = [run["sent"] for run in told]
        return figures | _times(sent, painted, pressed, [other.seen for other in crowd.pages])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx.request(method, self.agent.url + path, json=body, trust_env=False)
        return answer.raise_for_status().json()


def _times(
    sent: list[list[float]], painted: list[float], pressed: float, others: list[list[float]]
) -> Figures:
    """What the times say: lags to the eye on the page, and to the socket on the others."""
    missing = sum(map(len, sent)) - len(painted) - sum(map(len, others))
    figures: Figures = {"missing": float(missing)} | lag_figures(lags(sent[0], painted))
    if painted:
        figures["first_token_ms"] = painted[0] - pressed
    waits = [
        wait for times, seen in zip(sent[1:], others, strict=True) for wait in lags(times, seen)
    ]
    return figures | ({"others_lag_p95_ms": percentile(waits, 0.95)} if waits else {})


def short(case: Case) -> Case:
    """The case with an answer just long enough to warm everything up."""
    return replace(case, script=replace(case.script, tokens=100))
