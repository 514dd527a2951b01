"""JSON as a tree of `<details>`, its size and the work for it bounded whatever the value is.

What is left out can be asked for: a button carries the JSON pointer of its place, and a tree made
with that pointer among `expanded` shows it. Knows nothing of what the JSON means.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from typing import Any

from webchat.rendering import limits, sanitize
from webchat.rendering.text import human_size, showable


def tree(value: Any, *, expanded: Collection[str] = (), depth: int = 2) -> str:
    """A JSON value as a tree of `<details>`.

    Args:
        value: Anything that came from JSON.
        expanded: JSON pointers (RFC 6901) of what was asked for: shown, and shown in full.
        depth: Levels that are open from the start.

    Returns:
        HTML for `innerHTML`, of at most about `JSON_HTML` characters and `JSON_HTML_EXPANDED` more
        for what was asked for.
    """
    html = "".join(_written(value, expanded, depth).pieces)
    return sanitize.json(f'<div class="json">{html}</div>')


def offers(value: Any, pointer: str, expanded: Collection[str] = ()) -> bool:
    """Whether a value's tree, made with `expanded`, has a button that asks for a place.

    Args:
        value: The value.
        pointer: The place.
        expanded: What was asked for already.
    """
    if len(pointer) > limits.JSON_POINTER:
        return False
    return pointer in _written(value, expanded, 0).offered


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
        pairs = (f"{key[:100]}: {_brief(item)}" for key, item in islice(value.items(), 8))
        return "{" + ", ".join(pairs) + "}"
    return _brief(value)


def _brief(value: Any) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return f"[{len(value)}]" if value else "[]"
    if isinstance(value, str):
        return json.dumps(value[:100], ensure_ascii=False)
    return json.dumps(value, default=str)


@dataclass(slots=True)
class _Asked:
    """What was asked for at a place and within it, by the steps of the pointers.

    Attributes:
        here: Whether the place itself was asked for.
        within: What was asked for within it, by the next step.
    """

    here: bool = False
    within: dict[str, _Asked] = field(default_factory=dict)


_NOTHING = _Asked()


def _asked_for(pointers: Collection[str]) -> _Asked:
    root = _Asked()
    for pointer in pointers:
        if len(pointer) > limits.JSON_POINTER or (pointer and not pointer.startswith("/")):
            continue
        asked = root
        for step in pointer.split("/")[1 : limits.JSON_DEPTH + 2]:
            asked = asked.within.setdefault(step, _Asked())
        asked.here = True
    return root


class _Writer:
    """Writes one tree, keeping count of what it has written.

    Attributes:
        pieces: The HTML so far.
        offered: The JSON pointers of the places that have a button.
    """

    __slots__ = ("_depth", "_expanding", "_left", "_left_expanded", "offered", "pieces")

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._left = limits.JSON_HTML
        self._left_expanded = limits.JSON_HTML_EXPANDED
        self._expanding = False  # whether it is within a place that was asked for
        self.pieces: list[str] = []
        self.offered: set[str] = set()

    def _write(self, piece: str) -> None:
        self.pieces.append(piece)
        if self._expanding:
            self._left_expanded -= len(piece)
        else:
            self._left -= len(piece)

    @property
    def _room(self) -> int:
        """Characters that may still be written here."""
        return self._left_expanded if self._expanding else self._left

    def node(
        self, pointer: str | None, value: Any, key: str | int | None, level: int, asked: _Asked
    ) -> None:
        """Write a value and what is in it.

        Args:
            pointer: Its JSON pointer, None where that is too long to be offered.
            value: The value.
            key: What its parent calls it, None at the root.
            level: How deep it is.
            asked: What was asked for here and within.
        """
        outer, self._expanding = self._expanding, self._expanding or asked.here
        if isinstance(value, dict | list) and value:
            self._container(pointer, value, _label(key), level, asked)
        else:
            self._write(f'<div class="json-row">{_label(key)}')
            self._leaf(pointer, value, asked.here)
            self._write("</div>")
        self._expanding = outer

    def _container(
        self,
        pointer: str | None,
        value: dict[str, Any] | list[Any],
        label: str,
        level: int,
        asked: _Asked,
    ) -> None:
        wanted = asked.here or bool(asked.within)
        if (self._room <= 0 and not wanted) or level >= limits.JSON_DEPTH:
            self._write(f'<div class="json-row">{label}{_count(value)} ')
            self._offer(pointer if level < limits.JSON_DEPTH else None, "show")
            self._write("</div>")
            return
        is_open = level < self._depth or wanted
        self._write(f"<details{' open' if is_open else ''}><summary>{label}{_count(value)}")
        hint = "" if is_open else f' <span class="json-more">{_text(_one_line(value)[:120])}</span>'
        self._write(f'{hint}</summary><div class="json-children">')
        self._children(pointer, value, level, asked)
        self._write("</div></details>")

    def _children(
        self, pointer: str | None, value: dict[str, Any] | list[Any], level: int, asked: _Asked
    ) -> None:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for count, (key, child) in enumerate(items):
            too_many = count >= limits.JSON_CHILDREN and not asked.here
            if too_many or (self._room <= 0 and count):
                wanted = "show all" if too_many else f"{len(value) - count:,} more, show"
                kind = "keys" if isinstance(value, dict) else "items"
                self._write('<div class="json-row">')
                self._offer(pointer, f"{wanted} · {len(value):,} {kind}")
                self._write("</div>")
                return
            step = _step(key)
            place = _joined(pointer, step)
            within = asked.within.get(step, _NOTHING) if asked.within else _NOTHING
            self.node(place, child, key, level + 1, within)

    def _leaf(self, pointer: str | None, value: Any, asked: bool) -> None:
        if not isinstance(value, str):
            name = _leaf_class(value)
            self._write(f'<span class="{name}">{_text(_brief(value))}</span>')
            return
        self._write('<span class="json-string">"')
        shown = 0
        while shown < len(value) and (not shown or (asked and self._room > 0)):
            piece = value[shown : shown + limits.JSON_STRING]
            self._write(_text(json.dumps(piece, ensure_ascii=False)[1:-1]))
            shown += len(piece)
        if shown == len(value):
            self._write('"</span>')
            return
        self._write('</span><span class="json-more">…</span> ')
        self._offer(pointer, f"show all · {human_size(_size(value))}")

    def _offer(self, pointer: str | None, words: str) -> None:
        """A button that asks for a place; where there is no room for more, the note of that."""
        if pointer is None or (self._expanding and self._room <= 0):
            self._write('<span class="json-more">copy it to see all</span>')
            return
        self.offered.add(pointer)
        place = escape(pointer)
        self._write(f'<button class="json-show" type="button" data-show="{place}">{words}</button>')


def _joined(pointer: str | None, step: str) -> str | None:
    if pointer is None or len(pointer) + len(step) >= limits.JSON_POINTER:
        return None
    return f"{pointer}/{step}"


def _size(text: str) -> int:
    """A string's size in bytes; for a long one, as its beginning suggests."""
    if text.isascii():
        return len(text)
    sample = text[:10_000]
    return len(sample.encode("utf-8", "replace")) * len(text) // len(sample)


def _written(value: Any, expanded: Collection[str], depth: int) -> _Writer:
    writer = _Writer(depth)
    writer.node("", value, None, 0, _asked_for(expanded))
    return writer


def _label(key: str | int | None) -> str:
    if key is None:
        return ""
    if isinstance(key, int):
        return f'<span class="json-index">{key}</span> '
    shown = key if len(key) <= limits.JSON_STRING else key[: limits.JSON_STRING] + "…"
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
    """A key as one step of a JSON pointer; of one that is too long for any, the beginning."""
    text = str(key)[: limits.JSON_POINTER]
    return showable(text).replace("~", "~0").replace("/", "~1")
