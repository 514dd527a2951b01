"""The markdown dialect: how it is parsed, and how one piece of it is rendered to safe HTML.

CommonMark with tables, strikethrough, task lists, bare links, formulas and hard line breaks, as
people and models write in a chat. Raw HTML is shown as text. So are link reference definitions,
because a text that is rendered while it grows cannot use a definition that comes later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from webchat.rendering import code, limits, sanitize
from webchat.rendering.citations import ADDRESSES, html_of_citation, settle_citations
from webchat.rendering.continuation import Path, mark
from webchat.rendering.costs import marks_in
from webchat.rendering.links import settle_links
from webchat.rendering.math_rules import DOUBTS, math_plugin
from webchat.rendering.mathml import formula
from webchat.rendering.tables import table_plugin

_ENDS_TEXT = re.compile(r"[\n&*<\[\\\]_`~]|!(?=\[)|\$(?=\$)")  # where an inline rule can match


def blocks_of(source: str, doubts: list[int] | None = None) -> list[Token]:
    """Parse the blocks of a text but not their inline content, to find where blocks begin and end.

    Args:
        source: The markdown.
        doubts: A list for a text that still grows: the lines of formulas that are opened but not
            yet closed are appended to it.

    Returns:
        markdown-it's block tokens.
    """
    tokens: list[Token] = []
    env = {} if doubts is None else {DOUBTS: doubts}
    _markdown.block.parse(source, _markdown, env, tokens)
    return tokens


def html_of(
    source: str,
    before: Path = (),
    after: Path = (),
    addresses: Mapping[int, str] | None = None,
) -> str:
    r"""Render a piece of markdown to sanitized HTML.

    A piece beyond the limits on marks, lines or nesting is shown as its source.

    Args:
        source: The markdown; lines end in `\n`, control characters are already removed.
        before: The blocks that are open at the cut before this piece.
        after: The blocks that are open at the cut after this piece.
        addresses: The URLs of the cited sources, by the number that a citation mark carries.

    Returns:
        HTML that is safe to insert into the page.
    """
    if marks_in(source) > limits.MARKS or _lines(source) > limits.WINDOW_LINES:
        return plain(source)
    tokens = _markdown.parse(source, {ADDRESSES: addresses} if addresses else {})
    if any(token.level >= limits.NESTING - 1 for token in tokens):
        return plain(source)
    mark(tokens, before, after)
    return sanitize.prose(_markdown.renderer.render(tokens, _markdown.options, {}))


def plain(source: str) -> str:
    """Render a text as it is, without markdown; line breaks are kept."""
    return sanitize.prose(f'<p class="verbatim">{escape(source.strip(chr(10)), quote=False)}</p>\n')


def _lines(source: str) -> int:
    return source.count("\n") + 1


def pending_formula(source: str) -> str:
    """Render the source of a formula that is not closed yet."""
    return sanitize.prose(f'<p><code class="math-source">{escape(source.strip())}</code></p>')


def _br(state: StateInline, silent: bool) -> bool:
    """An inline rule for `<br>`, which models write in table cells, where markdown has no break."""
    if state.src[state.pos] != "<":
        return False
    head = state.src[state.pos : state.pos + 6].lower()
    tag = next((tag for tag in ("<br>", "<br/>", "<br />") if head.startswith(tag)), None)
    if tag is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos += len(tag)
    return True


def _rule(kind: str) -> Any:
    """Register a function as the renderer of a kind of token."""

    def register(function: Any) -> Any:
        _markdown.add_render_rule(kind, function)
        return function

    return register


def _made() -> MarkdownIt:
    options = {"html": False, "breaks": True, "maxNesting": limits.NESTING, "tasklists": True}
    md = MarkdownIt("commonmark", options)
    md.enable("strikethrough").disable("reference").use(math_plugin).use(table_plugin)
    md.inline.ruler.before("autolink", "br", _br)
    md.inline.terminator_re = _ENDS_TEXT
    md.core.ruler.push("citations", settle_citations)
    md.core.ruler.push("links", settle_links)
    # Accept every address while parsing; `settle_links` removes links that are not allowed.
    md.validateLink = lambda url: True
    return md


_markdown = _made()


@_rule("fence")
def _fence(_: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    return code.figure(token.content, code.language_of(token.info))


@_rule("code_block")
def _code_block(
    _: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return code.figure(tokens[index].content, "")


@_rule("math_inline")
@_rule("math_block")
def _math(_: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    html = formula(token.content, token.markup != "\\(")
    return f"<p>{html}</p>\n" if token.type == "math_block" else html


@_rule("image")
def _image(_: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    source, alt = (escape(str(tokens[index].attrs.get(name, ""))) for name in ("src", "alt"))
    return f'<img src="{source}" alt="{alt}">'


@_rule("citation")
def _citation(
    _: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return html_of_citation(tokens[index])


@_rule("table_open")
def _table_open(
    _: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    part = tokens[index].attrs.get("data-piece")
    cut = f' data-piece="{part}"' if part else ""
    return f'<div class="table" role="group" aria-label="Table" tabindex="0"{cut}><table>\n'


@_rule("table_close")
def _table_close(
    _: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


@_rule("th_open")
@_rule("td_open")
def _cell_open(
    renderer: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return f"<{tokens[index].tag}{renderer.renderAttrs(tokens[index])}>"


@_rule("list_item_open")
def _list_item_open(
    _: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    piece = tokens[index].attrs.get("data-piece")
    attributes = f' data-piece="{piece}"' if piece else ""
    done = tokens[index].meta.get("checked")
    if done is None:
        return f"<li{attributes}>"
    state, label = ("done", "Done") if done else ("open", "To do")
    box = f'<span class="task" role="img" aria-label="{label}"></span>'
    return f'<li{attributes} data-task="{state}">{box}'
