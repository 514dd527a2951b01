"""From a block of a message to the part that shows it. Tool calls are not its business."""

from __future__ import annotations

from collections.abc import Collection

from webchat.limits import CITATIONS_KEPT
from webchat.transcript.citations import Source
from webchat.transcript.content import read_image
from webchat.transcript.draft import Draft
from webchat.transcript.draft_content import ContentBlock
from webchat.transcript.parts import Citation, Image, Notice, Part, Reasoning, Text


def block_part(
    block: ContentBlock, growing: bool, message_id: str | None, beside: Collection[Source] = ()
) -> Part | None:
    """The part for a block.

    Args:
        block: Of any kind but `call`.
        growing: Whether more is expected.
        message_id: The id of the block's message.
        beside: What its text cites, as the message says beside its content.

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
        return Text(block.id, text, growing, message_id, citations_of(block, beside))
    return Reasoning(block.id, text, growing, block.started_at, block.ended_at, message_id)


def citations_of(block: ContentBlock, beside: Collection[Source] = ()) -> tuple[Citation, ...]:
    """The sources that a text names, numbered as it numbers them, else by their first mention.

    Args:
        block: The text.
        beside: What it cites, as its message says beside the content.
    """
    if not (block.sources or beside):
        return ()
    spans = [(source, *block.spans[span]) for source, span in block.sources]
    spans += [(source, 0, block.buffer.length) for source in beside]
    characters = characters_at({each.end or 0 for each, *_ in spans if each.in_bytes}, block)
    numbered = [each for each, *_ in spans if each.number is not None]
    numbers = {each.url or each.title: each.number or 0 for each in reversed(numbered)}
    highest = max(numbers.values(), default=0)
    found = []
    for source, start, end in spans[:CITATIONS_KEPT]:
        at = end
        if source.end is not None:
            offset = characters[source.end] if source.in_bytes else source.end
            at = min(max(start, start + offset), end)
        name = source.url or source.title
        if name not in numbers:
            highest += 1
            numbers[name] = highest
        number = source.number or numbers[name]
        found.append(Citation(number, at, source.url, source.title, source.quote))
    return tuple(found)


def characters_at(offsets: Collection[int], block: ContentBlock) -> dict[int, int]:
    """The places in a text, in characters, of places that are counted in bytes of UTF-8."""
    if not offsets:
        return {}
    data = block.buffer.text.encode("utf-8", "surrogatepass")
    found, reached, characters = {}, 0, 0
    for offset in sorted(offsets):
        until = max(reached, offset)
        characters += len(data[reached:until].decode("utf-8", "ignore"))
        found[offset], reached = characters, until
    return found


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
