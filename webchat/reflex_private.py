"""All that webchat uses of Reflex without Reflex promising it, in one place.

Everything else uses `import reflex as rx` only. `tests/unit/test_reflex_private.py` holds each
function against the installed Reflex, so that an upgrade that changes one of them is noticed there.
Knows nothing of webchat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.app import default_error_boundary
from reflex.istate.manager.memory import StateManagerMemory
from reflex.utils.exec import run_backend_prod
from reflex.utils.prerequisites import get_web_dir
from reflex_base.config import get_config
from reflex_base.constants import Dirs, Env, LogLevel, StateManagerMode
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.environment import environment
from reflex_base.event.context import EventContext
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_components_core.core.banner import has_connection_errors
from starlette.types import ASGIApp

IN_MEMORY = StateManagerMode.MEMORY
"""The `state_manager_mode` that keeps states in this process only."""

TEMPORAL = True
"""The `temporal` of an event that is dropped without a connection, and not kept in a queue.

That is Reflex's word. `views/browser/composer.jsx` takes more from it: the function in the browser
that such an event is given by returns nothing when the event is dropped, and else a promise.
"""

_BUILT_ADDRESS = re.compile(r"""(["'`])(http|ws)://localhost:\d+(/[^"'`]*)\1""")


def client_token() -> str:
    """The client token of the tab whose event is being handled."""
    return EventContext.get().token


def var_sender(state: type[rx.State], var: str) -> Callable[[Any], Awaitable[None]]:
    """A function that sends values of one var to the tab whose event is being handled.

    The value goes straight to the var in the browser: the tab's lock is not taken and the state
    keeps no copy, which halves the cost of a var that changes sixty times a second.

    Args:
        state: The class that has the var.
        var: The var's name.

    Returns:
        A coroutine function of one JSON value; usable for as long as the event is handled.
    """
    context, name, field = EventContext.get(), state.get_full_name(), f"{var}{FIELD_MARKER}"

    async def send(value: Any) -> None:
        await context.emit_delta({name: {field: value}})

    return send


def forget_oldest_states(most: int, keep: Callable[[str], bool]) -> int:
    """Forget the states of the tabs that were silent for longest, if there are too many.

    Only while an event is handled, and only of states that are kept in memory.

    Args:
        most: How many may stay; a tenth fewer do, so that this is rarely needed.
        keep: Whether the tab with a client token must keep its state.

    Returns:
        How many were forgotten.
    """
    manager = EventContext.get().state_manager
    if not isinstance(manager, StateManagerMemory) or len(manager.states) <= most:
        return 0
    spare = len(manager.states) - most * 9 // 10
    forgotten = 0
    for _, token in sorted(manager._token_expires_at.values(), key=lambda kept: kept[0]):
        lock = manager._states_locks.get(token.lock_key)
        if forgotten < spare and not (lock and lock.locked()) and not keep(token.ident):
            manager._purge_token(token)
            forgotten += 1
    return forgotten


def hook_var(const: str, var_type: type, *, library: str, hook: str, argument: str) -> rx.Var[Any]:
    """A var that is the result of a React hook in the component that uses it.

    Args:
        const: The name of the JavaScript constant that takes the hook's result.
        var_type: The type of the result.
        library: The module that exports the hook.
        hook: The hook's name.
        argument: A JavaScript expression, the hook's argument; more than one with commas.
    """
    return rx.Var(
        const,
        _var_type=var_type,
        _var_data=VarData(
            imports={library: [ImportVar(tag=hook)]},
            hooks={f"const {const} = {hook}({argument})": None},
        ),
    ).guess_type()


def var_source(state: type[rx.State], var: str, *, library: str) -> rx.Var[Any]:
    """A var of a state as a JavaScript object that tells of its values past React.

    Args:
        state: The class that has the var.
        var: The var's name.
        library: The module that exports the hook `useVarSource`.
    """
    argument = f"{json.dumps(state.get_full_name())}, {json.dumps(var + FIELD_MARKER)}"
    name = f"{var}_source"
    return hook_var(name, object, library=library, hook="useVarSource", argument=argument)


@dataclass(repr=False)
class WrappedApp(rx.App):
    """An app whose whole ASGI interface is wrapped, with its redirects, errors and socket.

    Reflex's own `api_transformer` wraps less: what its outermost layers answer is left out.

    Attributes:
        wrappers: Functions from the ASGI app to one around it, the innermost first.
    """

    wrappers: Sequence[Callable[[ASGIApp], ASGIApp]] = ()

    def __call__(self) -> ASGIApp:
        """The ASGI app."""
        inside = super().__call__()
        for wrap in self.wrappers:
            inside = wrap(inside)
        return inside


def built_page() -> Path:
    """The folder of the built page, which is not there before the first build."""
    return get_web_dir().absolute() / Dirs.STATIC


def error_boundary(_stateful: bool) -> rx.Component:
    """Reflex's own error boundary, as a value of `App.app_wraps`."""
    return default_error_boundary()


def socket_is_down() -> rx.Var[bool]:
    """Whether the page has lost its connection to webchat, as a var in the browser."""
    return has_connection_errors


def compiles() -> bool:
    """Whether this process is going to compile the page."""
    return not environment.REFLEX_SKIP_COMPILE.get()


def use_page_origin(static_dir: Path) -> int:
    """Make a built page talk to the origin that it was loaded from.

    Reflex writes the server's address, port included, into the build (`env.json`, which becomes
    a small chunk of its own).

    Args:
        static_dir: The folder of the built page.

    Returns:
        How many addresses were replaced; none means that the build has another shape.
    """
    replaced = 0
    for chunk in static_dir.glob("assets/reflex-env-*.js"):
        code, count = _BUILT_ADDRESS.subn(_from_page_origin, chunk.read_text())
        chunk.write_text(code)
        replaced += count
    return replaced


def _from_page_origin(address: re.Match[str]) -> str:
    _, scheme, path = address.groups()
    origin = "location.origin" if scheme == "http" else 'location.origin.replace("http","ws")'
    return f'{origin}+"{path}"'


def serve_built_page(host: str, port: int, log_level: str) -> None:
    """Serve page, `/ping` and socket on one port until SIGTERM, without building the page.

    Args:
        host: The address to listen on.
        port: The port to listen on.
        log_level: `debug`, `info`, `warning` or `error`, for Reflex's and the server's own logs.
    """
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_BACKEND_ONLY.set(True)  # else importing the views links their scripts here
    get_config()
    run_backend_prod(host, port, LogLevel(log_level), mount_frontend_compiled_app=True)
