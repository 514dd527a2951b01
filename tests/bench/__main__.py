"""`python3 -m tests.bench`: measures webchat's speed; README.md beside this says what and how."""

import os
import sys

from tests.chromium import NoChromiumError
from tests.running import REQUIREMENTS, ROOT
from webchat.launch.children import end_on_signals
from webchat.launch.environment import ensure_environment
from webchat.launch.start import alone
from webchat.launch.telling import StartError, complain


def main() -> int:
    """Prepare what it needs, then measure; returns the exit code."""
    os.chdir(ROOT)
    end_on_signals()
    try:
        with alone(ROOT):
            ensure_environment(ROOT, REQUIREMENTS, "tests.bench", sys.argv[1:])
        from tests.bench.command import run

        return run(sys.argv[1:])
    except (StartError, NoChromiumError) as refusal:
        complain(f"bench: {refusal}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
