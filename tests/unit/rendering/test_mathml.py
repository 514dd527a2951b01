"""LaTeX becomes MathML, or stays what it is."""

from __future__ import annotations

import pytest

from webchat.rendering import limits
from webchat.rendering.mathml import formula


def test_a_formula_in_a_line_and_on_its_own() -> None:
    inline = '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    assert formula("x^2", False) == f'<span class="math">{inline}</span>'
    block = formula("x^2", True)
    assert block.startswith('<span class="math-block" role="group" tabindex="0" aria-label="x^2">')
    assert '<math display="block">' in block


def test_a_wide_formula_in_a_line_gets_a_box_that_scrolls() -> None:
    assert 'class="math-block"' in formula("+".join("abcdefghij" * 5), False)


@pytest.mark.parametrize("name", ["aligned", "align", "align*", "gathered", "gather*"])
def test_environments_that_the_converter_lacks_are_tables(name: str) -> None:
    html = formula(f"\\begin{{{name}}}a&=b\\\\c&=d\\end{{{name}}}", True)
    assert html.count("<mtr>") == 2
    assert "(1)" not in html


@pytest.mark.parametrize(
    "latex",
    [
        "\\left(",
        "\\begin{matrix}",
        "\\def\\a{\\a\\a}\\a",
        "\\newcommand{\\x}{y}\\x",
        "\\href{javascript:alert(1)}{x}",
        "x" * (limits.FORMULA + 1),
        "{" * 500,
        "\\sqrt" * 500,
        "x^" * 500,
    ],
)
def test_what_cannot_be_read_or_should_not_is_shown_as_its_source(latex: str) -> None:
    assert formula(latex, True).startswith('<code class="math-source">')


def test_text_in_a_formula_is_text() -> None:
    assert "<mtext>&lt;b&gt;&amp;lt;</mtext>" not in formula("\\text{<b>}", False)
    assert "<mtext>&lt;b&gt;</mtext>" in formula("\\text{<b>}", False)
    assert "<mtext>&lt;i&gt;</mtext>" in formula("\\text{&lt;i&gt;}", False)


def test_a_formula_cannot_ask_for_more_room_than_there_is() -> None:
    assert "width" not in formula("\\hspace{9999em}x", False)
    assert 'width="2em"' in formula("\\hspace{2em}x", False)
