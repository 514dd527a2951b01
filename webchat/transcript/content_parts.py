"""From a block of a message to the part that shows it. Tool calls are not its business."""

from __future__ import annotations

from webchat.transcript.content import read_image
from webchat.transcript.draft import ContentBlock, Draft
from webchat.transcript.parts import Image, Notice, Part, Reasoning, Text


def block_part(block: ContentBlock, growing: bool) -> Part | None:
    """The part for a block.

    Args:
        block: Of any kind but `call`.
        growing: Whether more is expected.

    Returns:
        None while there is nothing to be seen in it.
    """
    if block.kind == "image":
        return image_part(block)
    if block.kind not in ("text", "reasoning"):
        return notice_part(block)
    text = block.buffer.text
    if not text or text.isspace():
        return None
    if block.kind == "text":
        return Text(block.id, text, growing)
    return Reasoning(block.id, text, growing, block.started_at, block.ended_at)


def image_part(block: ContentBlock) -> Image:
    """The part for an image block."""
    picture = read_image(block.data)
    return Image(block.id, picture.url, picture.data, picture.mime_type, picture.alt)


def notice_part(block: ContentBlock) -> Notice:
    """The part for a block of a type that we do not know."""
    kind = block.data.get("type") if isinstance(block.data, dict) else None
    return Notice(block.id, kind if isinstance(kind, str) else "content", block.data)


def message_notice(draft: Draft) -> Notice:
    """The part for a message that is neither side's: its text, or else its JSON."""
    return Notice(f"{draft.key}/notice", draft.message.type, draft.text() or draft.message.raw)
