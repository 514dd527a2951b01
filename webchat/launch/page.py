"""The built page: whether it is of today's sources, and how it is built."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from webchat.launch.children import run_logged
from webchat.launch.console import StartError, step

_NETWORK_TROUBLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT")


def ensure_page(root: Path) -> None:
    """Build the page unless the one that is there was built from the same files.

    Args:
        root: The project's folder.

    Raises:
        StartError: The build failed.
    """
    sources = digest(root, _sources(root))
    stamp = root / ".web" / "build" / "webchat-stamp"
    if stamp.is_file() and stamp.read_text() == _stamp(root, sources):
        return
    log = root / ".webchat" / "build.log"
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with step("building the page, once, which takes half a minute"):
        if run_logged(command, log) != 0:
            raise StartError(_why(log))
    # Reflex may have completed its lock file meanwhile; the sources are those we began with.
    stamp.write_text(_stamp(root, sources))


def digest(root: Path, files: Iterable[Path]) -> str:
    """One hash for the names and contents of these files."""
    whole = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{file.relative_to(root)} {content}\n".encode())
    return whole.hexdigest()


def _sources(root: Path) -> list[Path]:
    """What the page is made of, and the versions that make it."""
    shared = root / "assets" / "external"  # links that Reflex makes while it builds
    files = [root / "rxconfig.py", root / "requirements.txt"]
    for folder in ("webchat", "assets"):
        files += [
            file
            for file in (root / folder).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts and shared not in file.parents
        ]
    return files


def _stamp(root: Path, sources: str) -> str:
    return f"{sources}\n{digest(root, (root / 'reflex.lock').glob('*.json'))}\n"


def _why(log: Path) -> str:
    near = Path(log.parent.name) / log.name
    if any(sign in log.read_text(errors="replace") for sign in _NETWORK_TROUBLE):
        return (
            "The page could not be built because the npm registry did not answer: check the "
            f"network or npm's proxy settings, then start again (see {near})."
        )
    return f"The page could not be built; the reasons are at the end of {near}."
