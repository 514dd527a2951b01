"""What a room loads when it is imported alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

HTTP = {"httpx", "httpx_sse", "httpx_aiohttp", "aiohttp"}


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing a module."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


@pytest.mark.parametrize("module", ["webchat.agent_server", "webchat.transcript"])
def test_the_reducer_and_the_servers_types_load_neither_http_nor_reflex(module: str):
    assert not loaded_by(module) & (HTTP | {"reflex"})
