"""What a browser may keep, by the name of what it asked for and by the answer."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from webchat.cache_headers import ASK_AGAIN, FOR_GOOD, CacheHeaders

HASHED = "/assets/root-DMfQQ6cp.js"


def answer(path: str, status: int = 200, **headers: str) -> Response:
    def say(_request: object) -> Response:
        return PlainTextResponse("x", status_code=status, headers=headers)

    app = CacheHeaders(Starlette(routes=[Route("/{path:path}", say)]))
    found = TestClient(app).get(path)
    return Response(headers={"cache-control": found.headers["cache-control"]})


@pytest.mark.parametrize(
    "path",
    [HASHED, "/assets/(_room).(_thread_id)._index-BYO8C_ej.js", "/assets/styles-Ci1hzHyF.css"],
)
@pytest.mark.parametrize("status", [200, 206, 304])
def test_a_file_with_a_hash_in_its_name_is_kept_for_good(path: str, status: int):
    assert answer(path, status).headers["cache-control"] == FOR_GOOD.decode()


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/thread/x-12345678", "/webchat.css", "/ping", "/assets/plain.js"),
        *("/a-12345678.js", "/assets/reflex-env-DMfQQ6cp.js"),
    ],
)
def test_everything_else_is_asked_for_again(path: str):
    assert answer(path).headers["cache-control"] == ASK_AGAIN.decode()


@pytest.mark.parametrize("status", [404, 500])
def test_a_file_that_was_not_found_is_asked_for_again(status: int):
    assert answer(HASHED, status).headers["cache-control"] == ASK_AGAIN.decode()


def test_what_the_app_says_itself_stands():
    said = {"cache-control": "no-store"}
    assert answer(HASHED, 200, **said).headers["cache-control"] == "no-store"
