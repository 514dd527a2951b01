"""The Python environment: whether it has the pinned packages, and how it gets them."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from webchat.launch.children import run_logged
from webchat.launch.console import StartError, step

# A plain pin; one with a marker (`; python_version < ...`) need not be there.
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)\s*$", re.MULTILINE)

_NETWORK_TROUBLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Read ?timed out|ProxyError|"
    r"Temporary failure in name resolution|Connection (?:refused|reset|broken)|"
    r"Network is unreachable|SSLError|Max retries exceeded"
)


def pins(requirements: Sequence[Path]) -> set[tuple[str, str]]:
    """The packages that these files pin for every machine: normalised name and version."""
    return {
        (_normal(name), version)
        for file in requirements
        for name, version in _PIN.findall(file.read_text())
    }


def installed(folders: Sequence[str]) -> set[tuple[str, str]]:
    """The packages that lie in these folders, by the names of their `.dist-info`: no import."""
    found = set()
    for folder in folders:
        try:
            entries = os.listdir(folder or ".")
        except OSError:  # a zip file or a path that is not there
            continue
        for entry in entries:
            if entry.endswith(".dist-info"):
                name, _, version = entry.removesuffix(".dist-info").rpartition("-")
                found.add((_normal(name), version))
    return found


def ensure_environment(
    root: Path, requirements: Sequence[Path], module: str, arguments: Sequence[str]
) -> None:
    """Return in an interpreter that has the packages, making `.venv` for it if need be.

    Where the running interpreter lacks them, this process becomes `.venv`'s Python, running
    `module` with the same arguments.

    Args:
        root: The project's folder.
        requirements: Files of pinned packages, all needed.
        module: What to run again, as in `python -m`.
        arguments: Its command line.

    Raises:
        StartError: The environment could not be made or filled.
    """
    wanted = pins(requirements)
    venv = root / ".venv"
    inside = Path(sys.prefix).resolve() == venv.resolve()
    unfinished = venv / "webchat-unfinished"
    if wanted <= installed(sys.path) and not (inside and unfinished.exists()):
        return
    if unfinished.exists() or not wanted <= installed([_packages_of(venv)]):
        _make(venv, root, unfinished)
        _fill(venv, root, requirements, len(wanted))
        if lacking := sorted(wanted - installed([_packages_of(venv)])):
            name, version = lacking[0]
            raise StartError(
                f"pip reported success, but .venv still lacks {name} {version}: "
                "remove the folder .venv and start again."
            )
        unfinished.unlink()
    python = str(venv / "bin" / "python")
    os.execv(python, [python, "-m", module, *arguments])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _packages_of(venv: Path) -> str:
    return sysconfig.get_path("purelib", "venv", {"base": str(venv)})


def _make(venv: Path, root: Path, unfinished: Path) -> None:
    log = root / ".webchat" / "install.log"
    with step("making the environment .venv"):
        code = run_logged([sys.executable, "-m", "venv", str(venv)], log)
    if code != 0:
        raise StartError(
            "Python could not make the environment .venv; on Debian and Ubuntu install "
            f"python3-venv and start again (Python's own words are in {_near(log)})."
        )
    unfinished.touch()


def _fill(venv: Path, root: Path, requirements: Sequence[Path], count: int) -> None:
    log = root / ".webchat" / "install.log"
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "2"]
    for file in requirements:
        command += ["-r", str(file)]
    with step(f"installing {count} packages into .venv, once, which takes a minute or two"):
        code = run_logged(command, log)
        if code != 0:
            raise StartError(_why_pip_failed(log))


def _why_pip_failed(log: Path) -> str:
    if _NETWORK_TROUBLE.search(log.read_text(errors="replace")):
        return (
            "The packages could not be fetched because the package index did not answer: check "
            f"the network or pip's proxy settings, then start again (see {_near(log)})."
        )
    return f"pip could not install the packages; its reasons are at the end of {_near(log)}."


def _near(path: Path) -> str:
    """A path as one would type it in the project's folder."""
    return str(Path(path.parent.name) / path.name)
