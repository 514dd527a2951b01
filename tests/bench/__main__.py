"""`python3 -m tests.bench`: measures webchat's speed; README.md beside this says what and how."""

import os
import sys

from tests.chromium import NoChromiumError
from tests.running import REQUIREMENTS, ROOT
from webchat.launch.children import exit_on_signals
from webchat.launch.console import StartError, print_error
from webchat.launch.environment import ensure_environment
from webchat.launch.start import locked


def main() -> int:
    """Prepare what it needs, then measure; returns the exit code."""
    os.chdir(ROOT)
    exit_on_signals()
    try:
        with locked(ROOT):
            ensure_environment(ROOT, REQUIREMENTS, "tests.bench", sys.argv[1:])
        from tests.bench.command import run

        return run(sys.argv[1:])
    except (StartError, NoChromiumError) as refusal:
        print_error(f"bench: {refusal}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
