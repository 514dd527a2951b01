"""Watches the event loop of a served webchat from within; see `tests/browser/holds.py`.

Python imports a module of this name at its start where its folder is on the path. It adds a task
to the app's lifespan, as any app may, once the app's module is there, and changes nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.abc
import importlib.util
import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any, NoReturn

APP = "webchat.webchat"
TICK = 0.002
"""Seconds between two looks: a hold is told this much too long at most."""
WORTH_TELLING = 0.010
"""Seconds of a hold that is written down."""
LOOKS = 0.005
"""Seconds between two looks of the thread that finds out what holds the loop."""
FRAMES = 12


class Watch:
    """Writes down what happened between two turns of the loop, if it was much.

    Args:
        path: Where to: a JSON object a line.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._turned = time.monotonic()
        self._at = ""
        self._collecting = self._collected = 0.0

    async def run(self) -> NoReturn:
        """Look at every turn of the loop; its task ends with the loop."""
        thread = threading.get_ident()
        threading.Thread(target=self._look_at, args=(thread,), daemon=True).start()
        gc.callbacks.append(self._collects)
        while True:
            self._collected = 0.0
            before = time.thread_time(), time.process_time(), time.monotonic()
            self._turned, self._at = before[2], ""
            await asyncio.sleep(TICK)
            after = time.thread_time(), time.process_time(), time.monotonic()
            own, all_threads, wall = (now - then for now, then in zip(after, before, strict=True))
            if own >= WORTH_TELLING or min(all_threads, wall) >= WORTH_TELLING + TICK:
                self._tell(own, all_threads, wall)

    def _collects(self, phase: str, _info: object) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collected += time.thread_time() - self._collecting

    def _tell(self, own: float, all_threads: float, wall: float) -> None:
        told: dict[str, object] = {
            "own": own,
            "all": all_threads,
            "wall": wall,
            "gc": self._collected,
        }
        told |= {"at": self._at, "when": time.time()}
        with open(self._path, "a") as file:
            file.write(json.dumps(told) + "\n")

    def _look_at(self, thread: int) -> NoReturn:
        while True:
            time.sleep(LOOKS)
            if not self._at and time.monotonic() - self._turned > 4 * LOOKS:
                self._at = " < ".join(_calls(sys._current_frames().get(thread)))


def _calls(frame: FrameType | None) -> Iterator[str]:
    """The innermost calls of a stack; its sources are not read, which would take too long."""
    for _ in range(FRAMES):
        if frame is None:
            return
        code = frame.f_code
        yield f"{'/'.join(code.co_filename.split('/')[-2:])}:{frame.f_lineno} {code.co_name}"
        frame = frame.f_back


class _AfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the app's module as ever, and then adds the task."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != APP:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        assert found and found.loader
        self._loader: Any = found.loader
        found.loader = self
        return found

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        module.app.register_lifespan_task(Watch(os.environ["LOOP_WATCH"]).run)


if "LOOP_WATCH" in os.environ:
    sys.meta_path.insert(0, _AfterImport())
