"""Serves the page that is already built: `reflex run --env prod` without its build.

Runs inside the environment, in a process of its own: `production.py HOST PORT LOG_LEVEL`.
"""

from __future__ import annotations

import sys

from reflex.utils.exec import run_backend_prod
from reflex_base.config import get_config
from reflex_base.constants import Env, LogLevel
from reflex_base.environment import environment


def serve(host: str, port: int, log_level: str) -> None:
    """Serve page, `/ping` and socket on one port until SIGTERM."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    get_config()
    run_backend_prod(host, port, LogLevel(log_level), mount_frontend_compiled_app=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
