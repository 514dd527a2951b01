"""What the tests of the demo agent share."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stream at full speed, and keep the machine's own keys and models out."""
    monkeypatch.setenv("WEBCHAT_DEMO_PACE", "0")
    monkeypatch.delenv("TAVILY_API_KEY", raising=False)
    monkeypatch.delenv("WEBCHAT_DEMO_MODEL", raising=False)
