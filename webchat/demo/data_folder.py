"""Where the embedded agent server keeps its data: a folder for each server that runs at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).parents[2]


class DataFolder:
    """A data folder that nobody else uses while we and our child live.

    Args:
        path: It.
        lock: A file in it, locked; a child that inherits it holds the folder as well.
    """

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self.lock = lock

    @classmethod
    def claim(cls, data_dir: Path) -> DataFolder:
        """Take the first folder that is free: `agent-server`, `agent-server-2`, and so on."""
        number = 1
        while True:
            path = data_dir / ("agent-server" if number == 1 else f"agent-server-{number}")
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (path / "lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                number += 1
            else:
                return cls(path, lock)

    def write_config(self, graphs: Mapping[str, str]) -> None:
        """Tell the server which graphs there are, and where our package is found."""
        config = {"dependencies": [str(_ROOT)], "graphs": dict(graphs)}
        (self.path / "langgraph.json").write_text(json.dumps(config, indent=2))

    def release(self) -> None:
        """Let others take it, once our child has ended, too."""
        self.lock.close()
