"""JSON as a tree that opens and shuts, its size bounded whatever the value is.

What is left out can be asked for: a button carries the JSON pointer of its place, and a tree made
with that pointer among `expanded` shows it. Knows nothing of what the JSON means.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from html import escape
from typing import Any

from webchat.rendering import sanitize
from webchat.rendering.text import human_size, showable

LONG_STRING = 2_000
"""Characters of a string that are shown at once."""
LONG_STRING_OPENED = 500_000
"""The same for a string that was asked for."""
LONG_CONTAINER = 100
"""Children of an array or object that are shown at once."""
MAX_HTML = 200_000
"""Characters of HTML after which nothing more is shown unasked."""
MAX_HTML_OPENED = 2_000_000
"""The same for what was asked for, on top."""
MAX_DEPTH = 60
"""Levels that are shown, whatever is asked for: no page can indent further."""


def tree(value: Any, *, expanded: Collection[str] = (), depth: int = 2) -> str:
    """A JSON value as a tree of `<details>`.

    Args:
        value: Anything that came from JSON.
        expanded: JSON pointers (RFC 6901) of what was asked for: shown, and shown in full.
        depth: Levels that are open from the start.

    Returns:
        HTML for `innerHTML`, at most a few MB, normally far below.
    """
    writer = _Writer(expanded, depth)
    writer.node("", value, None, 0)
    return sanitize.json(f'<div class="json">{"".join(writer.pieces)}</div>')


def summary(value: Any, *, limit: int = 80) -> str:
    """A JSON value in one line of plain text: `3 results`, `{"a": 1}`, the beginning of a text."""
    if isinstance(value, list) and value:
        return "1 item" if len(value) == 1 else f"{len(value)} items"
    text = value if isinstance(value, str) else _one_line(value)
    words = " ".join(showable(text[: limit * 8]).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def pretty(value: Any) -> str:
    """A JSON value as text for people: indented by two, as it is for copying."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except RecursionError:
        text = "(nested too deeply to print)"
    return text.encode("utf-8", "replace").decode()


def _one_line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_brief(item)}" for key, item in _first(value)) + "}"
    return _brief(value)


def _first(value: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return zip(list(value)[:8], list(value.values())[:8], strict=True)


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return f"[{len(value)}]" if value else "[]"
    if isinstance(value, str):
        return json.dumps(value[:100], ensure_ascii=False)
    return json.dumps(value, default=str)


class _Writer:
    """Writes one tree, keeping count of what it has written."""

    __slots__ = ("_ancestors", "_depth", "_left", "_left_opened", "_opened", "pieces")

    def __init__(self, expanded: Collection[str], depth: int) -> None:
        self._opened = frozenset(expanded)
        self._ancestors = {
            pointer[: end + 1] for pointer in self._opened for end in _ends_of_steps(pointer)
        }
        self._depth = depth
        self._left = MAX_HTML
        self._left_opened = MAX_HTML_OPENED
        self.pieces: list[str] = []

    def _write(self, piece: str) -> None:
        self.pieces.append(piece)
        self._left -= len(piece)

    def node(self, pointer: str, value: Any, key: str | int | None, level: int) -> None:
        """Write a value and what is in it.

        Args:
            pointer: Its JSON pointer.
            value: The value.
            key: What its parent calls it, None at the root.
            level: How deep it is.
        """
        asked = pointer in self._opened
        if asked:  # what was asked for has a budget of its own
            self._left, self._left_opened = self._left_opened, self._left
        if isinstance(value, dict | list) and value:
            self._container(pointer, value, _label(key), level)
        else:
            self._write(f'<div class="json-row">{_label(key)}')
            self._leaf(pointer, value)
            self._write("</div>")
        if asked:
            self._left, self._left_opened = self._left_opened, self._left

    def _container(
        self, pointer: str, value: dict[str, Any] | list[Any], label: str, level: int
    ) -> None:
        wanted = pointer in self._opened or pointer in self._ancestors
        if (self._left <= 0 and not wanted) or level >= MAX_DEPTH:
            self._write(f'<div class="json-row">{label}{_count(value)} ')
            self._button(pointer, "show" if level < MAX_DEPTH else "")
            self._write("</div>")
            return
        is_open = level < self._depth or wanted
        self._write(f"<details{' open' if is_open else ''}><summary>{label}{_count(value)}")
        hint = "" if is_open else f' <span class="json-more">{_text(_one_line(value)[:120])}</span>'
        self._write(f'{hint}</summary><div class="json-children">')
        self._children(pointer, value, level)
        self._write("</div></details>")

    def _children(self, pointer: str, value: dict[str, Any] | list[Any], level: int) -> None:
        asked = pointer in self._opened
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for count, (key, child) in enumerate(items):
            too_many = count >= LONG_CONTAINER and not asked
            if too_many or (self._left <= 0 and count):
                wanted = "show all" if too_many else f"{len(value) - count} more, show"
                kind = "keys" if isinstance(value, dict) else "items"
                self._write('<div class="json-row">')
                self._button(pointer, f"{wanted} · {len(value):,} {kind}")
                self._write("</div>")
                return
            self.node(f"{pointer}/{_step(key)}", child, key, level + 1)

    def _leaf(self, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            name = _leaf_class(value)
            self._write(f'<span class="{name}">{_text(_brief(value))}</span>')
            return
        limit = LONG_STRING_OPENED if pointer in self._opened else LONG_STRING
        shown = json.dumps(value[:limit], ensure_ascii=False)
        if len(value) <= limit:
            self._write(f'<span class="json-string">{_text(shown)}</span>')
            return
        self._write(f'<span class="json-string">{_text(shown[:-1])}</span>')
        self._write('<span class="json-more">…</span> ')
        size = human_size(len(value.encode("utf-8", "replace")))
        self._button(pointer, f"show all · {size}" if limit == LONG_STRING else "")

    def _button(self, pointer: str, words: str) -> None:
        """A button that asks for a place; without words, the note that no more can be shown."""
        if words:
            place = escape(pointer)
            self._write(
                f'<button class="json-show" type="button" data-show="{place}">{words}</button>'
            )
        else:
            self._write('<span class="json-more">copy it to see all</span>')


def _label(key: str | int | None) -> str:
    if key is None:
        return ""
    if isinstance(key, int):
        return f'<span class="json-index">{key}</span> '
    shown = key if len(key) <= LONG_STRING else key[:LONG_STRING] + "…"
    return f'<span class="json-key">{_text(shown)}</span>: '


def _count(value: dict[str, Any] | list[Any]) -> str:
    marks = "{}" if isinstance(value, dict) else "[]"
    return f'<span class="json-count">{marks[0]}{len(value):,}{marks[1]}</span>'


def _leaf_class(value: Any) -> str:
    if value is None:
        return "json-null"
    if isinstance(value, bool):
        return "json-bool"
    return "json-number" if isinstance(value, int | float) else "json-count"


def _text(text: str) -> str:
    return escape(showable(text), quote=False)


def _step(key: str | int) -> str:
    """A key as one step of a JSON pointer."""
    return showable(str(key)).replace("~", "~0").replace("/", "~1")


def _ends_of_steps(pointer: str) -> Iterable[int]:
    """Where the pointers of all that a pointer's place is within end, the root's at -1."""
    yield -1
    for index, character in enumerate(pointer):
        if character == "/" and index:
            yield index - 1
