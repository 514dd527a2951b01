"""The page's address, and what is said of who can open it."""

from __future__ import annotations

import pytest

from webchat.launch.serving import address, who_gets_in


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


def test_who_gets_in_is_said_with_the_port():
    assert "no login" in who_gets_in(8321)
    assert "port 8321" in who_gets_in(8321)
