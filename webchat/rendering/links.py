"""Which links are allowed, and how images are shown: no remote image is loaded by itself.

Works on markdown-it's tokens, before they are rendered to HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from webchat.rendering import limits
from webchat.rendering.sanitize import INLINE_IMAGE, LINK_SCHEMES

_BARE = re.compile(r"(?<![\w@/.:-])(?:https?://|www\.)[^\s<>\"`]{1,2000}", re.IGNORECASE)
_TRAILING = "?!.,:;*_~'\"]}"


def settle_links(state: StateCore) -> None:
    """A core rule: links that are not allowed become text, bare addresses become links."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_bare_links(_without_dead_links(token.children)))


def allowed(address: str) -> bool:
    """Whether an address may be linked: `http`, `https` with a host, or `mailto`."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in LINK_SCHEMES:
        return False
    return parts.scheme == "mailto" or bool(parts.netloc)


def image_tokens(token: Token, alt: str) -> list[Token]:
    """The tokens that an image is shown as.

    Args:
        token: The image token as parsed.
        alt: Its alternative text.

    Returns:
        The image itself if it is a `data:` URL within the limit, else a link to it if its address
        is allowed, else its alternative text.
    """
    address = str(token.attrs.get("src", ""))
    if len(address) <= limits.INLINE_IMAGE and INLINE_IMAGE.fullmatch(address):
        return [Token("image", "img", 0, attrs={"src": address, "alt": alt})]
    if not allowed(address):
        return [_text(alt or "image")]
    words = alt or urlsplit(address).netloc or "image"
    attributes: dict[str, str | int | float] = {"class": "image-link", "href": address}
    return [
        Token("link_open", "a", 1, attrs=attributes),
        _text(words),
        Token("link_close", "a", -1),
    ]


def _without_dead_links(tokens: list[Token]) -> Iterator[Token]:
    inside_link = dead = False
    for token in tokens:
        if token.type == "link_open":
            dead = not allowed(str(token.attrs.get("href", "")))
            inside_link = not dead
            if dead:
                continue
        elif token.type == "link_close":
            inside_link = False
            if dead:
                dead = False
                continue
        elif token.type == "image":
            alt = _words(token.children or [])
            # HTML has no nested links: within a link, a remote image is its alternative text.
            made = image_tokens(token, alt)
            yield from made if not inside_link or len(made) == 1 else [_text(alt or "image")]
            continue
        yield token


def _with_bare_links(tokens: Iterator[Token]) -> Iterator[Token]:
    inside_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            inside_link = token.type == "link_open"
        plain = token.type == "text" and not inside_link
        if plain and ("://" in token.content or "www." in token.content.lower()):
            yield from _linked(token.content)
        else:
            yield token


def _linked(text: str) -> Iterator[Token]:
    """The tokens of a text with its bare addresses turned into links."""
    done = 0
    for match in _BARE.finditer(text):
        words = _trimmed(match[0])
        address = words if "://" in words else f"https://{words}"
        if not allowed(address) or "." not in words:
            continue
        yield _text(text[done : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield _text(words)
        yield Token("link_close", "a", -1)
        done = match.start() + len(words)
    yield _text(text[done:])


def _trimmed(address: str) -> str:
    """An address without trailing punctuation that belongs to the sentence around it."""
    while address:
        last = address[-1]
        unbalanced = last == ")" and address.count(")") > address.count("(")
        if last not in _TRAILING and not unbalanced:
            break
        address = address[:-1]
    return address


def _words(tokens: list[Token]) -> str:
    """The plain text of an image's description."""
    pieces = [
        _words(token.children or []) if token.type == "image" else token.content
        for token in tokens
        if token.type in ("text", "code_inline", "image")
    ]
    return " ".join("".join(pieces).split())


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
