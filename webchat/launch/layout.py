"""Where webchat's files are: in a checkout of its sources, or in an installed package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder that the server runs in, and what may be done there.

    Attributes:
        root: The folder with `rxconfig.py` and, once it is built, the page.
        is_checkout: Whether these are the sources: the environment and the page are made on
            demand. An installed package has both already.
    """

    root: Path
    is_checkout: bool


def find_layout(package: Path = Path(__file__).parents[1]) -> Layout:
    """The layout of this program.

    Args:
        package: The folder of the package `webchat`.
    """
    checkout = package.parent
    if (checkout / "rxconfig.py").is_file() and (checkout / "requirements.txt").is_file():
        return Layout(checkout, is_checkout=True)
    return Layout(package / "site", is_checkout=False)
