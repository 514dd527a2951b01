"""From a bare Python to pytest: the environment, a browser, the suite."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.chromium import NoChromiumError, find_chromium
from webchat.launch.children import exit_on_signals
from webchat.launch.console import StartError, print_error, say
from webchat.launch.environment import ensure_environment
from webchat.launch.start import locked

ROOT = Path(__file__).parents[1]
# The whole suite runs in two processes, a file of tests in one of them.
WHOLE_SUITE = ("-n", "2", "--dist", "loadfile")
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"]


def run(arguments: Sequence[str]) -> int:
    """Prepare what the tests need, and hand over to pytest.

    Args:
        arguments: `--prepare` alone to stop before pytest, else pytest's own; with none, all
            tests run, in two processes.

    Returns:
        0 when only the ground was to be prepared, 1 when it could not be; otherwise pytest has
        taken over and its exit code is the process's.
    """
    os.chdir(ROOT)
    exit_on_signals()
    try:
        with locked(ROOT):
            ensure_environment(ROOT, REQUIREMENTS, "tests", arguments)
            os.environ["WEBCHAT_CHROMIUM"] = find_chromium(os.environ, say)
    except (StartError, NoChromiumError) as refusal:
        print_error(f"tests: {refusal}")
        return 1
    say(f"tests: the browser is {os.environ['WEBCHAT_CHROMIUM']}")
    if list(arguments) == ["--prepare"]:
        return 0
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)])
