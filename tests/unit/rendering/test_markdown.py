"""What markdown becomes on the page."""

from __future__ import annotations

import pytest

from webchat.rendering.markdown import render

REL = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*a* **b** ~~c~~ `d`", "<em>a</em> <strong>b</strong> <s>c</s> <code>d</code>"),
        ("one\ntwo", "one<br>\ntwo"),
        ("a <br> b<br/>c", "a <br>\n b<br>\nc"),
        ("a <b>x</b> &amp; <c>", "a &lt;b&gt;x&lt;/b&gt; &amp; &lt;c&gt;"),
        ("[a](https://x.y)", f'<a href="https://x.y" {REL}>a</a>'),
        ('[a](https://x.y "t")', f'<a href="https://x.y" title="t" {REL}>a</a>'),
        ("[a](mailto:b@x.y)", f'<a href="mailto:b@x.y" {REL}>a</a>'),
        ("[a](./b.py)", "a"),
        ("[**a**](javascript:x)", "<strong>a</strong>"),
        ("see https://x.y/a_b(c).", f'see <a href="https://x.y/a_b(c)" {REL}>https://x.y/a_b(c)</a>.'),
        ("(www.x.org)", f'(<a href="https://www.x.org" {REL}>www.x.org</a>)'),
        ("<https://x.y>", f'<a href="https://x.y" {REL}>https://x.y</a>'),
        ("[a][b]", "[a][b]"),
        ("$5 and $10", "$5 and $10"),
    ],
)  # fmt: skip
def test_inline_markdown(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>\n"


def test_a_formula_in_a_line_stands_beside_money() -> None:
    html = render("costs $5, then \\(x\\) and $6")
    formula = '<span class="math"><math display="inline"><mrow><mi>x</mi></mrow></math></span>'
    assert html == f"<p>costs $5, then {formula} and $6</p>\n"


def test_headings_keep_their_level() -> None:
    assert render("# a\n\n###### b") == "<h1>a</h1>\n<h6>b</h6>\n"


def test_a_definition_of_a_link_is_shown_with_its_address_as_a_link() -> None:
    html = render("[1]: https://x.y/z")
    assert html == f'<p>[1]: <a href="https://x.y/z" {REL}>https://x.y/z</a></p>\n'


def test_tasks_say_whether_they_are_done_without_being_form_elements() -> None:
    html = render("- [x] a\n- [ ] b\n- c")
    assert '<li data-task="done"><span class="task" role="img" aria-label="Done">' in html
    assert '<li data-task="open"><span class="task" role="img" aria-label="To do">' in html
    assert "<li>c</li>" in html
    assert "<input" not in html


def test_a_table_stands_in_a_box_that_scrolls_and_takes_the_focus() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1<br>2 | `x` |")
    assert html.startswith(
        '<div class="table" role="group" aria-label="Table" tabindex="0"><table>'
    )
    assert '<th data-align="center">a</th>' in html
    assert '<td data-align="right"><code>' in html
    assert "1<br>" in html


def test_code_has_a_bar_with_its_language_and_a_button_that_copies() -> None:
    html = render("```Python title=x\nif x: pass\n```")
    assert '<figure class="code" data-lang="Python" data-code="1">' in html
    assert '<span class="code-lang">Python</span>' in html
    assert '<button class="code-copy" type="button" data-copy="">Copy</button>' in html
    assert '<pre tabindex="0"><code><span class="k">if </span>x: <span class="k">pass' in html


def test_code_of_a_language_that_nobody_knows_is_plain() -> None:
    assert "<code>if x: pass\n</code>" in render("```klingon\nif x: pass\n```")


def test_an_image_within_a_link_is_its_words() -> None:
    html = render("[![logo](https://x.y/l.png)](https://x.y)")
    assert html == f'<p><a href="https://x.y" {REL}>logo</a></p>\n'


@pytest.mark.parametrize(
    "source",
    ["$$\nx\n\n= y\n$$", "\\[\nx\n\n= y\n\\]", "a\n$$\nx = y\n$$\nb", "- a\n\n  $$\n  x = y\n  $$"],
)
def test_formulas_on_their_own_lines_may_hold_empty_lines_and_marks(source: str) -> None:
    html = render(source)
    assert '<math display="block"><mrow><mi>x</mi><mo>=</mo><mi>y</mi></mrow></math>' in html
    assert "$$" not in html


def test_a_formula_that_never_ends_is_text() -> None:
    assert render("$$\nx") == "<p>$$<br>\nx</p>\n"


def test_html_around_and_in_markdown_is_text() -> None:
    html = render("<div>\n\n**a**\n\n</div>")
    assert html == "<p>&lt;div&gt;</p>\n<p><strong>a</strong></p>\n<p>&lt;/div&gt;</p>\n"
