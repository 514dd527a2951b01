"""Source code to coloured tokens: what role each piece of it has.

Knows Pygments, not HTML. What is coloured depends on the text and its language alone: a lexer that
has tried more rules than usual code needs, by the text's length, leaves the rest of it plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import cast

from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
from pygments.token import Token, _TokenType

from webchat.rendering import limits
from webchat.rendering.languages import Language, OutOfStepsError, language

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

    __slots__ = ("_alias", "_language", "_stack")

    def __init__(self, alias: str, stack: list[str] | None = None) -> None:
        """Begin a block.

        Args:
            alias: Its language, as a fence names it.
            stack: The lexer's state to go on from, None at a block's beginning.
        """
        self._alias = alias
        self._language = language(alias)
        self._stack = stack or ["root"]

    def fork(self) -> Colouring:
        """Another one that goes on from here, for a piece that may still change."""
        return Colouring(self._alias, self._stack)

    def take(self, source: str) -> list[Run]:
        """The runs of a piece; the next one goes on from its end."""
        if self._language is None or not _may_be_coloured(source):
            return [("", source)]
        return list(_merged(self._tokens(self._language, source)))

    def _tokens(self, language: Language, source: str) -> Tokens:
        """The tokens of a piece; from where the lexer is out of steps, one without a role."""
        meter, done = language.meter, 0
        meter.left = limits.COLOURING + limits.COLOURING_CHARACTER * len(source)
        try:
            for lines in _cut(source, language.bounds.piece):
                for start, kind, text in self._lexed(language, lines):
                    meter.use(limits.COLOURING_TOKEN)
                    yield start, kind, text
                    done += len(text)
        except OutOfStepsError:
            yield done, Token.Text, source[done:]

    def _lexed(self, language: Language, lines: str) -> Tokens:
        """The tokens of some lines, from the lexer's state, which is then that at their end."""
        if max(map(len, lines.split("\n"))) > language.bounds.line:
            yield 0, Token.Text, lines
            return
        context = LexerContext(lines, 0, list(self._stack))
        try:
            yield from _driven(language.lexer, context)
        finally:
            self._stack = context.stack


def _cut(source: str, most: int) -> Iterator[str]:
    """A text in parts of so many characters at most, cut behind lines where it has any."""
    start = 0
    while len(source) - start > most:
        end = source.rfind("\n", start, start + most) + 1 or start + most
        yield source[start:end]
        start = end
    yield source[start:]


_STACKED = (RegexLexer.get_tokens_unprocessed, ExtendedRegexLexer.get_tokens_unprocessed)


def _driven(lexer: Lexer, context: LexerContext) -> Tokens:
    """The tokens of a text, from the state in its context, which is left as it is at the end."""
    if type(lexer).get_tokens_unprocessed not in _STACKED:
        return lexer.get_tokens_unprocessed(context.text)
    # The driver with a context reads nothing of a lexer but its rules, so it drives any.
    driver = cast("Callable[..., Tokens]", ExtendedRegexLexer.get_tokens_unprocessed)
    return driver(lexer, context=context)


_BLANKS = re.compile(rf"(?<!\s)\s{{{limits.COLOURED_BLANKS + 1}}}")


def _may_be_coloured(source: str) -> bool:
    """Whether a piece is of a size and shape that no lexer takes long for."""
    return len(source) <= limits.COLOURED and not _BLANKS.search(source)


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
