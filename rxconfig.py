"""Reflex's configuration, and the Node that came by pip made visible to it.

Runs before Reflex looks for Node, in every process of `reflex` and of `python3 -m webchat`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sysconfig
from pathlib import Path

from webchat import limits
from webchat.settings import Settings, SettingsError, load_settings

_SCRIPTS = sysconfig.get_path("scripts")
_MB = 1024 * 1024


def _prepare_environment() -> None:
    """Point Reflex at our Node, and set what it reads from variables only.

    Reflex would install bun from its own site, ask the package index for a newer Reflex, and
    time two registries to choose one; with these it uses what is here, and the person's own npm
    settings.
    """
    path = os.environ.get("PATH", "")
    if _SCRIPTS not in path.split(os.pathsep):
        os.environ["PATH"] = _SCRIPTS + os.pathsep + path
    os.environ.setdefault("REFLEX_USE_NPM", "1")
    os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
    # A silent connection is found out in half a minute instead of two and a half.
    os.environ.setdefault("REFLEX_SOCKET_INTERVAL", "10")
    os.environ.setdefault("REFLEX_SOCKET_TIMEOUT", "20")
    # Above 1 MB (Reflex's own limit) a pasted text would close the socket.
    os.environ.setdefault("REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE", str(4 * _MB))


def _remember_npm_registry() -> None:
    """Take the registry from the person's npm settings; children inherit the variable."""
    npm = shutil.which("npm")
    if "NPM_CONFIG_REGISTRY" in os.environ or npm is None:
        return
    asked = subprocess.run(
        [npm, "config", "get", "registry"], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0 and asked.stdout.strip():
        os.environ["NPM_CONFIG_REGISTRY"] = asked.stdout.strip()


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise SystemExit(f"webchat: {error}") from None


_prepare_environment()
settings = _settings()

import reflex as rx  # noqa: E402 - reads the variables set above

from webchat import reflex_private  # noqa: E402

if reflex_private.compiles():
    _remember_npm_registry()


class SameOriginPlugin(rx.plugins.Plugin):
    """Let a built page find its server where the page itself came from.

    So one build serves any port, host name and proxy, and a second start needs no build.
    """

    def post_build(self, *, static_dir: Path, **_context: object) -> None:
        """Replace the addresses, before Reflex compresses the files.

        Args:
            static_dir: The folder of the built page.

        Raises:
            SystemExit: The build has none, so its shape must have changed.
        """
        if "REFLEX_API_URL" in os.environ:  # the page is to find its server elsewhere
            return
        if not reflex_private.use_page_origin(static_dir):
            raise SystemExit("webchat: the built page names no server address to replace")


def _own_origins(host: str, port: int) -> list[str]:
    """The origins that this machine's own pages have; any other site's script is refused."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in {"0.0.0.0", "::"}:
        names.append(socket.gethostname().lower())
    elif host not in {"localhost", "127.0.0.1", "::1"}:
        names.append(f"[{host}]" if ":" in host else host.lower())
    suffix = "" if port == 80 else f":{port}"
    return [f"http://{name}{suffix}" for name in names]


# Reflex keeps a port given to `reflex run` in this variable, and then reads this file again.
_port = int(os.environ.get("REFLEX_FRONTEND_PORT") or settings.port)

config = rx.Config(
    app_name="webchat",
    # In production one port serves all; in development Reflex finds a second one by itself.
    frontend_port=_port,
    backend_host=settings.host,
    cors_allowed_origins=[*_own_origins(settings.host, _port), *settings.allowed_origins],
    # Conversations live on the agent server: states are caches that need not outlive us.
    state_manager_mode=reflex_private.IN_MEMORY,
    # Of the pages that are gone; one that is open keeps its state by `Live.watch`.
    redis_token_expiration=limits.STATE_KEPT,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
