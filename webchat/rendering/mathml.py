"""LaTeX to MathML, for formulas that anybody may have written.

The converter's own text output is not used: it leaves characters unescaped. Its element tree is
written out here, element by element, from the sanitizer's list. What it cannot read, what would
take long, and what defines macros is shown as its source.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from webchat.rendering import limits
from webchat.rendering.sanitize import MATH

MAX_EM = 20.0
"""The widest space a formula may ask for, in any unit."""
WIDE_INLINE = 80
"""Characters of an inline formula above which it gets a line of its own, where it can scroll."""

# Macros can double at every step; the others carry attributes or text that is not mathematics.
_REFUSED = re.compile(
    r"\\(?:newcommand|renewcommand|newenvironment|def|DeclareMathOperator|verb|href|class|style)"
    r"(?![a-zA-Z])"
)
# Environments that the converter lacks, by those that it has; `align` would number its lines.
_ENVIRONMENT = re.compile(
    r"\\(begin|end)\s*\{(align|aligned|gather|gathered|multline|eqnarray)\*?\}"
)
_WRAPPER = re.compile(r"\\(?:begin|end)\s*\{(?:equation|displaymath|math)\*?\}")
_LENGTH = re.compile(r"[+-]?(\d*\.?\d+)(em|ex|px|pt|mm|cm|in|%)?")
_LENGTHS = frozenset({"width", "height", "depth", "lspace", "voffset", "minsize", "maxsize"})


@lru_cache(maxsize=512)
def formula(latex: str, display: bool) -> str:
    """A formula as HTML: MathML, or its source as code where that cannot be had.

    Args:
        latex: What stands between the delimiters.
        display: Whether it has a line of its own.
    """
    source = latex.strip()
    mathml = _mathml(source, display)
    if mathml is None:
        return f'<code class="math-source">{escape(source)}</code>'
    if display or len(source) > WIDE_INLINE:
        label = escape(source[:200])
        return (
            f'<span class="math-block" role="group" tabindex="0" aria-label="{label}">'
            f"{mathml}</span>"
        )
    return f'<span class="math">{mathml}</span>'


def _mathml(source: str, display: bool) -> str | None:
    if not source or len(source) > limits.FORMULA or _REFUSED.search(source):
        return None
    if _depth(source) > limits.FORMULA_DEPTH:
        return None
    try:
        known = _WRAPPER.sub("", _ENVIRONMENT.sub(r"\\\1{align*}", source))
        root = convert_to_element(known, display="block" if display else "inline")
        return _written(root)
    except Exception:
        return None


def _depth(source: str) -> int:
    """How deep the converter would have to go, at most: groups closed by `}` are taken off."""
    depth = deepest = 0
    for match in re.finditer(r"\\[{}\\]|[{}]|\\(?:left|begin|right|end)(?![a-zA-Z])", source):
        if match[0] in ("{", r"\left", r"\begin"):
            depth += 1
        elif match[0] in ("}", r"\right", r"\end"):
            depth -= 1
        deepest = max(deepest, depth)
    # Without braces, arguments nest one by one: \sqrt\sqrt\sqrt x, x^y^z.
    chain = re.search(r"(?:\\[a-zA-Z]+\s*|[_^]\s*){30,}", source)
    return deepest + (limits.FORMULA_DEPTH if chain else 0)


def _written(element: Element) -> str:
    """An element and what is in it as HTML, all text escaped, nothing that is not allowed."""
    inner = escape(unescape(element.text or ""), quote=False)
    inner += "".join(map(_written, element))
    allowed = MATH.get(element.tag)
    if allowed is None:
        return inner
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.attrib.items()
        if name in allowed and (name not in _LENGTHS or _modest(value))
    )
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def _modest(length: str) -> bool:
    match = _LENGTH.fullmatch(length)
    return match is not None and float(match[1]) <= MAX_EM
