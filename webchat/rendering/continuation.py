"""A block that was cut: what its pieces have to say so that, one below the other, they look whole.

A list, quote, table or paragraph that grows long is settled in pieces, also within the things it
holds. What a piece goes on with is a path: the containers that were open where the text was cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

_OPENERS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "table_open": "table",
    "paragraph_open": "text",
}


@dataclass(frozen=True, slots=True)
class Level:
    """One block that was open where a text was cut.

    Attributes:
        kind: What it is.
        number: For an ordered list, the number of the first item after the cut.
        within_item: For a list, whether the cut was within an item, which goes on after it.
        loose: For a list, whether there was an empty line between its things before the cut.
    """

    kind: Literal["list", "quote", "table", "text"]
    number: int | None = None
    within_item: bool = False
    loose: bool = False


Path = tuple[Level, ...]
"""The blocks that were open at a cut, the outermost first; empty where nothing was cut."""


def mark(tokens: list[Token], before: Path, after: Path) -> None:
    """Make the tokens of a piece say what they go on with, and what goes on after them.

    Args:
        tokens: All block tokens of the piece.
        before: What was open at the cut before it.
        after: What is open at the cut after it.
    """
    first = first_openers(tokens, before)
    last = _last_openers(tokens, after)
    for token, level in first:
        _name_piece(token, "middle" if any(token is other for other, _ in last) else "last")
        if token.type == "ordered_list_open" and level.number is not None:
            token.attrSet("start", str(level.number))
        if level.within_item and token.type == "list_item_open":
            token.meta.pop("checked", None)
    for token, _ in last:
        if not any(token is other for other, _ in first):
            _name_piece(token, "first")
    for token, level in (*first, *last):
        if level.loose and token.type.endswith("list_open"):
            _loosen(tokens, token)


def is_loose(tokens: list[Token], opener: int) -> bool:
    """Whether the things in a list are set apart, by its tokens; `opener` is its first's index."""
    level = tokens[opener].level + 2
    for token in tokens[opener + 1 :]:
        if token.level < level - 1:
            break
        if token.type == "paragraph_open" and token.level == level and not token.hidden:
            return True
    return False


def opener_indices(tokens: list[Token]) -> list[int]:
    """The indices of the last container at each depth, those that a following line could go on."""
    spine: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        if token.type in _OPENERS:
            while spine and spine[-1][0] >= token.level:
                spine.pop()
            spine.append((token.level, index))
    return [index for _, index in spine]


def _name_piece(token: Token, piece: str) -> None:
    token.attrSet("data-piece", piece)


def first_openers(tokens: list[Token], path: Path) -> list[tuple[Token, Level]]:
    """The tokens at the beginning of a text that a path goes on with, each with its level."""
    found: list[tuple[Token, Level]] = []
    index = 0
    for level in path:
        if index >= len(tokens) or _OPENERS.get(tokens[index].type) != level.kind:
            break
        found.append((tokens[index], level))
        index += 1
        if level.kind == "list" and level.within_item:
            found.append((tokens[index], level))
            index += 1
        elif level.kind == "list":
            break
    return found


def _last_openers(tokens: list[Token], path: Path) -> list[tuple[Token, Level]]:
    """The tokens of the containers that are open at the end."""
    found: list[tuple[Token, Level]] = []
    for level, index in zip(path, opener_indices(tokens), strict=False):
        if _OPENERS[tokens[index].type] != level.kind:
            break
        found.append((tokens[index], level))
        if level.within_item:
            found.append((_last_item(tokens, index), level))
    return found


def _last_item(tokens: list[Token], opener: int) -> Token:
    """The opening token of the last item of a list."""
    level = tokens[opener].level
    item = tokens[opener + 1]
    for token in tokens[opener + 1 :]:
        if token.level <= level:
            break
        if token.level == level + 1 and token.type == "list_item_open":
            item = token
    return item


def _loosen(tokens: list[Token], opener: Token) -> None:
    """Set the things in a list apart, as they would be were it read in one piece."""
    inside = False
    for token in tokens:
        if token is opener:
            inside = True
        elif inside and token.level <= opener.level:
            break
        elif inside and token.level == opener.level + 2 and token.type.startswith("paragraph_"):
            token.hidden = False
