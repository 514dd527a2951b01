"""Code that a lexer could take long for: usual suspects, and shapes made from its own rules."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from re import _constants as op  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

from webchat.rendering import limits
from webchat.rendering.languages import Language

ATOMS = [
    *"aA0 \t\n_é¬\"'`\\/*#@$%()[]{}<>=:;,.-+&|!?",
    *(
        '"""',
        "'''",
        '\\"',
        "\\\\",
        "a ",
        "A ",
        "a.",
        "a:",
        "a::",
        "a=",
        "a =",
        "a(",
        "a<",
        "a,",
        "a\n",
    ),
    *("0x", "1e", "1_", "1.", "/*", "*/", "//", "<!--", "<a ", "</", "<?", "{{", "{%", "${", "#{"),
    *("(*", "{-", "--", "<<A\n", "<<", "r'", "=begin\n", "%w(", "@a(", "~~~", "```", "$a", "#if "),
    *("a b ", "$("),
]
"""What is repeated."""

OPENERS = [
    '"',
    "'",
    "`",
    '"""',
    "/*",
    "//",
    "#",
    "<",
    "<!--",
    "{",
    "(",
    "[",
    "<<A\n",
    "a = ",
    "@",
    "$(",
]
FILLERS = ["a", " ", "\t", "\\", "\\a", "a ", "0", "(", "<", '"', "a,", "$", "{", "=", "-", "*"]
WORST = {
    "Awk": ("", '\\"'),
    "Bash Session": ("", "a::"),
    "C#": ("", "/*a,"),
    "CSS": ("a{", "a----"),
    "Cython": ('"%', "0"),
    "Dart": ("", "/*{"),
    "Django/Jinja": ("", "#{"),
    "Fortran": ("", '\\"'),
    "Go": ("", '\\"'),
    "HTML": ("", "<?"),
    "INI": ("", " \t=    "),
    "JSX": ("<a ", "-"),
    "Julia": ("", "¬"),
    "Kotlin": ("", "inline    "),
    "LessCss": ("", "/*0"),
    "Makefile": ("", "-"),
    "Markdown": ("", "[ "),
    "Matlab": ("properties (", "_"),
    "Nix": ("", "a."),
    "OCaml": ("//", "0"),
    "Protocol Buffer": ("", "/*$"),
    "Python": ('"%', "0"),
    "Python Traceback": ("", '  File "a", line 0000'),
    "S": ('"""', "$"),
    "Scheme": ("", "#d#i.0000"),
    "TSX": ("<a ", "-"),
    "Terraform": (" ", "a"),
    "VimL": ("\tpytho<<0", "/"),
    "Vue": ("", "<?"),
    "XML": ("", "<?"),
    "YAML": ("", "*"),
}
"""What a lexer with bounds of its own takes longest for: what begins it, and what it repeats."""
LINES = (limits.COLOURED_LINE - 10, 60)
"""Characters after which a shape without line ends gets some."""


def shapes(language: Language) -> Iterator[tuple[list[str], str, str]]:
    """Shapes for a lexer: its stack at the beginning, what begins them, and what they repeat."""
    for atom in ATOMS:
        yield ["root"], "", atom
    for opener in OPENERS:
        for filler in FILLERS:
            yield ["root"], opener, filler
            yield ["root"], "", opener + filler
    for state, patterns in _patterns(language.lexer).items():
        stack = ["root"] if state == "root" else ["root", state]
        for pattern, flags in patterns:
            for begin, body in sorted(set(_pumps(pattern, flags))):
                yield stack, begin, body
                yield stack, "", begin + body * 4


