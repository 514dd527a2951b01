"""The installed Reflex still is what `webchat.reflex_private` takes it for."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any, TypedDict

import pytest
import reflex as rx
import reflex_base
from reflex.utils.exec import run_backend_prod
from reflex_base.constants import Endpoint, LogLevel

from tests.unit.state.browser import TOKEN, browser
from webchat import reflex_private


class Meter(rx.State):
    """A var that is sent past its state."""

    value: int = 0
    token: str = ""

    @rx.event(background=True)
    async def run(self):
        """Tell who asked, and send three values."""
        async with self:
            self.token = reflex_private.client_token()
        send = reflex_private.var_sender(Meter, "value")
        for value in (1, 2, 3):
            await send(value)


class Shape(TypedDict):
    """What a hook returns."""

    name: str
    items: list[str]


async def test_values_are_sent_to_the_tab_of_the_event_and_not_kept():
    async with browser() as page:
        came: list[Any] = []
        page.on_var["value"] = came.append
        await page.does(Meter, "run")
        assert came == [1, 2, 3]
        assert await page.var(Meter, "value") == 0
        assert await page.var(Meter, "token") == TOKEN


def test_a_hook_is_a_typed_var_that_brings_its_import():
    var: Any = reflex_private.hook_var(
        "node_1", Shape, library="$/lib.js", hook="useThing", argument='"a"'
    )
    field = var["items"]
    data = field._get_all_var_data()
    assert str(field) == 'node_1?.["items"]'
    assert data.hooks == ('const node_1 = useThing("a")',)
    assert [(library, [one.tag for one in tags]) for library, tags in data.imports] == [
        ("$/lib.js", ["useThing"])
    ]
    assert field.length()._var_type is int
    with pytest.raises(AttributeError):
        var.no_such_field


def test_a_var_past_react_is_named_as_the_browser_names_it():
    var: Any = reflex_private.var_source(Meter, "value", library="$/lib.js")
    data = var._get_all_var_data()
    state, field = Meter.get_full_name(), "value_rx_state_"
    assert data.hooks == (f'const value_source = useVarSource("{state}", "{field}")',)


def test_the_connection_is_a_var_in_the_browser():
    down = reflex_private.socket_is_down()
    assert isinstance(down, rx.Var)
    assert down._get_all_var_data() is not None


def test_there_is_an_error_boundary_to_wrap_the_page_in():
    assert isinstance(reflex_private.error_boundary(True), rx.Component)


def test_every_address_that_reflex_writes_into_a_build_is_replaced(tmp_path: Path):
    addresses = {
        endpoint.name: endpoint.get_url().replace("0.0.0.0", "localhost") for endpoint in Endpoint
    }
    (tmp_path / "assets").mkdir()
    chunk = tmp_path / "assets" / "reflex-env-Abc123.js"
    chunk.write_text(f"export default {json.dumps(addresses)}")
    assert reflex_private.use_page_origin(tmp_path) == len(addresses)
    assert "localhost" not in chunk.read_text()
    assert 'location.origin.replace("http","ws")+"/_event"' in chunk.read_text()


def test_compiling_is_what_the_variable_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("__REFLEX_SKIP_COMPILE", raising=False)
    monkeypatch.delenv("REFLEX_SKIP_COMPILE", raising=False)
    assert reflex_private.compiles()


def test_the_production_server_takes_what_it_is_given():
    taken = inspect.signature(run_backend_prod)
    taken.bind("127.0.0.1", 8321, LogLevel("warning"), mount_frontend_compiled_app=True)
    assert {level.value for level in LogLevel} >= {"debug", "info", "warning", "error"}


def test_a_temporal_event_without_a_connection_returns_nothing_and_else_a_promise():
    script = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()
    _, _, apply = script.partition("export const applyEventActions")
    drop = r"event_actions\?\.temporal && temporal_handler && !temporal_handler\(\)\) \{\s*return;"
    assert re.search(drop, apply)
    _, _, add = script.partition("const addEvents = useCallback")
    assert re.search(r"return applyEventActions\(\s*\(\) => queueEvents\(", add)
    assert "() => !!socket.current?.connected" in add
    assert "export const queueEvents = async" in script
