"""The real agent server as a child process: started, watched, started again, stopped.

Runs `langgraph dev` for the demo graph on a loopback port, quiet and without network. Knows the
server's command line and its `/ok`, nothing else of its API.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import sysconfig
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import httpx
from dotenv import dotenv_values

from webchat.demo.data_folder import DataFolder
from webchat.launch.parent_death import with_parent_death_signal
from webchat.settings import DOTENV
from webchat.supervise import supervise

_log = logging.getLogger(__name__)

_DEMO_GRAPHS = {"agent": "webchat.demo.agent:agent"}

# Webchat's own, or for telling LangChain's makers what goes on: not for the demo.
_KEPT_BACK = re.compile(r"WEBCHAT_AGENT_.*|LANGSMITH_.*|LANGCHAIN_.*|LANGGRAPH_.*|LANGSERVE_.*")
_QUIET = {
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "LOG_COLOR": "false",
    "PYTHONUNBUFFERED": "1",
}

_START_PATIENCE = 60.0  # seconds until it must answer
_STOP_PATIENCE = 10.0  # seconds to write its conversations down after SIGTERM
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before each new try; the last one goes on
_STEADY = 60.0  # seconds of answering after which a failure counts as the first again
_QUESTIONS = 4  # how often it is asked before it counts as one that does not answer
_KILL_PATIENCE = 1.0  # seconds to end after SIGTERM for one that does not answer anyway
_PRINTED_PORT = re.compile(r"API: \S*http://[^:\s]+:(\d+)")


class ServerState(StrEnum):
    """How the embedded server is, in words fit for the page."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"


class EmbeddedServerError(Exception):
    """The embedded agent server did not start; the message ends with the end of its log."""


def back_off(failures: int) -> float:
    """The seconds to wait before the next start, after so many failures in a row (from 1)."""
    return _BACK_OFF[min(failures, len(_BACK_OFF)) - 1]


