"""Reads HTML as a browser's parser would list it, and says what in it is not allowed."""

from __future__ import annotations

import re
from html.parser import HTMLParser


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", text))


MATH = _words(
    "math mrow mi mo mn mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover "
    "mtable mtr mtd mstyle mpadded mphantom menclose merror"
)
TAGS = MATH | _words(
    "p br hr strong em s sup code h1 h2 h3 h4 h5 h6 blockquote a img ul ol li table thead tbody tr "
    "th td div span figure pre button details summary"
)
ATTRIBUTES = _words(
    "href title target rel class src alt start role aria-label tabindex type open "
    "colspan data-piece data-task data-align data-lang data-code data-copy data-show"
)
MATH_ATTRIBUTES = _words(
    "display stretchy fence form movablelimits largeop minsize maxsize mathvariant width height "
    "depth lspace voffset displaystyle scriptlevel linethickness accent accentunder columnlines "
    "rowlines columnalign"
)
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"<>]+")
IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
OWN_CLASSES = re.compile(r"(?:[a-z]|code|math|table|json|task|verbatim|image|citation)(?:-[a-z]+)?")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if not _is_fine(tag, name, value or ""):
                self.faults.append(f"<{tag} {name}={value!r}>")
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            kept_apart = {"noopener", "noreferrer", "nofollow"} <= set(
                (given.get("rel") or "").split()
            )
            if given.get("target") != "_blank" or not kept_apart:
                self.faults.append(f"a link that does not open safely: {attrs}")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")


def _is_fine(tag: str, name: str, value: str) -> bool:
    if name not in (MATH_ATTRIBUTES if tag in MATH else ATTRIBUTES):
        return False
    if name == "href":
        return tag == "a" and LINK.fullmatch(value) is not None
    if name == "src":
        return tag == "img" and IMAGE.fullmatch(value) is not None
    if name == "class":
        return all(OWN_CLASSES.fullmatch(each) for each in value.split())
    return True


def faults(html: str) -> list[str]:
    """What a reader of this HTML would find that may not be there; nothing if it is safe."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if any("\ud800" <= character <= "\udfff" for character in html):
        reader.faults.append("a lone surrogate")
    if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html):
        reader.faults.append("a control character")
    return reader.faults


def depth(html: str) -> int:
    """How deep its elements stand within each other."""
    reader = _Reader()
    reader.feed(html)
    return reader.deepest
