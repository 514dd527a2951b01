"""Source code in colours, in pieces that go on from each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from pygments.lexer import RegexLexer
from pygments.lexers import find_lexer_class

from webchat.rendering.code import language_of
from webchat.rendering.code_tokens import Colouring
from webchat.rendering.languages import LEFT_OUT, aliases, language, load_lexers
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


def test_a_string_without_its_end_is_read_once() -> None:
    source = (
        "$'" + "\\0" * 200 + "\n"
    )  # reading it in all ways would take longer than anybody lives
    assert "".join(text for _, text in Colouring("bash").take(source)) == source


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
