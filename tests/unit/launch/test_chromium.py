"""Where a Chromium is looked for, in which order, and what is said when none is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import chromium
from tests.chromium import NONE_TO_BE_HAD, NoChromiumError, find_chromium


@pytest.fixture
def bin_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for PATH, on a machine where nothing is to be had elsewhere."""
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)
    monkeypatch.setattr(chromium, "_run", lambda _command: False)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    return tmp_path


def program(path: Path) -> str:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def find(bin_dir: Path, said: list[str] | None = None, **more: str) -> str:
    return find_chromium({"PATH": str(bin_dir), **more}, (said if said is not None else []).append)


def test_the_named_one_comes_before_all_others(bin_dir: Path):
    program(bin_dir / "chromium")
    named = program(bin_dir / "my-own")
    assert find(bin_dir, WEBCHAT_CHROMIUM=named) == named


def test_a_name_without_a_program_is_told_rather_than_replaced(bin_dir: Path):
    program(bin_dir / "chromium")
    with pytest.raises(NoChromiumError, match="/no/such, which is no program"):
        find(bin_dir, WEBCHAT_CHROMIUM="/no/such")


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome", "chrome"])
def test_the_machines_own_is_found_by_its_usual_names(bin_dir: Path, name: str):
    own = program(bin_dir / name)
    assert find(bin_dir) == own


def test_the_machines_own_comes_before_playwrights(bin_dir: Path, monkeypatch: pytest.MonkeyPatch):
    own = program(bin_dir / "google-chrome")
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: "/playwrights")
    assert find(bin_dir) == own


def test_playwrights_is_taken_where_it_is_without_installing(
    bin_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: "/playwrights")
    assert find(bin_dir, said) == "/playwrights"
    assert said == []


def test_playwright_is_asked_to_fetch_one_before_the_distribution(
    bin_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    ran: list[list[str]] = []
    monkeypatch.setattr(chromium, "_run", lambda command: bool(ran.append(command)))
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: "/fetched" if ran else None)
    program(bin_dir / "apt-get")
    assert find(bin_dir) == "/fetched"
    assert [command[-2:] for command in ran] == [["install", "chromium"]]


def test_the_distributions_package_is_the_last_way(bin_dir: Path, monkeypatch: pytest.MonkeyPatch):
    program(bin_dir / "apt-get")
    said: list[str] = []

    def run(command: list[str]) -> bool:
        if command[0].endswith("apt-get") and command[-1] == "chromium":
            program(bin_dir / "chromium")
        return True

    monkeypatch.setattr(chromium, "_run", run)
    assert find(bin_dir, said) == str(bin_dir / "chromium")
    assert len(said) == 2


def test_only_root_installs_packages(bin_dir: Path, monkeypatch: pytest.MonkeyPatch):
    ran: list[list[str]] = []
    program(bin_dir / "apt-get")
    monkeypatch.setattr(chromium, "_run", lambda command: bool(ran.append(command)))
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    with pytest.raises(NoChromiumError):
        find(bin_dir)
    assert not any("apt-get" in command[0] for command in ran)


def test_when_none_can_be_had_that_is_said_with_what_to_do(bin_dir: Path):
    with pytest.raises(NoChromiumError) as refused:
        find(bin_dir)
    assert str(refused.value) == NONE_TO_BE_HAD
    assert "WEBCHAT_CHROMIUM" in NONE_TO_BE_HAD
