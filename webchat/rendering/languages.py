"""Which lexer colours a language, by the name that a fence gives it.

Lexers are Pygments' own, a chosen list, each made to count the rules that it tries: almost every
one has a text on which it is slow, and how much of a text is coloured must depend on the text only,
not on how fast the machine happens to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from inspect import signature
from re import Match
from types import FunctionType
from typing import Any

from pygments.lexer import Lexer, LexerContext, RegexLexer
from pygments.lexers import LEXERS, find_lexer_class

from webchat.rendering import limits

_LANGUAGES = frozenset(
    name + "Lexer"
    for line in (
        "Python PythonConsole PythonTraceback Cython Javascript TypeScript Jsx Tsx Json Yaml TOML",
        "Ini Bash BashSession PowerShell Sql MySql Html Xml Css Scss Sass",
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
_COUNTED_AT_ONCE = 8
_STRING_CONTENT = re.compile(r"""(?<!\\)\)([*+])(?=\\?["'`/]\Z)""")
"""Where a pattern ends with a group over and over, and a closing mark."""
_SUBSTITUTION = r"(\\\\|\\!|[^!])*", r"(\\\\|\\[^\\]|[^\\!])*"
"""What Perl's `s!a!b!` has between its marks, and the same with one way to read a backslash."""
LEFT_OUT = (
    r"((?!\d)(?:[\w$]|\\u",  # a function's head in C and its kin
    r"^([ \t]*)((?:@?[_A-Z",  # a method's head in C#
    r"((?:(?:[^\W\d]|\$)[\w.\[\]$<>?]*\s+)+?)",  # in Java
    r"^(\s*(?:[a-zA-Z_][\w.\[\]]*\s+)+?)",  # in Groovy
    r"[-]+([A-Za-z][\w+]*[-]*)+",  # a function's name with dashes in CSS
)
"""How the patterns of rules begin that take a text of some words apart in all ways there are."""


class OutOfStepsError(Exception):
    """A lexer has tried as many rules as it may."""


class Meter:
    """What a lexer may still do, in rules tried."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = 0

    def use(self, steps: int) -> None:
        """Some rules were tried, or what costs as much was done.

        Raises:
            OutOfStepsError: There were more than may be.
        """
        self.left -= steps
        if self.left < 0:
            raise OutOfStepsError


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a text a lexer is given at once.

    Attributes:
        piece: Characters. A longer text is given in parts, cut behind lines: a pattern that looks
            for what closes a comment or a string never looks further than its part.
        line: Characters of the longest line in a part; a part with a longer one is not coloured.
    """

    piece: int = limits.COLOURED
    line: int = limits.COLOURED_LINE


BOUNDS = {
    **dict.fromkeys(("C#", "Dart", "Django/Jinja", "Go"), Bounds(800)),
    **dict.fromkeys(("HTML", "Kotlin", "Vue", "XML"), Bounds(800)),
    **dict.fromkeys(("Awk", "Fortran", "Markdown", "Protocol Buffer"), Bounds(500)),
    "S": Bounds(400),
    **dict.fromkeys(("Bash Session", "OCaml"), Bounds(600, 200)),
    **dict.fromkeys(("Cython", "INI", "JSX", "Makefile"), Bounds(600, 120)),
    **dict.fromkeys(("Nix", "Python", "TSX", "VimL"), Bounds(600, 120)),
    **dict.fromkeys(("CSS", "Julia", "LessCss", "Matlab", "Terraform"), Bounds(400, 100)),
    **dict.fromkeys(("Scheme", "YAML"), Bounds(line=200)),
    "Python Traceback": Bounds(300, 120),
}
"""The languages whose lexers have patterns that take long for more, by name."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that can be coloured.

    Attributes:
        name: Its name, as Pygments has it.
        lexer: Its lexer, which uses up the meter.
        meter: To be filled before the lexer is used.
        bounds: How much of a text the lexer may be given at once.
    """

    name: str
    lexer: Lexer
    meter: Meter
    bounds: Bounds


@cache
def aliases() -> dict[str, str]:
    """Every name that one of our languages goes by, in lower case, and the language's own."""
    return _ALSO_CALLED | {
        alias: name
        for cls, (_, name, names, _, _) in LEXERS.items()
        if cls in _LANGUAGES
        for alias in names
    }


def language(alias: str) -> Language | None:
    """The language that a fence names, None when it is not known."""
    name = aliases().get(alias.lower())
    return _language(name) if name else None


def load_lexers() -> None:
    """Compile every lexer, about a second of work that would else be done at first use."""
    for name in set(aliases().values()):
        _language(name)


@cache
def _language(name: str) -> Language:
    cls = find_lexer_class(name)
    assert cls, "a name of Pygments' own"
    # Markdown's lexer would pick lexers for the code inside by name, from all that there are.
    options = {"stripnl": False, "ensurenl": False, "handlecodeblocks": False}
    lexer, meter = cls(**options), Meter()
    _count_rules(lexer, meter)
    return Language(name, lexer, meter, BOUNDS.get(name, Bounds()))


def _count_rules(lexer: Any, meter: Meter) -> None:
    """Make a lexer count the rules that it tries.

    Every few of a state's rules there is one more, which matches nothing and counts: nearly as
    exact as counting each, and ten times cheaper.
    """
    if hasattr(lexer, "_innerLexerCls"):  # a lexer of sessions, that makes one for the commands
        inner = lexer._innerLexerCls(**lexer.options)
        _count_rules(inner, meter)
        lexer._innerLexerCls = lambda **_: inner
    if not isinstance(lexer, RegexLexer):
        return
    compiled: Any = lexer

    def count(text: str, position: int, end: int = 0) -> None:
        meter.use(_COUNTED_AT_ONCE)

    counter = (count, None, None)
    compiled._tokens = {
        state: _with_counters(rules, counter) for state, rules in compiled._tokens.items()
    }


def _with_counters(rules: list[Any], counter: Any) -> list[Any]:
    """A state's rules, a counter before every few of them."""
    rules = [
        (_linear(match), _with_context(action), state)
        for match, action, state in rules
        if not match.__self__.pattern.startswith(LEFT_OUT)
    ]
    counted: list[Any] = []
    for start in range(0, len(rules) or 1, _COUNTED_AT_ONCE):
        counted += [counter, *rules[start : start + _COUNTED_AT_ONCE]]
    return counted


def _linear(match: Any) -> Any:
    """A rule's match, a string's content never read in a second way when its end is not found.

    Rules for strings often are such that a character can be read in two ways, which all are tried
    where the closing mark is missing: twice as many with each character.
    """
    pattern = match.__self__
    content = _STRING_CONTENT.sub(r")\1+", pattern.pattern.replace(*_SUBSTITUTION))
    return match if content == pattern.pattern else re.compile(content, pattern.flags).match


def _with_context(action: Any) -> Any:
    """A rule's action as the driver with a context calls it: a few take none."""
    if not isinstance(action, FunctionType) or len(signature(action).parameters) > 2:
        return action

    def act(lexer: Lexer, match: Match[str], context: LexerContext | None = None) -> Iterator[Any]:
        yield from action(lexer, match)
        if context is not None:
            context.pos = match.end()

    return act
