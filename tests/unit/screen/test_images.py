"""Pictures: shown where they came with the message, linked to where they live elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.screen.drawing import assert_fit_for_the_page, draw
from tests.unit.screen.page import shown
from webchat.screen.renderer import Renderer
from webchat.screen.replica import Replica
from webchat.transcript import Image, Turn

PIXEL = "iVBORw0KGgo="


def drawn(role: Any = "agent", **image: Any) -> dict[str, Any]:
    replica = Replica()
    draw(Renderer(), replica, Turn(id="t", role=role, parts=(Image("i", **image),)))
    return shown(replica)["p:2"]


@pytest.mark.parametrize("role", ["agent", "human"])
@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif", "image/webp"])
def test_a_picture_that_came_with_the_message_is_shown(kind: str, role: str):
    record = drawn(role, data=PIXEL, mime_type=kind, alt="a cat")
    assert record == {
        "kind": "image",
        "source": f"data:{kind};base64,{PIXEL}",
        "text": "a cat",
        "detail": "",
    }
    assert drawn(role, url=record["source"])["source"] == record["source"]


@pytest.mark.parametrize("url", ["https://cats.example/a.png?x=1", "http://cats.example/a.png"])
def test_a_picture_that_lives_elsewhere_is_only_linked_to(url: str):
    record = drawn(url=url)
    assert record["source"] == "" and record["detail"] == url
    assert record["text"] == "Image on cats.example"


@pytest.mark.parametrize(
    "image",
    [
        {"data": "PHN2Zz4=", "mime_type": "image/svg+xml"},
        {"data": "PGI+", "mime_type": "text/html"},
        {"data": PIXEL, "mime_type": None},
        {"data": PIXEL, "mime_type": "image/png;x"},
        {"url": "data:image/svg+xml;base64,PHN2Zz4="},
        {"url": "data:image/svg+xml,<svg onload=alert(1)>"},
        {"url": "data:text/html,<script>alert(1)</script>"},
        {"url": "data:text/html;base64,PGI+"},
        {"url": "javascript:alert(1)"},
        {"url": "JaVaScRiPt:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"url": "blob:https://cats.example/1"},
        {"url": "//cats.example/a.png"},
        {"url": "/thread/1"},
        {"url": "https://"},
        {"url": "http://[broken"},
        {"url": "ftp://cats.example/a.png"},
        {},
    ],
)
def test_anything_else_is_neither_shown_nor_linked_to(image: dict[str, Any]):
    record = drawn(**image)
    assert (record["source"], record["detail"]) == ("", "")
    assert record["text"] == "Image"


@pytest.mark.parametrize(
    "image",
    [
        {"data": PIXEL, "mime_type": "image/png", "alt": "a\x00\u202eb\ud800"},
        {"data": PIXEL + "\ud800", "mime_type": "image/png"},
        {"url": "https://cats.example/\ud800\u202e"},
        {"url": "https://ca\u202ets\ud800.example/"},
    ],
)
def test_no_character_reaches_the_page_that_it_should_not_get(image: dict[str, Any]):
    assert_fit_for_the_page(drawn(**image))
