"""From a block of a message to the part that shows it. Tool calls are not its business."""

from __future__ import annotations

from webchat.transcript.content import read_image
from webchat.transcript.draft import ContentBlock, Draft
from webchat.transcript.parts import Image, Notice, Part, Reasoning, Text


def block_part(block: ContentBlock, growing: bool, message_id: str | None) -> Part | None:
    """The part for a block.

    Args:
        block: Of any kind but `call`.
        growing: Whether more is expected.
        message_id: The id of the block's message.

    Returns:
        None while there is nothing to be seen in it.
    """
    if block.kind == "image":
        return image_part(block, message_id)
    if block.kind not in ("text", "reasoning"):
        return notice_part(block, message_id)
    text = block.buffer.text
    if not text or text.isspace():
        return None
    if block.kind == "text":
        return Text(block.id, text, growing, message_id)
    return Reasoning(block.id, text, growing, block.started_at, block.ended_at, message_id)


def image_part(block: ContentBlock, message_id: str | None) -> Image:
    """The part for an image block."""
    found = read_image(block.data)
    return Image(block.id, found.url, found.data, found.mime_type, found.alt, message_id)


def notice_part(block: ContentBlock, message_id: str | None) -> Notice:
    """The part for a block of a type that we do not know."""
    kind = block.data.get("type") if isinstance(block.data, dict) else None
    return Notice(block.id, kind if isinstance(kind, str) else "content", block.data, message_id)


def message_notice(draft: Draft) -> Notice:
    """The part for a message that is neither side's: its text, or else its JSON."""
    said = draft.text() or draft.message.raw
    return Notice(f"{draft.key}/notice", draft.message.type, said, draft.message.id)
