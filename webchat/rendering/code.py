"""A block of code as HTML: a figure with a bar (language, copy button) and coloured source.

A long block comes in parts that look like one: they share `data-code`, and `data-piece` says which
of them has the bar and which the last line. Knows nothing of where blocks begin and end.
"""

from __future__ import annotations

import re
from html import escape
from typing import Literal

from webchat.rendering.code_tokens import Colouring, Run

Part = Literal["first", "middle", "last"] | None
"""Which piece of a block that was cut; None for a block in one piece."""

MAX_LANGUAGE = 24
"""Characters of a language's name that are shown."""

_NOT_A_NAME = re.compile(r"[^\w+#.\-]")


def language_of(info: str) -> str:
    """The language in a fence's info string: its first word, shortened; empty if there is none."""
    words = info.replace("{", " ").replace(",", " ").replace(":", " ").split(maxsplit=1)
    return _NOT_A_NAME.sub("", words[0])[:MAX_LANGUAGE] if words else ""


def figure(source: str, language: str, number: int | None = None) -> str:
    """A whole block of code.

    Args:
        source: The code, without its fence.
        language: As `language_of` gives it.
        number: Which block of its text this is, None where parts of it need not be found.
    """
    return frame(Colouring(language).take(source), language, number, None)


def frame(runs: list[Run], language: str, number: int | None, part: Part) -> str:
    """One part of a block of code, already coloured."""
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
    # A newline right after <pre> is eaten by HTML; between pre and code it stands for nothing.
    return (
        f'<figure class="code"{attributes}>{bar}'
        f'<pre tabindex="0"><code>{body}</code></pre></figure>'
    )


def _bar(language: str) -> str:
    return (
        f'<div class="code-bar"><span class="code-lang">{escape(language) or "text"}</span>'
        '<button class="code-copy" type="button" data-copy="">Copy</button></div>'
    )
