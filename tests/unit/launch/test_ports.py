"""A port before the server, nobody else's while it lasts, and words for when there is none."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from webchat.launch.console import StartError
from webchat.launch.ports import reserved_port

RACER = """
import sys
from webchat.launch.console import StartError
from webchat.launch.ports import reserved_port
print("ready", flush=True)
sys.stdin.readline()
try:
    with reserved_port(sys.argv[1], int(sys.argv[2])):
        print("has it", flush=True)
        sys.stdin.readline()
except StartError as refused:
    print(refused, flush=True)
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def refusal(host: str, port: int) -> StartError:
    with pytest.raises(StartError) as refused, reserved_port(host, port):
        pass
    assert refused.value.code == 2
    return refused.value


def test_a_free_port_is_fine_and_stays_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for _ in range(2):
        with reserved_port("127.0.0.1", port) as address:
            assert address == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_taken_port_is_told_with_what_to_do(host: str, taken: int):
    assert str(refusal(host, taken)) == (
        f"Port {taken} is taken: stop the program that has it, or choose another with --port."
    )


def test_a_host_that_is_not_ours_is_told():
    assert "192.0.2.1 is not an address of this machine" in str(refusal("192.0.2.1", 8321))


def test_a_host_without_a_meaning_is_told():
    assert "is not the name of this machine" in str(refusal("no such host", 8321))


def test_a_port_is_refused_to_a_second_start_before_the_first_listens():
    port = free_port()
    with reserved_port("127.0.0.1", port):
        for host in ("127.0.0.1", "localhost", "0.0.0.0"):
            assert f"Port {port} is taken" in str(refusal(host, port))
    with reserved_port("0.0.0.0", port) as address:
        assert address == "0.0.0.0"


def test_our_server_can_listen_on_a_port_that_we_hold():
    port = free_port()
    with reserved_port("localhost", port) as address, socket.create_server((address, port)):
        assert address == "127.0.0.1"


def test_of_many_starts_at_once_one_gets_the_port():
    port = free_port()
    hosts = ["127.0.0.1", "0.0.0.0", "localhost", "127.0.0.1"]
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, host, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        for host in hosts
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
    said = [racer.stdout.readline() for racer in racers if racer.stdout]
    for racer in racers:
        racer.communicate("end\n", timeout=30)

    assert said.count("has it\n") == 1
    assert sum("is taken" in line for line in said) == len(hosts) - 1
