"""A code block as HTML: a figure with a bar (language, copy button) and coloured source.

A long block is rendered as several figures that look like one: they share `data-code`, and
`data-piece` tells the first, the middle ones and the last apart. Where a block begins, ends or is
cut is decided elsewhere.
"""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from webchat.rendering.code_tokens import Colouring, Run

Part = Literal["first", "middle", "last"] | None
"""Which part of a block that was cut; None for a block that was not."""

MAX_LANGUAGE = 24
"""Characters of a language's name that are shown."""

_NOT_A_NAME = re.compile(r"[^\w+#.\-]")


def language_of(info: str) -> str:
    """The language in a fence's info string.

    Returns:
        Its first word, at most `MAX_LANGUAGE` characters; empty if there is none.
    """
    words = info.replace("{", " ").replace(",", " ").replace(":", " ").split(maxsplit=1)
    return _NOT_A_NAME.sub("", words[0])[:MAX_LANGUAGE] if words else ""


def figure(source: str, language: str, number: int | None = None) -> str:
    """Render a whole code block.

    Args:
        source: The code, without its fence.
        language: As returned by `language_of`.
        number: The block's number within its text; None for a block that is never cut.

    Returns:
        HTML, not yet sanitized.
    """
    return frame(Colouring(language).take(source), language, number, None)


def frame(runs: list[Run], language: str, number: int | None, part: Part) -> str:
    """Render one part of a code block from its coloured runs.

    Args:
        runs: The part's code, as returned by `Colouring.take`.
        language: As returned by `language_of`.
        number: The block's number within its text; None for a block that is never cut.
        part: Which part of the block this is.

    Returns:
        HTML, not yet sanitized.
    """
    attributes = f' data-lang="{escape(language)}"'
    if number is not None:
        attributes += f' data-code="{number}"'
    if part is not None:
        attributes += f' data-piece="{part}"'
    bar = "" if part in ("middle", "last") else _bar(language)
    body = "".join(
        f'<span class="{role}">{escape(text, quote=False)}</span>'
        if role
        else escape(text, quote=False)
        for role, text in runs
    )
    # HTML ignores a newline right after <pre>; <code> in between keeps the code's first one.
    return (
        f'<figure class="code"{attributes}>{bar}'
        f'<pre tabindex="0"><code>{body}</code></pre></figure>'
    )


def _bar(language: str) -> str:
    return (
        f'<div class="code-bar"><span class="code-lang">{escape(language) or "text"}</span>'
        '<button class="code-copy" type="button" data-copy="">Copy</button></div>'
    )
