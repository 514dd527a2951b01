"""The markdown that webchat reads, and the HTML of one piece of it.

CommonMark with tables, strikethrough, task lists, bare links, formulas and line breaks that are
kept, as people and models write in a chat. Raw HTML is text; so are link reference definitions,
since a text that is shown while it grows cannot use what is defined below it.
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

_ENDS_TEXT = re.compile(r"[\n&*<\[\\\]_`~]|!(?=\[)|\$(?=\$)")  # where an inline rule may begin


def blocks_of(source: str, doubts: list[int] | None = None) -> list[Token]:
    """The block tokens of a text, their inline content not parsed: quick, for finding borders.

    Args:
        source: The markdown.
        doubts: For a text that goes on: gets the lines at which a formula begins, if it does.
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
    r"""The safe HTML of a piece of markdown; one that is too dear to read is shown as its source.

    Args:
        source: The markdown; lines end in `\n`, characters are showable.
        before: What was open where the text was cut before it.
        after: What is open where the text is cut after it.
        addresses: Where the sources are that its marks stand for, by number.
    """
    if marks_in(source) > limits.MARKS or _lines(source) > limits.WINDOW_LINES:
        return plain(source)
    tokens = _markdown.parse(source, {ADDRESSES: addresses} if addresses else {})
    if any(token.level >= limits.NESTING - 1 for token in tokens):
        return plain(source)
    mark(tokens, before, after)
    return sanitize.prose(_markdown.renderer.render(tokens, _markdown.options, {}))


def plain(source: str) -> str:
    """A text shown as it came, its line breaks kept."""
    return sanitize.prose(f'<p class="verbatim">{escape(source.strip(chr(10)), quote=False)}</p>\n')


def _lines(source: str) -> int:
    return source.count("\n") + 1


def pending_formula(source: str) -> str:
    """A formula that is still being written, as its source."""
    return sanitize.prose(f'<p><code class="math-source">{escape(source.strip())}</code></p>')


def _br(state: StateInline, silent: bool) -> bool:
    """An inline rule: `<br>`, the one tag that models write where markdown has no words for it."""
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
    """Register a function as the rendering of a kind of token."""

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
    # Every address is read as one; `links` says which of them may be followed.
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
