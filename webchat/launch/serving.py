"""Runs the server process: starts it, waits until the page answers, ends it."""

from __future__ import annotations

import ipaddress
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from webchat.launch.children import Child
from webchat.launch.console import StartError, print_error, say, step

# The server stops the embedded agent server, which first writes its conversations down.
_GRACE = 15.0
_PATIENCE = 60.0
_PATIENCE_WITH_BUILD = 600.0  # development installs npm packages and compiles in between
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}

# Straight to our own server, whatever proxy the environment names.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def address(host: str, port: int) -> str:
    """The page's address as a browser on this machine would open it."""
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def serve_page(host: str, listen_on: str, port: int, log_level: str) -> int:
    """Serve the built page until it ends or a signal comes.

    Args:
        host: The name or address that was asked for.
        listen_on: The same as a number.
        port: The port to listen on.
        log_level: How much the server tells.

    Returns:
        The exit code.
    """
    command = [sys.executable, "-m", "webchat.launch.production", listen_on, str(port), log_level]
    home = address(host, port)
    if not ipaddress.ip_address(listen_on).is_loopback:
        say(who_gets_in(port))
    return _serve(command, [f"{home}/ping", f"{home}/"], host, port, _PATIENCE)


def serve_development(host: str, port: int) -> int:
    """Serve the page with hot reload until it ends or a signal comes; returns the exit code."""
    command = [sys.executable, "-m", "reflex", "run", "--env", "dev"]
    say("webchat: in development the page is served to every network of this machine.")
    say(who_gets_in(port))
    return _serve(command, [f"{address(host, port)}/"], host, port, _PATIENCE_WITH_BUILD)


def who_gets_in(port: int) -> str:
    """What it means that a page is open to networks, in a sentence."""
    return (
        f"webchat: there is no login: whoever reaches port {port} of this machine over a network "
        "can use the agent, and read any conversation whose address they know."
    )


def _serve(
    command: Sequence[str], pages: Sequence[str], host: str, port: int, patience: float
) -> int:
    with Child(command, grace=_GRACE) as server:
        with step("starting the server"):
            _wait_for(pages, server, patience)
        say(f"webchat: open {address(host, port)} in a browser; Ctrl-C ends it.")
        if host in _EVERYWHERE:
            say(
                "webchat: to open it from another machine, name the origin it is opened under in "
                f"WEBCHAT_ALLOWED_ORIGINS, such as http://192.0.2.7:{port}."
            )
        code = server.wait()
    if code:
        print_error(f"webchat: the server ended by itself (exit code {code}); its words are above.")
    return code and 1


def _wait_for(pages: Sequence[str], server: Child, patience: float) -> None:
    """Return when every page answers."""
    end = time.monotonic() + patience
    while not all(_answers(page) for page in pages):
        if server.exit_code is not None:
            raise StartError("The server ended before it answered; its words are above.")
        if time.monotonic() > end:
            raise StartError(f"The server did not answer within {patience:.0f} s.")
        time.sleep(0.1)


def _answers(page: str) -> bool:
    try:
        with _opener.open(page, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
