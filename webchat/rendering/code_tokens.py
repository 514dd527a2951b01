"""Source code to coloured tokens: which language a name means, and what role each piece has.

Knows Pygments, not HTML. Languages are a chosen list: no single step of a lexer here is slow, and
none calls for others that are not on it. What all the steps take is bounded by their CPU time, for
almost every lexer has a text on which it is slow; what is left then is plain.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import cast

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.lexers import LEXERS, find_lexer_class
from pygments.token import Token, _TokenType

from webchat.rendering import limits

Run = tuple[str, str]
"""A role (a CSS class, or empty) and the text that wears it."""
Tokens = Iterable[tuple[int, _TokenType, str]]

ROLES: dict[str, tuple[_TokenType, ...]] = {
    "k": (Token.Keyword,),
    "o": (Token.Operator.Word,),
    "n": (Token.Literal.Number, Token.Keyword.Constant, Token.Name.Constant),
    "s": (Token.Literal.String, Token.Literal.Date),
    "e": (Token.Literal.String.Escape, Token.Literal.String.Interpol, Token.Literal.String.Regex),
    "c": (Token.Comment,),
    "f": (Token.Name.Function, Token.Name.Label),
    "t": (Token.Name.Class, Token.Name.Exception, Token.Keyword.Type, Token.Name.Namespace),
    "b": (Token.Name.Builtin, Token.Name.Variable.Magic),
    "v": (Token.Name.Variable, Token.Name.Entity),
    "a": (Token.Name.Attribute, Token.Name.Decorator, Token.Name.Property),
    "g": (Token.Name.Tag,),
    "h": (Token.Generic.Heading, Token.Generic.Subheading, Token.Generic.Prompt),
    "i": (Token.Generic.Inserted,),
    "d": (Token.Generic.Deleted, Token.Generic.Error, Token.Generic.Traceback),
}
"""CSS class -> the kinds of token that wear it; a kind not named wears its parent's, or none."""

_LANGUAGES = frozenset(
    name + "Lexer"
    for line in (
        "Python PythonConsole PythonTraceback Cython Javascript TypeScript Jsx Tsx Json Yaml TOML",
        "Ini Bash BashSession PowerShell Batch Sql MySql Html Xml Css Scss Sass",
        "LessCss Java Kotlin Groovy C Cpp ObjectiveC CSharp FSharp Go Rust Zig Ruby Php",
        "Swift Dart S Julia Matlab Lua Perl Haskell Elixir Erlang Clojure Ocaml Scheme CommonLisp",
        "Docker Makefile CMake NginxConf Diff Markdown Tex GraphQL ProtoBuf Terraform Nix Vim Nasm",
        "Fortran Solidity Properties Django Vue Gherkin Awk",
    )
    for name in line.split()
)
_ALSO_CALLED = {
    **dict.fromkeys(("jsonc", "json5", "jsonl", "ndjson"), "JSON"),
    **dict.fromkeys(("mjs", "cjs", "node"), "JavaScript"),
    **dict.fromkeys(("h", "hpp", "cxx", "cc"), "C++"),
    **dict.fromkeys(("kt", "kts"), "Kotlin"),
    **dict.fromkeys(("svg", "xhtml"), "XML"),
    **dict.fromkeys(("fish", "fishshell"), "Bash"),
    **dict.fromkeys(("postgresql", "postgres"), "SQL"),
    "patch": "Diff",
}


@cache
def _aliases() -> dict[str, str]:
    """Every name that one of our languages goes by, and its lexer's full name."""
    return _ALSO_CALLED | {
        alias: name
        for cls, (_, name, aliases, _, _) in LEXERS.items()
        if cls in _LANGUAGES
        for alias in aliases
    }


@lru_cache(maxsize=128)
def lexer_for(language: str) -> Lexer | None:
    """The lexer for what stands behind a fence's opening marks, None when it is not known."""
    name = _aliases().get(language.lower())
    cls = find_lexer_class(name) if name else None
    # Markdown's lexer would pick lexers for the code inside by name, from all that there are.
    return cls(stripnl=False, ensurenl=False, handlecodeblocks=False) if cls else None


def load_lexers() -> None:
    """Compile every lexer, about a second of work that would else be done at first use."""
    for language in {name: alias for alias, name in _aliases().items()}.values():
        lexer_for(language)


@cache
def role(kind: _TokenType) -> str:
    """The CSS class of a kind of token, empty for plain text."""
    while kind:
        for name, kinds in ROLES.items():
            if kind in kinds:
                return name
        kind = kind.parent  # pyright: ignore[reportAssignmentType]
    return ""


class Colouring:
    """Colours one block of code given piece by piece, each piece seeing where the last left off.

    A lexer that is nothing but rules keeps its state in a stack, which is carried from piece to
    piece: a string that began in the first is still a string in the second. Other lexers begin
    afresh with every piece.
    """

    __slots__ = ("_language", "_lexer", "_stack")

    def __init__(self, language: str, stack: list[str] | None = None) -> None:
        """Begin a block.

        Args:
            language: As a fence names it.
            stack: The lexer's state to go on from, None at a block's beginning.
        """
        self._language = language
        self._lexer = lexer_for(language)
        self._stack = stack or ["root"]

    def fork(self) -> Colouring:
        """Another one that goes on from here, for a piece that may still change."""
        return Colouring(self._language, self._stack)

    def take(self, source: str) -> list[Run]:
        """The runs of a piece; the next one goes on from its end."""
        runs, self._stack = self._runs(source)
        return runs

    def _runs(self, source: str) -> tuple[list[Run], list[str]]:
        """The runs of a piece, and the lexer's stack at its end."""
        lexer = self._lexer
        if lexer is None or not _worth_it(source):
            return [("", source)], self._stack
        if type(lexer).get_tokens_unprocessed not in _STACKED:
            return list(
                _merged(_in_time(lexer.get_tokens_unprocessed(source), source))
            ), self._stack
        context = LexerContext(source, 0, list(self._stack))
        # The driver with a context reads nothing of a lexer but its rules, so it drives any.
        driver = cast("Callable[..., Tokens]", ExtendedRegexLexer.get_tokens_unprocessed)
        tokens = _in_time(driver(lexer, context=context), source)
        return list(_merged(tokens)), context.stack


_STACKED = (RegexLexer.get_tokens_unprocessed, ExtendedRegexLexer.get_tokens_unprocessed)


_BLANKS = re.compile(rf"(?<!\s)\s{{{limits.COLOURED_BLANKS + 1}}}")


def _worth_it(source: str) -> bool:
    if len(source) > limits.COLOURED or _BLANKS.search(source):
        return False
    longest = limits.COLOURED_LINE
    return len(source) <= longest or max(map(len, source.split("\n"))) <= longest


def _in_time(tokens: Tokens, source: str) -> Iterator[tuple[int, _TokenType, str]]:
    """The tokens of a source; from where their time is over, one without a role."""
    end = time.thread_time() + limits.COLOURING + limits.COLOURING_CHARACTER * len(source)
    done = 0
    for start, kind, text in tokens:
        yield start, kind, text
        done += len(text)
        if time.thread_time() > end:
            break
    if done < len(source):
        yield done, Token.Text, source[done:]


def _merged(tokens: Tokens) -> Iterator[Run]:
    """Neighbours of one role as one run: fewer elements for the browser, fewer bytes to it."""
    current, pieces = "", list[str]()
    for _, kind, text in tokens:
        name = role(kind)
        if name != current and not text.isspace():
            if pieces:
                yield current, "".join(pieces)
            current, pieces = name, []
        pieces.append(text)
    if pieces:
        yield current, "".join(pieces)
