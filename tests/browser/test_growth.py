"""A block that grows is what it would be if it were drawn anew, and what stood in it stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.texts import MARKDOWN
from tests.running import ROOT
from tests.unit.rendering.hostile import STRINGS
from tests.unit.rendering.markdown_samples import ANSWER, FRAGMENTS
from webchat.rendering.blocks import Blocks

pytestmark = pytest.mark.asyncio(loop_scope="session")

GROWTH = ROOT / "webchat" / "views" / "browser" / "growth.js"


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page that has the script that makes a block grow."""
    context = await browser.new_context()
    page = await context.new_page()
    script = GROWTH.read_text() + "\nglobalThis.show = show;"
    await page.add_script_tag(type="module", content=script)
    await page.wait_for_function("() => Boolean(globalThis.show)")
    yield page
    await context.close()


def growth(text: str) -> Iterator[str]:
    """The HTML of what grows at the end of a text, token by token."""
    blocks = Blocks()
    for end in range(0, len(text) + 3, 3):
        blocks.update(text[:end])
        yield blocks.tail


GROWN = """(steps) => {
  const grown = document.createElement("div"), anew = document.createElement("div");
  let before = "";
  return steps.filter((html) => {
    show(grown, before, html);
    anew.innerHTML = before = html;
    grown.normalize();
    return !grown.isEqualNode(anew);
  });
}"""


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([MARKDOWN, ANSWER, "\n\n".join(FRAGMENTS)], id="answers"),
        pytest.param(STRINGS, id="hostile texts"),
    ],
)
async def test_a_block_that_grows_is_the_same_as_one_drawn_anew(
    page: Page, texts: list[str]
) -> None:
    for text in texts:
        assert await page.evaluate(GROWN, list(growth(text))) == [], text


async def test_what_one_has_selected_stays_selected_while_words_come(page: Page) -> None:
    selected = await page.evaluate(
        """() => {
          const box = document.body.appendChild(document.createElement("div"));
          show(box, "", "<p>One <b>two</b> three</p>\\n");
          getSelection().selectAllChildren(box.querySelector("b"));
          show(box, "<p>One <b>two</b> three</p>\\n", "<p>One <b>two</b> three four</p>\\n");
          return [box.textContent, getSelection().toString()];
        }"""
    )
    assert selected == ["One two three four\n", "two"]
