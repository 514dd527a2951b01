"""The whole way in a process of its own, as far as it goes without a build."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m webchat` where it must refuse, with these options and variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WEBCHAT_")}
    return subprocess.run(
        [sys.executable, "-m", "webchat", *arguments],
        cwd=ROOT,
        env={**clean, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_refused_before_anything_is_built():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start("--port", str(port))
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr == (
        f"webchat: Port {port} is taken: stop the program that has it, or choose another with "
        "--port.\n"
    )


def test_every_problem_with_the_settings_is_told_on_a_line_of_its_own():
    refused = start("--port", "many", WEBCHAT_LOG_LEVEL="loud", WEBCHAT_ASISTANT="x")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "webchat: WEBCHAT_PORT must be a whole number from 1 to 65535, and 'many' is not.",
        "webchat: WEBCHAT_LOG_LEVEL must be one of debug, info, warning, error, and 'loud' is not.",
        "webchat: WEBCHAT_ASISTANT is not a setting of webchat; did you mean WEBCHAT_ASSISTANT?",
    ]


def test_an_option_wins_over_its_variable():
    refused = start("--port", "0", WEBCHAT_PORT="8321")
    assert "and '0' is not" in refused.stderr
