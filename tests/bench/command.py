"""The command line of `python3 -m tests.bench`, inside an environment that has the packages."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.bench.cases import Case, cases, chosen
from tests.bench.figures import Figures
from tests.bench.goals import judge
from tests.bench.measure import Bench, short
from tests.bench.processes import ROOT, DidNotStartError, scripted_agent, wait_for_calm, webchat
from tests.bench.report import keep, summarise, tables
from tests.chromium import find_chromium
from webchat.launch.console import print_error, say

RESULTS = Path(".webchat", "bench.json")


def run(arguments: Sequence[str]) -> int:
    """Measure what was asked for, and say it.

    Args:
        arguments: The command line after the program's name.

    Returns:
        The exit code: 2 for a case that is not there, 1 when a server did not start, or when goals
        were to be checked and one is missed; else 0.
    """
    asked = _parser().parse_args(arguments)
    try:
        wanted = chosen(cases(asked.tokens), asked.cases)
    except KeyError as unknown:
        say(f"bench: there is no case {unknown}; they are {', '.join(c.name for c in cases())}")
        return 2
    chromium = find_chromium(os.environ, say)
    about = _about(chromium)
    try:
        runs = _measure(wanted, asked.repeat, asked.patience, chromium)
    except DidNotStartError as failure:
        print_error(f"bench: {failure}")
        return 1
    results = summarise(wanted, runs)
    say("\n" + tables(wanted, results))
    keep(asked.out, about, results, runs)
    say(f"bench: every run is in {asked.out}")
    missed = [goal for goal, _, kept in judge(results) if not kept]
    return 1 if asked.check and missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.bench",
        description="Measures webchat in a real browser against a scripted agent server.",
    )
    parser.add_argument("cases", nargs="*", help="which; all without any (see the README)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case; 3")
    parser.add_argument("--tokens", type=int, help="shorten the case `long`, of 20,000 tokens")
    parser.add_argument(
        "--patience",
        type=float,
        default=0,
        metavar="S",
        help="wait up to so many seconds before each run until nothing else is at work here",
    )
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument(
        "--out", type=Path, default=RESULTS, help=f"where to keep it all; {RESULTS}"
    )
    return parser


def _measure(
    wanted: Sequence[Case], repeat: int, patience: float, chromium: str
) -> dict[str, list[Figures]]:
    """All cases in turn, again and again, so that a slow hour of the machine meets them all."""
    runs: dict[str, list[Figures]] = {case.name: [] for case in wanted}
    folder = Path(tempfile.mkdtemp(prefix="webchat-bench-"))
    with (
        scripted_agent(folder / "agent.log") as agent,
        webchat(agent.url, folder / "webchat.log") as server,
        sync_playwright() as playwright,
    ):
        bench = Bench(playwright, chromium, agent, server)
        for case in wanted[:2]:
            bench.run(short(case))
        for number in range(1, repeat + 1):
            for case in wanted:
                if number == 1 or not case.once:
                    wait_for_calm(patience)
                    figures = bench.run(case)
                    runs[case.name].append(figures)
                    say(f"bench: {case.name}, run {number}: {_brief(figures)}")
    return runs


def _brief(figures: Figures) -> str:
    names = ("lag_p50_ms", "lag_p95_ms", "main_thread_ms_per_1k", "server_ms_per_token", "missing")
    return ", ".join(f"{name} {figures[name]:.1f}" for name in names if name in figures)


def _about(chromium: str) -> dict[str, Any]:
    """What the figures depend on."""
    said = subprocess.run([chromium, "--version"], capture_output=True, text=True, check=False)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "measured": time.strftime("%Y-%m-%d %H:%M"),
        "commit": commit.stdout.strip(),
        "browser": said.stdout.strip(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
