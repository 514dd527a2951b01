"""While a text is written, its end is shown without flicker."""

from __future__ import annotations

import pytest

from webchat.rendering.blocks import Blocks
from webchat.rendering.incomplete_markdown import repaired


def tail(text: str) -> str:
    blocks = Blocks()
    blocks.update(text)
    return blocks.tail.strip()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a **bo", "a **bo**"),
        ("a **bold*", "a **bold**"),
        ("a **bold**", "a **bold**"),
        ("a **", "a"),
        ("a *it", "a *it*"),
        ("a ***x", "a ***x***"),
        ("**a *b", "**a *b***"),
        ("a ~~no", "a ~~no~~"),
        ("snake_case", "snake_case"),
        ("2 * 3", "2 * 3"),
        ("2*3 = 6", "2*3 = 6"),
        ("a `co", "a ` co `"),
        ("a `", "a"),
        ("a ``x`y", "a `` x`y ``"),
        ("a `x` b", "a `x` b"),
        ("[text](http://x", "text"),
        ("[text]", "text"),
        ("[te", "te"),
        ("a [x](http://y) b", "a [x](http://y) b"),
        ("![pic](htt", "pic"),
        ("**[te", "**te**"),
        ("a \\(x^2", "a ` x^2 `"),
        ("a $$x", "a ` x `"),
        ("a $5 and", "a $5 and"),
        ("a \\", "a"),
        ("- one **tw", "- one **tw**"),
        ("- one\n- ", "- one"),
        ("1. one\n2", "1. one"),
        ("- [ ] ta", "- [ ] ta"),
        ("a\n-", "a"),
        ("a\n===", "a"),
        ("a\n\n#", "a"),
        ("a\n\n```py", "a"),
        ("| a | b |\n|-", "| a | b |\n|---|---|"),
        ("| a | b |\n|:-:|--:|", "| a | b |\n|:-:|--:|"),
        ("| a | b |\n|---|---|\n| x | **y", "| a | b |\n|---|---|\n| x | **y**"),
        ("4", "4"),
        ("", ""),
    ],
)
def test_a_loose_end_is_tied(written: str, shown: str) -> None:
    assert repaired(written) == shown


def test_an_open_fence_is_a_code_block() -> None:
    html = tail("```python\nx = 1")
    assert html.startswith('<figure class="code" data-lang="python"')
    assert html.endswith('x = <span class="n">1</span></code></pre></figure>')


def test_half_a_closing_fence_is_not_shown_as_code() -> None:
    assert "`" not in tail("```\nx\n``")


def test_an_open_fence_in_a_list_is_a_code_block() -> None:
    html = tail("- do\n  ```py\n  x = **1\n")
    assert '<figure class="code" data-lang="py"' in html
    assert "**" in html


def test_half_a_table_is_a_table() -> None:
    assert "<table>" in tail("| a | b |\n|--")


def test_half_a_link_shows_its_text_and_no_address() -> None:
    assert tail("see [the text](https://exam") == "<p>see the text</p>"


def test_a_formula_that_is_not_closed_yet_is_shown_as_its_source() -> None:
    assert tail("$$\nx = \\frac{1") == '<p><code class="math-source">$$\nx = \\frac{1</code></p>'


def test_every_word_is_on_the_page_as_soon_as_it_is_written() -> None:
    text = "w1 **w2 w3** `w4 w5` [w6 w7](u) \n\n- w8\n- w9 *w10*\n\n"
    text += "| w11 | w12 |\n|---|---|\n| w13 | w14"
    for number in range(1, 15):
        end = text.index(f"w{number}") + len(f"w{number}")
        blocks = Blocks()
        blocks.update(text[:end])
        assert f"w{number}" in "".join(blocks.settled) + blocks.tail
