"""What the tests of the raw view have in common."""

from __future__ import annotations

import pytest

from webchat.screen import raw_view


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the wire fifty times a second."""
    monkeypatch.setattr(raw_view, "EVERY", 0.02)
