"""The command line of `python3 -m webchat`: each option is a `WEBCHAT_*` variable said aloud."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def read_options(arguments: Sequence[str]) -> dict[str, str]:
    """Turn the command line into the variables that it stands for.

    Args:
        arguments: The command line after the program's name.

    Returns:
        Variable names and values of the options that were given, no others.
    """
    given = _parser().parse_args(arguments)
    return {
        f"WEBCHAT_{name.upper()}": "true" if value is True else str(value)
        for name, value in vars(given).items()
        if value is not None
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m webchat",
        description="A web chat for agents that run on a LangGraph agent server.",
        epilog="Every option is also a variable, such as WEBCHAT_PORT for --port, in the "
        "environment or in a .env file; the option wins. The README lists all settings.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--agent-url",
        metavar="URL",
        help="the agent server to talk to; without one webchat starts its own with a demo agent",
    )
    parser.add_argument(
        "--assistant", metavar="NAME", help="the assistant to start with, by name or id"
    )
    parser.add_argument(
        "--host", help="the address to serve the page on; 127.0.0.1 if none is given"
    )
    parser.add_argument("--port", help="the port to serve the page on; 8321 if none is given")
    parser.add_argument(
        "--dev",
        action="store_const",
        const=True,
        help="serve the page with hot reload, for work on webchat itself",
    )
    return parser
