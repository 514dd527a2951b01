"""A finished markdown text as safe HTML. For one that grows, see `blocks`."""

from __future__ import annotations

from webchat.rendering.blocks import Blocks


def render(text: str) -> str:
    """The HTML of a whole text: the same that it has after it grew.

    Args:
        text: Markdown from anybody, of any length.

    Returns:
        HTML for `innerHTML`: nothing in it runs, and it fetches nothing.
    """
    blocks = Blocks()
    blocks.update(text)
    blocks.finish()
    return "".join(blocks.settled)