class EmbeddedServer:
    """One agent server of our own.

    Attributes:
        state: How it is now.
        last_failure: Why it last stopped answering, in a sentence; None if it never did.
        failures: How often in a row it failed to start or soon after; the wait before the next
            start grows with it.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        graphs: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        patience: float = 20.0,
    ) -> None:
        """Prepare it; nothing is started or written yet.

        Args:
            data_dir: Where it may keep its data; another webchat at the same time gets a
                folder of its own in there.
            graphs: Names and places (`module:variable`) of graphs; without any, the demo's.
            environment: Variables it needs beside ours and those of `.env`, which it gets too.
            patience: Seconds without an answer after which it is killed and started again.
        """
        self.state = ServerState.STOPPED
        self.last_failure: str | None = None
        self.failures = 0
        self._patience = patience
        self._data_dir = data_dir
        self._graphs = dict(graphs or _DEMO_GRAPHS)
        self._environment = _child_environment(environment or {})
        self._folder: DataFolder | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._port = _free_port()
        self._log_start = 0

    @property
    def url(self) -> str:
        """Its address; known before it is started, and the same through every restart."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def log_file(self) -> Path:
        """Where its output goes.

        Raises:
            RuntimeError: It was never started.
        """
        return self._claimed.path / "server.log"

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Start it and wait until it answers; from then on it is watched.

        Returns:
            Its address.

        Raises:
            EmbeddedServerError: Its data folder cannot be written, it ended, or it did not answer
                in time.
        """
        self.state = ServerState.STARTING
        try:
            self._prepare_folder()
            await self._launch()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(
            supervise("watching the embedded agent server", self._keep_running)
        )
        return self.url

    async def stop(self) -> None:
        """Stop it with SIGTERM, so that it first writes its conversations down."""
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        await self._end_process()
        if self._folder:
            self._folder.release()
        self.state = ServerState.STOPPED

    @property
    def _claimed(self) -> DataFolder:
        if self._folder is None:
            raise RuntimeError("the embedded server has no folder before its start")
        return self._folder

    def _prepare_folder(self) -> None:
        try:
            self._folder = DataFolder.claim(self._data_dir)
            self._folder.write_config(self._graphs)
            self.log_file.unlink(missing_ok=True)
        except OSError as error:
            raise EmbeddedServerError(
                f"The embedded agent server cannot write to {self._data_dir} ({error.strerror}); "
                "choose another folder with WEBCHAT_DATA_DIR."
            ) from error

    async def _launch(self) -> None:
        """Run the process until it answers."""
        folder = self._claimed
        with self.log_file.open("ab") as log:
            self._log_start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *with_parent_death_signal(_command(self._port)),
                cwd=folder.path,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[folder.lock.fileno()],  # held until both of us are gone
                start_new_session=True,  # a terminal's Ctrl-C is for us to pass on
            )
        try:
            async with asyncio.timeout(_START_PATIENCE):
                await self._answered(self._process)
        except TimeoutError:
            await self._end_process()
            raise self._failure(f"did not answer within {_START_PATIENCE:.0f} s") from None
        except BaseException:
            await self._end_process()
            raise
        self.state = ServerState.RUNNING

    async def _answered(self, process: asyncio.subprocess.Process) -> None:
        """Return once the process answers on the port that it was given."""
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            while True:
                if process.returncode is not None:
                    raise self._failure(f"ended at its start (exit code {process.returncode})")
                port = self._printed_port()
                if port not in {None, self._port}:  # it takes another without a word if it must
                    raise self._failure(f"found its port {self._port} taken")
                if port is not None:
                    with contextlib.suppress(httpx.HTTPError):
                        if (await client.get(f"{self.url}/ok")).is_success:
                            return
                await asyncio.sleep(0.1)

    async def _keep_running(self) -> None:
        """Start it again whenever it ends or hangs, on the same port, more patiently each time."""
        clock = asyncio.get_running_loop().time
        while True:
            if self._process:
                since = clock()
                what = await self._until_it_fails(self._process)
                self.state = ServerState.RESTARTING
                self.last_failure = f"the embedded agent server {what}"
                _log.warning("%s; it is started again", self.last_failure)
                if clock() - since >= _STEADY:
                    self.failures = 0
                await self._end_process(_KILL_PATIENCE)
            await self._relaunch()

    async def _until_it_fails(self, process: asyncio.subprocess.Process) -> str:
        """Wait until the process ends or does not answer; gives what happened, in words."""
        ended = asyncio.create_task(process.wait())
        pause = self._patience / _QUESTIONS
        unanswered, wait = 0, pause
        try:
            async with httpx.AsyncClient(timeout=pause, trust_env=False) as client:
                while unanswered < _QUESTIONS:
                    done, _ = await asyncio.wait([ended], timeout=wait)
                    if done:
                        return f"ended (exit code {process.returncode})"
                    try:
                        await client.get(f"{self.url}/ok")
                        unanswered, wait = 0, pause
                    except httpx.TimeoutException:  # which took the pause already
                        unanswered, wait = unanswered + 1, 0
                    except httpx.HTTPError:  # it is ending, as its process will say, or deaf
                        unanswered, wait = unanswered + 1, pause
        finally:
            ended.cancel()
        return f"did not answer for {self._patience:.0f} s"

    async def _relaunch(self) -> None:
        while True:
            self.failures += 1
            await asyncio.sleep(back_off(self.failures))
            try:
                return await self._launch()
            except (EmbeddedServerError, OSError) as error:
                self.last_failure = str(error).splitlines()[0]
                _log.warning("%s", error)

    async def _end_process(self, patience: float = _STOP_PATIENCE) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(patience):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        self._process = None  # only now: whoever is cut off in here leaves it to the next one

    def _printed(self) -> str:
        """What the newest process has said so far."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _printed_port(self) -> int | None:
        found = _PRINTED_PORT.search(self._printed())
        return int(found[1]) if found else None

    def _failure(self, what: str) -> EmbeddedServerError:
        tail = "\n".join(self._printed().splitlines()[-15:])
        return EmbeddedServerError(
            f"The embedded agent server {what}; its log is {self.log_file}.\n{tail}"
        )


def _command(port: int) -> list[str]:
    langgraph = str(Path(sysconfig.get_path("scripts")) / "langgraph")
    options = ["--host", "127.0.0.1", "--port", str(port), "--n-jobs-per-worker", "10"]
    return [langgraph, "dev", *options, "--no-browser", "--no-reload", "--allow-blocking"]


def _child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Our environment and `.env`, where a model's key may be, less what is not the demo's."""
    given = {**dotenv_values(DOTENV), **os.environ}
    kept = {name: value for name, value in given.items() if value and not _KEPT_BACK.match(name)}
    return {**kept, **_QUIET, **more}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
