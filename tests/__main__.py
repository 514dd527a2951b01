"""`python3 -m tests`: the whole suite from a machine with only Python; arguments go to pytest.

With `--prepare` alone it only makes the environment and finds a browser. Like
`webchat/__main__.py`, this file must be readable by old Pythons.
"""

import sys


def main():
    """Check the ground, then run the tests; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - old Pythons are who it is for
        sys.stderr.write(
            "The tests need Python 3.11 or newer, and this is {}.{}: install a newer one and "
            "start them with it.\n".format(*sys.version_info)
        )
        return 2
    from tests.running import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
