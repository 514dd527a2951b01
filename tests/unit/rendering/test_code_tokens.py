"""Source code in colours, in pieces that go on from each other."""

from __future__ import annotations

import pytest
from pygments.lexer import RegexLexer

from webchat.rendering import code_tokens, limits
from webchat.rendering.code import language_of
from webchat.rendering.code_tokens import Colouring, lexer_for, load_lexers


@pytest.mark.parametrize("name", ["py", "Python", "c++", "jsonc", "sh", "tsx", "yml", "golang"])
def test_usual_names_of_languages_are_known(name: str) -> None:
    assert lexer_for(name)


@pytest.mark.parametrize("name", ["", "text", "klingon", "http", "../../etc/passwd", "<script>"])
def test_other_names_are_plain_text(name: str) -> None:
    assert Colouring(name).take("if x") == [("", "if x")]


def test_every_language_on_the_list_exists_and_loses_no_character() -> None:
    source = "def f(x):\n    return {'a': 1, \"b\": [2.5, null]} # c\n<a b='c'>&d;</a> /* e */\n"
    for name in code_tokens._aliases():
        assert "".join(text for _, text in Colouring(name).take(source)) == source


def test_code_that_takes_long_to_colour_goes_on_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "if x:\n" * 100
    monkeypatch.setattr(limits, "COLOURING", 10.0)
    assert len(Colouring("python").take(source)) > 100
    monkeypatch.setattr(limits, "COLOURING", 0.0)
    monkeypatch.setattr(limits, "COLOURING_CHARACTER", 0.0)
    runs = Colouring("python").take(source)
    assert "".join(text for _, text in runs) == source
    assert len(runs) <= 3


def test_a_lexer_that_was_loaded_has_nothing_left_to_compile() -> None:
    load_lexers()
    for name in code_tokens._aliases():
        lexer = lexer_for(name)
        assert not isinstance(lexer, RegexLexer) or hasattr(lexer, "_tokens")


def test_pieces_of_a_string_are_a_string() -> None:
    colouring = Colouring("python")
    colouring.take('x = """a\n')
    assert colouring.fork().take("if b\n") == [("s", "if b\n")]
    colouring.take('c"""\n')
    assert colouring.take("if")[0] == ("k", "if")


def test_code_too_long_for_colours_is_still_there() -> None:
    source = "x = 1\n" * 2_000
    assert Colouring("python").take(source) == [("", source)]


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("js {1,3} title=x", "js"),
        ("{.ruby onclick=x}", ".ruby"),
        ('"><script>', "script"),
        ("c++", "c++"),
        ("a" * 99, "a" * 24),
        ("", ""),
        ("  ", ""),
    ],
)
def test_the_language_is_the_first_word_of_the_info_string(info: str, language: str) -> None:
    assert language_of(info) == language
