"""Whether an interpreter has the pinned packages, and what is done when it has not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from webchat.launch import environment
from webchat.launch.console import StartError
from webchat.launch.environment import ensure_environment, installed, pins

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that needs one package which the running interpreter has not."""
    (tmp_path / "requirements.txt").write_text("Made_Up.Package==1.0\n    # via nothing\n")
    monkeypatch.setattr(os, "execv", _record_exec)
    return tmp_path


class BecameError(Exception):
    """Stands for the process having become another program."""


def _record_exec(_program: str, command: list[str]) -> None:
    raise BecameError(command)


def _fake_runs(monkeypatch: pytest.MonkeyPatch, *, code: int = 0, words: str = "", makes: str = ""):
    """Let `venv` succeed and `pip` end as told, making a `.dist-info` on the way."""

    def run_logged(command: list[str], log: Path) -> int:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(words)
        venv = log.parent.parent / ".venv"
        venv.mkdir(exist_ok=True)
        if "pip" not in command:
            return 0
        if makes:
            (Path(environment._packages_of(venv)) / makes).mkdir(parents=True)
        return code

    monkeypatch.setattr(environment, "run_logged", run_logged)


def test_pins_are_plain_names_and_versions(tmp_path: Path):
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# made by a tool\nAbc.def_g==1.2.3\n    # via abc\nonly-old==4 ; python_version < '3'\n"
    )
    assert pins([file]) == {("abc-def-g", "1.2.3")}


def test_what_is_installed_is_read_from_names_alone(tmp_path: Path):
    (tmp_path / "abc_def.g-1.2.3.dist-info").mkdir()
    (tmp_path / "abc_def").mkdir()
    assert installed([str(tmp_path), str(tmp_path / "missing")]) == {("abc-def-g", "1.2.3")}


def test_an_interpreter_that_has_all_goes_straight_on():
    ensure_environment(ROOT, [ROOT / "requirements.txt"], "webchat", [])


def test_every_direct_requirement_is_pinned():
    direct = {
        line.split("==")[0].split("[")[0]
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert direct <= {name for name, _ in pins([ROOT / "requirements.txt"])}


def test_without_the_packages_it_makes_an_environment_and_moves_in(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    _fake_runs(monkeypatch, makes="made_up_package-1.0.dist-info")
    with pytest.raises(BecameError) as became:
        ensure_environment(project, [project / "requirements.txt"], "webchat", ["--port", "1"])
    python = str(project / ".venv" / "bin" / "python")
    assert became.value.args[0] == [python, "-m", "webchat", "--port", "1"]
    assert capsys.readouterr().out.count("webchat: ") == 2


def test_an_environment_that_is_there_is_moved_into_without_installing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(environment, "run_logged", None)
    packages = Path(environment._packages_of(project / ".venv"))
    (packages / "made_up_package-1.0.dist-info").mkdir(parents=True)
    with pytest.raises(BecameError):
        ensure_environment(project, [project / "requirements.txt"], "webchat", [])
    assert capsys.readouterr().out == ""


def test_an_install_that_was_cut_short_is_taken_up_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    _fake_runs(monkeypatch, code=1)
    packages = Path(environment._packages_of(project / ".venv"))
    (packages / "made_up_package-1.0.dist-info").mkdir(parents=True)
    (project / ".venv" / "webchat-unfinished").touch()
    with pytest.raises(StartError):
        ensure_environment(project, [project / "requirements.txt"], "webchat", [])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "NewConnectionError: [Errno -2] Name or service not known\nERROR: No matching ...",
            "because the package index did not answer: check the network",
        ),
        ("error: subprocess-exited-with-error", "pip could not install the packages"),
    ],
)
def test_when_pip_fails_one_sentence_says_why_and_where_its_words_are(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: str, sentence: str
):
    _fake_runs(monkeypatch, code=1, words=words)
    with pytest.raises(StartError, match=sentence) as refused:
        ensure_environment(project, [project / "requirements.txt"], "webchat", [])
    assert ".webchat/install.log" in str(refused.value)
    assert (project / ".venv" / "webchat-unfinished").exists()


def test_success_without_the_packages_is_not_believed(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    _fake_runs(monkeypatch)
    with pytest.raises(StartError, match=r"still lacks made-up-package 1\.0"):
        ensure_environment(project, [project / "requirements.txt"], "webchat", [])
