"""Headers by kind of answer, and the policy by settings."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from webchat.security_headers import SecurityHeaders, inline_script_hashes, page_policy

PAGE = """<html><script src="/a.js">not inline</script><script>one()</script>
<script type="module" async="">
two();
</script><script>one()</script></html>"""


def hash_of(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def failing(_request: Request) -> Response:
    raise RuntimeError("not foreseen")


def client(folder: Path, *frame_ancestors: str) -> TestClient:
    routes = [
        Route("/page", lambda _: HTMLResponse(PAGE)),
        Route("/script", lambda _: PlainTextResponse("x()", media_type="text/javascript")),
        Route("/away", lambda _: RedirectResponse("/page")),
        Route("/failing", failing),
    ]
    app = SecurityHeaders(
        Starlette(routes=routes), folder=folder, frame_ancestors=list(frame_ancestors)
    )
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/page", 200), ("/script", 200), ("/away", 307), ("/nowhere", 404), ("/failing", 500)],
)
def test_whatever_is_answered_has_the_headers(tmp_path: Path, path: str, status: int):
    answer = client(tmp_path).get(path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_only_a_page_may_load_something(tmp_path: Path):
    asked = client(tmp_path)
    assert "script-src 'self'" in asked.get("/page").headers["content-security-policy"]
    assert "script-src" not in asked.get("/script").headers["content-security-policy"]


def test_a_built_pages_inline_scripts_are_known_by_their_hashes(tmp_path: Path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "inner" / "404.html").write_text("<script>three()</script>")
    wanted = {hash_of("one()"), hash_of("\ntwo();\n"), hash_of("three()")}
    assert set(inline_script_hashes(tmp_path)) == wanted
    assert len(inline_script_hashes(tmp_path)) == 3
    assert hash_of("one()") in client(tmp_path).get("/page").headers["content-security-policy"]


def test_without_a_built_page_no_inline_script_may_run(tmp_path: Path):
    assert inline_script_hashes(tmp_path / "not-built") == ()
    assert "script-src 'self';" in page_policy((), (), None)


def test_no_script_is_allowed_for_being_inline_or_text(tmp_path: Path):
    scripts = page_policy((), ("https://a.example",), "https://b.example").split("style-src")[0]
    assert "unsafe" not in scripts


def test_who_may_frame_the_page_is_a_setting(tmp_path: Path):
    answer = client(tmp_path, "https://a.example", "https://b.example").get("/page")
    policy = answer.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://a.example https://b.example")
    assert "x-frame-options" not in answer.headers


def test_a_page_that_was_told_its_server_may_reach_it():
    policy = page_policy((), (), "https://api.example.org/webchat")
    assert "connect-src 'self' https://api.example.org wss://api.example.org;" in policy
