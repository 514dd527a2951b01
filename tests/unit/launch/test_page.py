"""A page is built when its sources changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from webchat.launch import page
from webchat.launch.console import StartError
from webchat.launch.page import ensure_page


class Builder:
    """Stands for Reflex's build: counts the builds, and leaves what a build leaves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.builds = 0
        self.code = 0
        self.words = ""

    def __call__(self, _command: list[str], log: Path) -> int:
        self.builds += 1
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(self.words)
        if self.code == 0:
            (self.root / ".web" / "build").mkdir(parents=True, exist_ok=True)
            (self.root / "reflex.lock").mkdir(exist_ok=True)
            (self.root / "reflex.lock" / "package.json").write_text("{}")
        return self.code


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    for name in ("rxconfig.py", "requirements.txt", "webchat/a.py", "assets/look.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    fake = Builder(tmp_path)
    monkeypatch.setattr(page, "run_logged", fake)
    return fake


def test_a_second_start_builds_nothing(builder: Builder):
    ensure_page(builder.root)
    ensure_page(builder.root)
    assert builder.builds == 1


@pytest.mark.parametrize(
    "changed",
    [
        "rxconfig.py",
        "requirements.txt",
        "webchat/a.py",
        "webchat/new.py",
        "assets/look.css",
        "reflex.lock/package.json",
    ],
)
def test_a_change_of_what_the_page_is_made_of_builds_it_anew(builder: Builder, changed: str):
    ensure_page(builder.root)
    (builder.root / changed).write_text("changed")
    ensure_page(builder.root)
    assert builder.builds == 2


@pytest.mark.parametrize("changed", ["webchat/__pycache__/a.pyc", "assets/external/link", "README"])
def test_what_the_page_is_not_made_of_builds_nothing(builder: Builder, changed: str):
    ensure_page(builder.root)
    (builder.root / changed).parent.mkdir(exist_ok=True)
    (builder.root / changed).write_text("changed")
    ensure_page(builder.root)
    assert builder.builds == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("npm error code EAI_AGAIN", "because the npm registry did not answer: check the network"),
        ("SyntaxError", "The page could not be built; the reasons are at the end of"),
    ],
)
def test_a_failed_build_says_why_in_a_sentence_and_is_tried_again(
    builder: Builder, words: str, sentence: str
):
    builder.code, builder.words = 1, words
    with pytest.raises(StartError, match=sentence) as refused:
        ensure_page(builder.root)
    assert ".webchat/build.log" in str(refused.value)
    builder.code = 0
    ensure_page(builder.root)
    assert builder.builds == 2
