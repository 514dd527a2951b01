"""The sanitizer: whatever HTML this package makes passes an allow list before it leaves.

The package's own code never puts content into markup unescaped; the sanitizer stands behind it, so
that one mistake there is not a hole. Knows what may appear in HTML, not what it is for.
"""

from __future__ import annotations

import re

import nh3

from webchat.rendering.code_tokens import ROLES

_MATH_ATTRIBUTES = {
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "movablelimits", "largeop", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mtext": {"mathvariant"},
    "mspace": {"width", "height", "depth"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mtable": {"columnlines", "rowlines"},
    "mtd": {"columnalign"},
}
MATH: dict[str, set[str]] = {
    **{tag: set() for tag in ("mrow", "msup", "msub", "msubsup", "munderover", "msqrt")},
    **{tag: set() for tag in ("mroot", "mtr", "mphantom", "menclose", "merror")},
    **_MATH_ATTRIBUTES,
}
"""MathML that may appear: tag -> attributes. Nothing that links, embeds HTML or styles."""

PROSE: dict[str, set[str]] = {
    **{tag: set() for tag in ("br", "hr", "strong", "em", "s", "sup", "code", "h1", "h2")},
    **{tag: set() for tag in ("h3", "h4", "h5", "h6", "thead", "tbody", "tr")},
    "a": {"href", "title", "aria-label"},
    "img": {"src", "alt"},
    "p": {"data-piece"},
    "blockquote": {"data-piece"},
    "ul": {"data-piece"},
    "ol": {"data-piece", "start"},
    "li": {"data-piece", "data-task"},
    "table": set(),
    "th": {"data-align"},
    "td": {"data-align", "colspan"},
    "div": {"data-piece", "tabindex", "role", "aria-label"},
    "span": {"role", "aria-label", "tabindex"},
    "figure": {"data-lang", "data-code", "data-piece"},
    "pre": {"tabindex"},
    "button": {"data-copy", "type"},
}
"""What markdown may become: tag -> attributes, beside classes."""

JSON: dict[str, set[str]] = {
    "div": set(),
    "span": set(),
    "details": {"open"},
    "summary": set(),
    "button": {"data-show", "type"},
}
"""What a tree of JSON may become: tag -> attributes, beside classes."""

CLASSES: dict[str, set[str]] = {
    "a": {"image-link"},
    "p": {"verbatim"},
    "sup": {"citation"},
    "code": {"math-source"},
    "div": {"table", "json", "json-children", "json-row", "code-bar"},
    "span": set(ROLES)
    | {"task", "math", "math-block", "code-lang", "json-key", "json-index", "json-string"}
    | {"json-number", "json-bool", "json-null", "json-count", "json-more"},
    "figure": {"code"},
    "button": {"code-copy", "json-show"},
}
"""The classes that may appear: tag -> names."""

LINK_SCHEMES = frozenset({"http", "https", "mailto"})
INLINE_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")


def _cleaner(allowed: dict[str, set[str]], *, images: bool = False) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(allowed),
        attributes=allowed,
        allowed_classes={tag: names for tag, names in CLASSES.items() if tag in allowed},
        attribute_filter=_only_inline_images if images else None,
        url_schemes={*LINK_SCHEMES, "data"} if images else set(LINK_SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}} if "a" in allowed else {},
    )


def _only_inline_images(tag: str, attribute: str, value: str) -> str | None:
    """Keep `data:` to images, and images to `data:`."""
    if tag == "img" and attribute == "src":
        return value if INLINE_IMAGE.fullmatch(value) else None
    if attribute == "href" and value.strip().lower().startswith("data:"):
        return None
    return value


_TEXT_ONLY = {tag: names for tag, names in PROSE.items() if tag != "img"}
_prose = _cleaner({**_TEXT_ONLY, **MATH})
_prose_with_images = _cleaner({**PROSE, **MATH}, images=True)
_json = _cleaner(JSON)


def prose(html: str) -> str:
    """HTML made from markdown, with nothing in it that is not allowed."""
    # The filter for images is a call into Python for each attribute, so most HTML does without.
    return (_prose_with_images if "<img" in html else _prose).clean(html)


def json(html: str) -> str:
    """HTML made from JSON, with nothing in it that is not allowed."""
    return _json.clean(html)
