"""Whether webchat runs from its sources or from an installed package."""

from __future__ import annotations

from pathlib import Path

from webchat.launch.layout import Layout, find_layout


def test_beside_its_requirements_it_is_a_checkout():
    root = Path(__file__).parents[3]
    assert find_layout() == Layout(root, is_checkout=True)


def test_without_them_it_is_installed_and_serves_from_the_package(tmp_path: Path):
    package = tmp_path / "site-packages" / "webchat"
    package.mkdir(parents=True)
    (tmp_path / "site-packages" / "rxconfig.py").touch()  # somebody else's
    assert find_layout(package) == Layout(package / "site", is_checkout=False)
