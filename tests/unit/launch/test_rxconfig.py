"""What Reflex is told: whom it listens to, and where a built page finds its server."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from webchat.settings import load_settings

# A built chunk as Vite leaves it, in short.
CHUNK = (
    "var e={PING:`http://localhost:8321/ping`,EVENT:`ws://localhost:8321/_event`,"
    "TRANSPORT:`websocket`};export{e as t};"
)


@pytest.fixture
def rxconfig(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The file as a fresh process reads it, without asking npm."""
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9")
    monkeypatch.delenv("REFLEX_API_URL", raising=False)
    monkeypatch.delenv("REFLEX_FRONTEND_PORT", raising=False)
    monkeypatch.setenv("WEBCHAT_PORT", "8400")
    monkeypatch.setenv("WEBCHAT_ALLOWED_ORIGINS", "https://chat.example.org")
    load_settings.cache_clear()
    module = importlib.import_module("rxconfig")
    yield importlib.reload(module)
    load_settings.cache_clear()


def build(folder: Path, chunk: str) -> Path:
    (folder / "assets").mkdir()
    file = folder / "assets" / "reflex-env-Abc123.js"
    file.write_text(chunk)
    return file


def test_a_built_page_finds_its_server_where_it_came_from(rxconfig: ModuleType, tmp_path: Path):
    file = build(tmp_path, CHUNK)
    rxconfig.SameOriginPlugin().post_build(static_dir=tmp_path)
    assert file.read_text() == (
        'var e={PING:location.origin+"/ping",EVENT:location.origin.replace("http","ws")+"/_event",'
        "TRANSPORT:`websocket`};export{e as t};"
    )


def test_a_build_of_another_shape_is_refused(rxconfig: ModuleType, tmp_path: Path):
    build(tmp_path, "export const e = {}")
    with pytest.raises(SystemExit, match="names no server address"):
        rxconfig.SameOriginPlugin().post_build(static_dir=tmp_path)


def test_a_page_that_was_told_its_server_keeps_it(
    rxconfig: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REFLEX_API_URL", "https://api.example.org")
    file = build(tmp_path, CHUNK)
    rxconfig.SameOriginPlugin().post_build(static_dir=tmp_path)
    assert file.read_text() == CHUNK


def test_only_our_own_origins_and_the_named_ones_may_open_a_socket(rxconfig: ModuleType):
    assert set(rxconfig.config.cors_allowed_origins) == {
        "http://localhost:8400",
        "http://127.0.0.1:8400",
        "http://[::1]:8400",
        "https://chat.example.org",
    }


def test_a_host_of_its_own_is_an_origin_too(rxconfig: ModuleType):
    assert "http://chat.lan" in rxconfig._own_origins("Chat.lan", 80)
    assert "http://[fe80::1]:81" in rxconfig._own_origins("fe80::1", 81)


def test_nothing_is_told_to_anybody_and_nothing_advertised(rxconfig: ModuleType):
    assert rxconfig.config.telemetry_enabled is False
    assert rxconfig.config.show_built_with_reflex is False
    assert rxconfig.config.backend_host == "127.0.0.1"
