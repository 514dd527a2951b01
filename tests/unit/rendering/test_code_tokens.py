"""Source code in colours, in pieces that go on from each other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest
from pygments.lexer import RegexLexer
from pygments.lexers import find_lexer_class

from tests.unit.rendering.lexer_shapes import WORST, text_of
from webchat.rendering import limits
from webchat.rendering.code import language_of
from webchat.rendering.code_tokens import Colouring
from webchat.rendering.languages import BOUNDS, LEFT_OUT, aliases, language, load_lexers
from webchat.rendering.markdown import render

ORDINARY = {
    "python": "    for name, price in sorted(prices.items(), key=by_price):  # the cheapest\n",
    "c++": "  for (int i = 0; i < count; ++i) { total += prices[i]; }  // sum\n",
    "perl": "  my ($name, $price) = @_; $prices{$name} ||= compute($price);\n",
    "java": "    public static List<String> of(Map<String, Integer> it) { return null; }\n",
    "js": "const f = async ({a, b}) => { await g(a?.x ?? `${b}`); return [a, ...b]; };\n",
    "markdown": "- [link](https://a.example/b) and **bold** words, `code`, *more*\n",
    "json": '{"a": [1, 2.5, null, true], "b": {"c": "text \\u00e9"}},\n',
    "sql": "SELECT a.id, count(*) FROM a JOIN b ON a.id = b.a WHERE b.x > 3 GROUP BY 1;\n",
    "html": '<li class="a"><a href="/b?c=d&amp;e">text</a><br></li>\n',
    "rust": "    let names: Vec<_> = people.iter().map(|one| one.name()).collect();\n",
    "bash": 'for name in "$@"; do [ -f "$name" ] && echo $\'a\\tb\' | sed -e s/a/b/; done\n',
}
"""Lines as people write them."""


@pytest.mark.parametrize("name", ["py", "Python", "c++", "jsonc", "sh", "tsx", "yml", "golang"])
def test_usual_names_of_languages_are_known(name: str) -> None:
    assert language(name)


@pytest.mark.parametrize("name", ["", "text", "klingon", "http", "../../etc/passwd", "<script>"])
def test_other_names_are_plain_text(name: str) -> None:
    assert Colouring(name).take("if x") == [("", "if x")]


def test_every_language_on_the_list_exists_and_loses_no_character() -> None:
    source = "def f(x):\n    return {'a': 1, \"b\": [2.5, null]} # c\n<a b='c'>&d;</a> /* e */\n"
    for name in aliases():
        assert "".join(text for _, text in Colouring(name).take(source)) == source


def test_how_much_is_coloured_depends_on_the_text_alone_and_the_rest_is_plain() -> None:
    hostile = "¬" * 400 + "\n"
    runs = [Colouring("c++").take(hostile * 5) for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]
    assert "".join(text for _, text in runs[0]) == hostile * 5
    assert runs[0][-1][0] == "" and len(runs[0][-1][1]) > len(hostile)


@pytest.mark.parametrize("language_name", ORDINARY)
def test_usual_code_is_coloured_to_its_end(language_name: str) -> None:
    source = ORDINARY[language_name] * 30
    found = language(language_name)
    assert found
    Colouring(language_name).take(source)
    assert found.meter.left > 0


def test_rules_that_are_left_out_are_there_to_be_left_out() -> None:
    for beginning, name in zip(LEFT_OUT, ("C++", "C#", "Java", "Groovy", "CSS"), strict=True):
        cls = find_lexer_class(name)
        assert cls
        own, kept = cls(), language(name.lower())
        assert kept
        assert any(pattern.startswith(beginning) for pattern in patterns_of(own))
        assert not any(pattern.startswith(beginning) for pattern in patterns_of(kept.lexer))


def patterns_of(lexer: Any) -> list[str]:
    matches = [match for rules in lexer._tokens.values() for match, _, _ in rules]
    return [match.__self__.pattern for match in matches if hasattr(match, "__self__")]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("java", "a " * 200),
        ("c", "::*\t/**\\\n/A" + "//\\\n\t" * 60),
        ("c#", "a\n" * 400),
        ("groovy", "a\n" * 400),
        ("css", "a{b:-" + "a" * 300 + "!"),
    ],
)
def test_words_that_could_be_a_head_are_read_in_one_way(name: str, source: str) -> None:
    run = Colouring(name).take
    once, twice = (
        least(lambda part=part: run(part)) for part in (source[: len(source) // 2], source)
    )
    assert twice <= 3 * once + 0.002


def least(action: Callable[[], object]) -> float:
    """The least CPU time of several tries, in seconds."""
    times = list[float]()
    for _ in range(7):
        start = time.thread_time()
        action()
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize(("name", "begin", "body"), [("bash", "$'", "\\0"), ("perl", "s!", "\\\\")])
def test_a_string_without_its_end_is_read_once(name: str, begin: str, body: str) -> None:
    source = begin + body * 200 + "\n"  # to read it in all ways would never end
    assert "".join(text for _, text in Colouring(name).take(source)) == source


@pytest.mark.parametrize("name", BOUNDS)
def test_a_slow_lexer_is_given_little_at_once(name: str) -> None:
    bounds, found = BOUNDS[name], language(name_of(name))
    assert found
    for line in (bounds.line - 1, 60):
        source = text_of(*WORST[name], limits.COLOURED, line)
        colouring = Colouring(name_of(name))
        texts = lexed_texts(partial(colouring.take, source))
        assert texts
        assert max(map(len, texts)) <= bounds.piece
        assert max(len(line) for text in texts for line in text.split("\n")) <= bounds.line
        tried = limits.COLOURING + limits.COLOURING_CHARACTER * len(source) - found.meter.left
        assert 0 < tried <= 2 * limits.COLOURING_CHARACTER * len(source)


@pytest.mark.parametrize("name", [name for name in BOUNDS if BOUNDS[name].line < 500])
def test_a_line_too_long_for_its_lexer_is_not_given_to_it(name: str) -> None:
    begin, body = WORST[name]
    source = (begin + body * 500)[: BOUNDS[name].line + 1]
    assert lexed_texts(partial(Colouring(name_of(name)).take, source)) == []
    assert Colouring(name_of(name)).take(source) == [("", source)]


def test_only_the_part_with_a_line_too_long_is_plain() -> None:
    long_line = "x = " + "1" * BOUNDS["Python"].line + "\n"
    runs = Colouring("python").take(long_line + "if x: pass\n" * 100)
    assert 0 < sum(text.count("if") for role, text in runs if role == "k") < 100


def name_of(language_name: str) -> str:
    """A name by which a fence may call a language."""
    return next(alias for alias, name in aliases().items() if name == language_name)


def lexed_texts(action: Callable[[], object]) -> list[str]:
    """The texts that lexers are given meanwhile."""
    texts = list[str]()

    def see(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == "get_tokens_unprocessed":
            context = frame.f_locals.get("context")
            texts.append(context.text if context else frame.f_locals["text"])

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        action()
    finally:
        sys.setprofile(before)
    return texts


def test_usual_code_longer_than_what_a_lexer_is_given_is_coloured_to_its_end() -> None:
    source = 'func name() string {\n\treturn "text"  // why\n}\n' * 40
    runs = Colouring("go").take(source)
    assert [text for role, text in runs if role == "c"] == ["// why\n"] * 40


def test_code_fences_within_markdown_within_a_fence_are_shown() -> None:
    html = render("````markdown\n# x\n```python\nx = 1\n```\n````\n")
    assert "x = 1" in html and "<figure" in html


def test_a_lexer_that_was_loaded_has_nothing_left_to_compile() -> None:
    load_lexers()
    for name in aliases():
        found = language(name)
        assert found
        assert not isinstance(found.lexer, RegexLexer) or hasattr(found.lexer, "_tokens")


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
