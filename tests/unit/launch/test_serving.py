"""A port before the server, and words for when there is none."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from webchat.launch.console import StartError
from webchat.launch.serving import address, check_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def refusal(host: str, port: int) -> StartError:
    with pytest.raises(StartError) as refused:
        check_port(host, port)
    assert refused.value.code == 2
    return refused.value


def test_a_free_port_is_fine_and_stays_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_taken_port_is_told_with_what_to_do(host: str, taken: int):
    assert str(refusal(host, taken)) == (
        f"Port {taken} is taken: stop the program that has it, or choose another with --port."
    )


def test_a_host_that_is_not_ours_is_told():
    assert "192.0.2.1 is not an address of this machine" in str(refusal("192.0.2.1", 8321))


def test_a_host_without_a_meaning_is_told():
    assert "is not the name of this machine" in str(refusal("no such host", 8321))


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:1"),
        ("localhost", "http://localhost:1"),
        ("0.0.0.0", "http://127.0.0.1:1"),
        ("::", "http://[::1]:1"),
        ("::1", "http://[::1]:1"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, shown: str):
    assert address(host, 1) == shown
