"""Reserves the port to serve on: free now, and refused to a second start until this one ends."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webchat.launch.console import StartError


@contextmanager
def reserved_port(host: str, port: int) -> Iterator[str]:
    """Reserve a port for the server that is started inside the `with` block.

    The server's socket has `SO_REUSEPORT`: a second server of the same person could bind the same
    port, and the system would share the connections out at random. A look whether the port is
    free does not prevent that, for a server binds long after it was started. So a lock file per
    person and port, held for as long as the launcher lives, comes first.

    Args:
        host: A name or an address of this machine.
        port: The port.

    Yields:
        The address to listen on, as a number.

    Raises:
        StartError: The port cannot be had; the sentence says why.
    """
    address = _resolved(host, port)
    path = Path(tempfile.gettempdir()) / f"webchat-{os.getuid()}-{port}.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _bind(*address)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StartError(_reason(host, port, error), 2) from None
    try:
        yield str(address[1][0])
    finally:
        os.close(lock)


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str | int | bytes, ...]]:
    """The address family and the address of a host, IPv4 where it has both."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise StartError(f"{host} is not the name of this machine: check --host.", 2) from None
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _bind(family: socket.AddressFamily, address: tuple[str | int | bytes, ...]) -> None:
    """Bind the address and release it, which fails where another program listens."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections of a server that ended a moment ago are no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _reason(host: str, port: int, error: OSError) -> str:
    taken = f"Port {port} is taken: stop the program that has it, or choose another with --port."
    reasons = {
        errno.EADDRINUSE: taken,
        errno.EWOULDBLOCK: taken,
        errno.EACCES: f"Port {port} needs more rights than you have: choose one above 1023 "
        "with --port.",
        errno.EADDRNOTAVAIL: f"{host} is not an address of this machine: check --host.",
    }
    return reasons.get(error.errno or 0, f"{host}:{port} cannot be used: {error}.")
