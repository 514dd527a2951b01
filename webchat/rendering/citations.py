"""The numbers of a text's sources, set where they belong in its prose.

Where that is stands in characters of the source, so marks are put into the markdown, read along
with it as words are, and become links. A mark in the wrong place could change how the text around
it is read, so a block is taken with its marks only if without them it would be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from webchat.rendering.links import allowed

ADDRESSES = "the addresses of sources, by their numbers"
"""The key of a parser's environment for them; without it, nothing is taken for a mark."""

_OPEN, _CLOSE = "\u2e28", "\u2e29"  # brackets, so that emphasis ends before a mark as before a dot
_FIRST = 0xF0000  # of a plane for private use: one character is one number
_MOST = 0xFFFD
_MARK = re.compile(f"{_OPEN}([\U000f0000-\U000ffffd]){_CLOSE}")
_PRIVATE = re.compile("[\U000f0000-\U000ffffd]")
_LINK = re.compile(r'<sup class="citation">.*?</sup>')
_BEFORE = " \t\n|"
_NO_PLACE = re.compile(r"[ \t>]*+(?:`{3}|~{3}|[-+*#=|:.)$\\\[\] \t]*+\Z)")
_RUN = re.compile(r"(?<=([*_~`]))\1{0,20}+")
_FAR = 200


def marked(text: str, citations: Iterable[tuple[int, int]]) -> str:
    """A markdown text with marks in it.

    Args:
        text: The text.
        citations: For each, behind which character of the text it belongs, and its number.

    Returns:
        The text with a mark for each that has a place; the text itself if none has.
    """
    places = {(_place(text, at), number) for at, number in citations if number <= _MOST}
    pieces: list[str] = []
    done = 0
    for at, number in sorted(places):
        if at:
            pieces += [_PRIVATE.sub("\ufffd", text[done:at]), _OPEN, chr(_FIRST + number), _CLOSE]
            done = at
    return "".join([*pieces, _PRIVATE.sub("\ufffd", text[done:])]) if pieces else text


def _place(text: str, at: int) -> int:
    """Where the mark for a place stands: behind a word, on no line of its own; 0 if nowhere."""
    begin = max(0, at - _FAR)
    at = begin + len(text[begin:at].rstrip(_BEFORE))
    if run := _RUN.match(text, at):
        at = run.end()
    on_its_own = _NO_PLACE.match(text, text.rfind("\n", 0, at) + 1, at)
    return 0 if at == begin or on_its_own else at


def settle_citations(state: StateCore) -> None:
    """A core rule: marks in words become citations, behind the link that they stand in."""
    addresses: Mapping[int, str] = state.env.get(ADDRESSES, {})
    for token in state.tokens if addresses else ():
        if token.type == "inline" and token.children and _MARK.search(token.content):
            token.children = list(_with_citations(token.children, addresses))


def html_of_citation(token: Token) -> str:
    """The HTML of a citation: a link where its source has an address that may be followed."""
    number, address = f"[{escape(token.content)}]", escape(str(token.attrs.get("href", "")))
    name = f"Source {escape(token.content)}"
    link = f'<a href="{address}" aria-label="{name}">{number}</a>' if address else number
    return f'<sup class="citation">{link}</sup>'


def accepted(html: str, plain: str) -> str:
    """A block with its citations, or without if they changed anything else in it.

    Args:
        html: The block as it was read with marks.
        plain: The block as it was read without.
    """
    return html if _LINK.sub("", html) == plain else plain


def _with_citations(tokens: list[Token], addresses: Mapping[int, str]) -> Iterator[Token]:
    waiting: list[Token] = []
    inside_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            inside_link = token.type == "link_open"
        if token.type != "text":
            yield token
        else:
            for number, part in enumerate(_MARK.split(token.content)):
                if number % 2 == 0:
                    yield Token("text", "", 0, content=part)
                else:
                    waiting.append(_citation(ord(part) - _FIRST, addresses))
                if waiting and not inside_link:
                    yield from waiting
                    waiting.clear()
        if not inside_link:
            yield from waiting
            waiting.clear()


def _citation(number: int, addresses: Mapping[int, str]) -> Token:
    address = normalizeLink(addresses.get(number, ""))
    attributes: dict[str, str | int | float] = {"href": address} if allowed(address) else {}
    return Token("citation", "sup", 0, content=str(number), attrs=attributes)
