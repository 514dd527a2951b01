"""`python3 -m webchat` and the command `webchat`: checks Python's version, then `launch.start`.

This file must compile on old Pythons, which it refuses with a sentence.
"""

import sys


def main():
    """Check Python and the platform, then start webchat; returns the exit code."""
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
