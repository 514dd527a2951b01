"""The page's own JavaScript keeps its promises: each `*.test.js` here is run by Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.browser.test_store import node

STORIES = sorted(Path(__file__).parent.glob("*.test.js"))


@pytest.mark.parametrize("stories", STORIES, ids=lambda path: path.name.partition(".")[0])
def test_the_stories_hold(stories: Path) -> None:
    node("--test", str(stories))


def test_there_are_stories() -> None:
    assert {path.name for path in STORIES} >= {
        f"{name}.test.js" for name in ("outbox", "delivery", "repeats", "held", "tabs")
    }