def text_of(begin: str, body: str, size: int, line: int) -> str:
    """A shape of about so many characters, in lines of about so many."""
    if not body:
        return ""
    if "\n" in body or "\n" in begin:
        whole = begin + body * (size // len(body) + 1)
        return whole[:size]
    one = begin + body * ((line - len(begin)) // len(body) + 1)
    return ((one[:line] + "\n") * (size // line + 1))[:size]


def going_on(begin: str, body: str, size: int, line: int) -> str:
    """A shape of about so many characters whose beginning comes once."""
    whole = begin + (body or " ") * (size // len(body or " ") + 1)
    return re.sub(rf"([^\n]{{{line}}})", r"\1\n", whole)[:size]


def _patterns(lexer: Any) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for state, rules in getattr(lexer, "_tokens", {}).items():
        compiled = (getattr(match, "__self__", None) for match, _, _ in rules)
        found[state] = [(each.pattern, each.flags) for each in compiled if each is not None]
    return found


def _pumps(pattern: str, flags: int) -> Iterator[tuple[str, str]]:
    """What may come before each repetition in a pattern, and what is repeated."""
    tree = parser.parse(pattern, flags & ~re.TEMPLATE if hasattr(re, "TEMPLATE") else flags)
    for seed in range(4):
        chance = random.Random(seed)
        yield from _walk(list(tree), "", chance)


def _walk(nodes: list[Any], before: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    for kind, value in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, inner = value
            yield from _walk(list(inner), before, chance)
            if most > 10 and (body := _sample(list(inner), chance)):
                yield before, body
            before += _sample(list(inner), chance) * least
        elif kind is op.SUBPATTERN:
            yield from _walk(list(value[3]), before, chance)
            before += _sample(list(value[3]), chance)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _walk(list(branch), before, chance)
            before += _sample(list(chance.choice(value[1])), chance)
        elif kind in (op.ASSERT, op.ATOMIC_GROUP):
            inner = value[1] if kind is op.ASSERT else value
            if kind is op.ASSERT and value[0] < 0:
                continue
            yield from _walk(list(inner), before, chance)
            if kind is op.ATOMIC_GROUP:
                before += _sample(list(inner), chance)
        else:
            before += _sample([(kind, value)], chance)


def _sample(nodes: list[Any], chance: random.Random) -> str:
    """A short text that some nodes match, or nearly."""
    text = ""
    for kind, value in nodes:
        if kind is op.LITERAL:
            text += chr(value)
        elif kind in (op.NOT_LITERAL, op.ANY):
            text += chance.choice('a "\\(0') if kind is op.ANY or value == 97 else "a"
        elif kind is op.IN:
            text += _member(value, chance)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            text += _sample(list(value[2]), chance) * max(
                value[0], chance.choice((0, 1)) * (value[1] > 0)
            )
        elif kind is op.SUBPATTERN:
            text += _sample(list(value[3]), chance)
        elif kind is op.BRANCH:
            text += _sample(list(chance.choice(value[1])), chance)
        elif kind is op.ATOMIC_GROUP:
            text += _sample(list(value), chance)
    return text


def _member(items: list[Any], chance: random.Random) -> str:
    """One character of a set."""
    source = items[1:] if items[0][0] is op.NEGATE else items
    candidates = list("a \\\"'(0A_\n.*/{$-=<\t")
    for kind, value in source[:20]:  # sets of Unicode's letters have hundreds of ranges
        if kind is op.LITERAL:
            candidates.append(chr(value))
        elif kind is op.RANGE:
            candidates += [chr(value[0]), chr(value[1])]
    inside = [each for each in candidates if _is_in(items, each)]
    return chance.choice(inside) if inside else "a"


def _is_in(items: list[Any], character: str) -> bool:
    negated, found = items[0][0] is op.NEGATE, False
    for kind, value in items:
        if kind is op.LITERAL:
            found |= ord(character) == value
        elif kind is op.RANGE:
            found |= value[0] <= ord(character) <= value[1]
        elif kind is op.CATEGORY:
            found |= _is_of(value, character)
    return found != negated


def _is_of(category: Any, character: str) -> bool:
    name = str(category)
    word = character.isalnum() or character == "_"
    known = {"WORD": word, "DIGIT": character.isdigit(), "SPACE": character.isspace()}
    wanted = known[name.rpartition("_")[2]]
    return wanted != ("_NOT_" in name)
