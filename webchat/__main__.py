"""`python3 -m webchat`: from a machine with only Python to a page that answers.

This file alone must be readable by old Pythons, so that they can be told apart; the rest of the
way is in `webchat.launch`.
"""

import sys


def main():
    """Check the ground, then walk the way; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - old Pythons are who it is for
        sys.stderr.write(
            "webchat needs Python 3.11 or newer, and this is {}.{}: install a newer one and "
            "start webchat with it.\n".format(*sys.version_info)
        )
        return 2
    if sys.platform == "win32":
        sys.stderr.write("webchat runs on Linux and macOS; on Windows, start it inside WSL.\n")
        return 2
    from webchat.launch.start import start

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
