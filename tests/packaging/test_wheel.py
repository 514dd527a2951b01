"""The wheel: installed beside nothing of the checkout, its command serves the built page."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from webchat.launch.children import Child

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, which borrows this one's other packages."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        timeout=600,
    )
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (wheel,) = folder.glob("*.whl")
    subprocess.run(
        [str(environment / "bin" / "python"), "-m", "pip", "install", "--no-deps", str(wheel)],
        check=True,
        timeout=120,
    )
    return environment


@pytest.fixture(scope="module")
def files_before(installed: Path) -> set[Path]:
    return package_files(installed)


def package_files(environment: Path) -> set[Path]:
    """What lies in the installed package, compiled Python aside."""
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    files = (packages / "webchat").rglob("*")
    return {file for file in files if file.is_file() and "__pycache__" not in file.parts}


@pytest.fixture(scope="module")
def home(
    installed: Path, files_before: set[Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The page's address, served by the installed command from an empty folder."""
    yield from serve(installed, tmp_path_factory.mktemp("elsewhere"))


def serve(environment: Path, folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / ".env").write_text(f"WEBCHAT_PORT={port}\n")
    variables = {name: value for name, value in os.environ.items() if "WEBCHAT" not in name}
    variables |= {
        "PATH": "/usr/bin:/bin",
        "WEBCHAT_AGENT_URL": "http://127.0.0.1:9",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = ["/bin/sh", "-c", f'cd "{folder}" && exec "{environment}/bin/webchat"']
    log = folder / "log"
    with log.open("wb") as output, Child(command, log=output, env=variables, grace=20) as child:
        while b"open http://" not in log.read_bytes():
            assert child.exit_code is None, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def test_the_command_serves_the_built_page_and_its_scripts(home: str):
    page = get(home)
    scripts = re.findall(r'/assets/[^"]+\.js', page)
    assert scripts and all(get(home + script) for script in scripts[:3])


def test_it_reads_the_settings_of_the_folder_that_it_is_started_in(home: str):
    assert get(f"{home}/ping")  # the port stands in that folder's .env and nowhere else


def test_serving_writes_nothing_into_the_package(
    home: str, installed: Path, files_before: set[Path]
):
    get(home)
    assert package_files(installed) == files_before


def test_node_is_not_among_its_dependencies(installed: Path):
    (metadata,) = installed.rglob("webchat-*.dist-info/METADATA")
    needs = re.findall(r"^Requires-Dist: (\S+?)==", metadata.read_text(), re.MULTILINE)
    assert "reflex" in needs and "httpx" in needs
    assert not [name for name in needs if "node" in name]


def test_hot_reload_is_refused_where_there_are_no_sources(installed: Path, tmp_path: Path):
    refused = subprocess.run(
        [str(installed / "bin" / "webchat"), "--dev"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr == "webchat: --dev needs a checkout of webchat's sources.\n"
