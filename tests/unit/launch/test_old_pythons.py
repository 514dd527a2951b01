"""What an old Python must still be able to read, so that it can be told apart."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "file", ["webchat/__init__.py", "webchat/__main__.py", "tests/__init__.py", "tests/__main__.py"]
)
def test_python_3_7_can_read_it(file: str):
    ast.parse((ROOT / file).read_text(), file, feature_version=(3, 7))


@pytest.mark.parametrize("package", ["webchat", "tests"])
def test_an_old_python_is_told_so_in_a_sentence(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    module = __import__(f"{package}.__main__", fromlist=["main"])
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert module.main() == 2
    told = capsys.readouterr().err
    assert "3.11 or newer, and this is 3.9:" in told
    assert told.count("\n") == 1
