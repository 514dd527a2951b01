"""From a block of a message to the part that shows it. Tool calls are not its business."""

from __future__ import annotations

from webchat.transcript.content import read_image
from webchat.transcript.draft import ContentBlock, Draft
from webchat.transcript.parts import Citation, Image, Notice, Part, Reasoning, Text


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
        image = image_part(block, message_id)
        return image if image.url or image.data or not growing else None
    if block.kind not in ("text", "reasoning"):
        return notice_part(block, message_id)
    text = block.buffer.text
    if not text or text.isspace():
        return None
    if block.kind == "text":
        return Text(block.id, text, growing, message_id, citations_of(block))
    return Reasoning(block.id, text, growing, block.started_at, block.ended_at, message_id)


def citations_of(block: ContentBlock) -> tuple[Citation, ...]:
    """The sources that a text names, numbered in the order of their first mention."""
    numbers: dict[str, int] = {}
    found = []
    for source, span in block.sources:
        start, end = block.spans[span]
        at = end if source.end is None else min(max(start, start + source.end), end)
        number = numbers.setdefault(source.url or source.title, len(numbers) + 1)
        found.append(Citation(number, at, source.url, source.title, source.quote))
    return tuple(found)


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
