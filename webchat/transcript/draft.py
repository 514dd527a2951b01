"""A message put together: from one whole JSON, or from chunks as they stream.

Both ways lead through `Draft.add`, so a message that was streamed and the same message read from
the thread's state come out alike. Knows one message; not its neighbours, nor the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from webchat.limits import CITATIONS_KEPT
from webchat.transcript.citations import Source
from webchat.transcript.content import ContentChunk, text_of
from webchat.transcript.draft_content import CallDraft, ContentBlock
from webchat.transcript.messages import Message, ToolCallChunk
from webchat.transcript.parts import Usage


class Draft:
    """A message as far as it is known.

    Attributes:
        key: Its id within the scope, the beginning of its parts' ids.
        message: What is not content, as last said.
        blocks: Its content in order; tool calls that the content does not place come after.
        calls: Its tool calls, in order.
        sources: What its text cites, as it says beside its content.
        usage: Tokens, summed over the chunks.
        model: The model's name.
        complete: Whether nothing more will be added.
        raw: The JSON that it was read from whole; None while it streams.
    """

    __slots__ = (
        "_by_content", "_by_id", "_by_index", "_counts", "_last", "_places", "blocks", "calls",
        "complete", "key", "message", "model", "raw", "sources", "usage",
    )  # fmt: skip

    def __init__(self, key: str, message: Message, at: float | None = None) -> None:
        self.key = key
        self.message = message
        self.blocks: list[ContentBlock] = []
        self.calls: list[CallDraft] = []
        self.sources: dict[Source, None] = {}
        self.usage: Usage | None = None
        self.model: str | None = None
        self.complete = False
        self.raw: Any = None
        self._last: ContentBlock | None = None
        self._counts: dict[str, int] = {}
        self._places: dict[tuple[str, Any], ContentBlock] = {}
        self._by_id: dict[str, CallDraft] = {}
        self._by_index: dict[Any, CallDraft] = {}
        self._by_content: dict[Any, CallDraft] = {}
        self.add(message, at)

    @property
    def kind(self) -> str:
        """What it is to us, as in `Message.kind`."""
        return self.message.kind

    def add(self, message: Message, at: float | None) -> None:
        """Add a chunk, or the whole.

        Args:
            message: The chunk.
            at: When it came, Unix seconds; None where that says nothing.
        """
        for piece in message.pieces:
            self._add_piece(piece, at, whole=not message.chunk)
        for chunk in message.calls:
            self._close_last(at)
            self._call_for(chunk).add(chunk)
        for source in message.sources[: CITATIONS_KEPT - len(self.sources)]:
            self.sources[source] = None
        if message.usage is not None:
            self.usage = message.usage if self.usage is None else self.usage + message.usage
        self.model = message.model or self.model
        if message.last or not message.chunk:
            self.message = message
            self.finish(at)
        if not message.chunk:
            self.raw = message.raw

    def finish(self, at: float | None) -> None:
        """Take it for complete: arguments are whole, reasoning has ended."""
        if self.complete:
            return
        self.complete = True
        for call in self.calls:
            call.finish()
        self._close_last(at)

    def cut(self, at: float | None) -> None:
        """No more will come, though it is not whole."""
        self._close_last(at)

    def growing(self) -> ContentBlock | None:
        """The block that the next chunk is likely to add to, None where there is none."""
        return None if self.complete else self._last

    def text(self) -> str:
        """Its prose, without reasoning."""
        return "".join(block.buffer.text for block in self.blocks if block.kind == "text")

    def cited_beside(self) -> tuple[ContentBlock | None, Sequence[Source]]:
        """The sources that stand beside its content, and the text that they are shown with.

        Places of sources count from the beginning of a text that is in one block; where there are
        several, they say nothing.
        """
        if not self.sources:
            return None, ()
        texts = [block for block in self.blocks if block.kind == "text"]
        if not texts:
            return None, ()
        if len(texts) == 1:
            return texts[0], tuple(self.sources)
        return texts[-1], [replace(source, end=None) for source in self.sources]

    def unplaced_calls(self) -> Iterator[CallDraft]:
        """The calls that no content block gives a place."""
        return (call for call in self.calls if not call.placed)

    def inherit(self, earlier: Draft | None) -> None:
        """Keep what only the chunks of the same message told: times, and the calls' indexes."""
        if earlier is None:
            return
        known = {block.id: block for block in earlier.blocks}
        for block in self.blocks:
            before = known.get(block.id)
            if before is not None:
                block.started_at = before.started_at
                block.ended_at = before.ended_at or block.ended_at
        indexes = {call.id: call.index for call in earlier.calls}
        for call in self.calls:
            call.index = indexes.get(call.id)

    def _add_piece(self, piece: ContentChunk, at: float | None, whole: bool) -> None:
        if piece.kind == "arguments":
            call = self._by_content.get(piece.index)
            if call is not None:
                call.add_content(piece.text)
        elif piece.kind == "call":
            self._place_call(piece, at)
        elif piece.kind in ("text", "reasoning"):
            self._add_text(piece, at, whole)
        elif piece.index is None or (piece.kind, piece.index) not in self._places:
            self._new_block(piece, at).data = piece.data
        elif isinstance(piece.data, Mapping):  # a generated image comes in several chunks
            block = self._places[piece.kind, piece.index]
            block.data = {**block.data, **piece.data}

    def _add_text(self, piece: ContentChunk, at: float | None, whole: bool) -> None:
        last = self.blocks[-1] if self.blocks else None
        if last is not None and last.kind == piece.kind:
            block = last
        else:
            block = self._places.get((piece.kind, piece.index)) if piece.index is not None else None
            if block is None:
                if not piece.text and not piece.sources:
                    return
                block = self._new_block(piece, at)
        place = (piece.index, piece.section)
        if piece.kind == "reasoning" and _new_paragraph(block.place, place) and block.buffer.length:
            block.buffer.add("\n\n")
        begins = not block.spans or whole or (block.place[0] != piece.index)
        block.place = place
        start = block.buffer.length if begins else block.spans.pop()[0]
        block.buffer.add(piece.text)
        block.spans.append((start, block.buffer.length))
        for source in piece.sources[: CITATIONS_KEPT - len(block.sources)]:
            block.sources[source, len(block.spans) - 1] = None
        if block is not self._last:
            self._close_last(at)
            self._last = block

    def _new_block(self, piece: ContentChunk, at: float | None) -> ContentBlock:
        block = ContentBlock(self._next_id(piece.kind), piece.kind, at)
        self._close_last(at)
        self._last = block
        if piece.index == "beside":  # reasoning outside of the content always leads
            self.blocks.insert(0, block)
        else:
            self.blocks.append(block)
        if piece.index is not None:
            self._places[piece.kind, piece.index] = block
        return block

    def _close_last(self, at: float | None) -> None:
        if self._last is not None:
            self._last.ended_at = at
            self._last = None

    def _next_id(self, kind: str) -> str:
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self.key}/{kind}{count if count > 1 else ''}"

    def _place_call(self, piece: ContentChunk, at: float | None) -> None:
        """A content block that is a tool call: the call's place, and its last resort of facts."""
        data: Mapping[str, Any] = piece.data
        call_id = text_of(data, "call_id") or text_of(data, "id") or None
        if call_id is None and piece.index is not None and piece.index in self._by_content:
            call = self._by_content[piece.index]  # a further chunk of the same block
        else:
            call = self._call_for(ToolCallChunk(call_id, ""))
        call.name = call.name or text_of(data, "name")
        given = data.get("input", data.get("args"))
        if isinstance(given, Mapping) and given:
            call.arguments = given
        for key in ("partial_json", "arguments", "args"):
            call.add_content(text_of(data, key))
        if piece.index is not None:
            self._by_content[piece.index] = call
        if not call.placed:
            call.placed = True
            self._new_block(piece, at).call = call

    def _call_for(self, piece: ToolCallChunk) -> CallDraft:
        """The call that a chunk belongs to: by id, else by index, else the last one."""
        if piece.id is not None:
            found = self._by_id.get(piece.id)
        elif piece.index is not None:
            found = self._by_index.get(piece.index)
        elif piece.whole or piece.broken or not self.calls:
            found = None
        else:
            found = self.calls[-1]
        if found is None and piece.index is not None:
            known = self._by_index.get(piece.index)
            if known is not None and known.call_id is None:  # its id comes late
                found = known
        if found is None:
            mark = piece.id or f"call{len(self.calls) + 1}"
            found = CallDraft(f"{self.key}/call:{mark}", piece.id)
            self.calls.append(found)
        if piece.id is not None:
            self._by_id[piece.id] = found
        if piece.index is not None:
            self._by_index[piece.index] = found
            found.index = piece.index
        return found


def _new_paragraph(before: tuple[Any, Any], now: tuple[Any, Any]) -> bool:
    return any(
        old is not None and new is not None and old != new
        for old, new in zip(before, now, strict=True)
    )
