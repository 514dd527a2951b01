"""What a message that streams is put together from: texts, blocks of content, and tool calls.

Each knows itself alone; which of them a chunk belongs to is the draft's business.
"""

from __future__ import annotations

import json
from typing import Any

from webchat.transcript.citations import Source
from webchat.transcript.content import ContentKind
from webchat.transcript.messages import ToolCallChunk


class Buffer:
    """A text that grows by pieces and is joined only when somebody reads it."""

    __slots__ = ("_new", "_text", "length")

    def __init__(self) -> None:
        self.length = 0
        self._text = ""
        self._new: list[str] = []

    def add(self, piece: str) -> None:
        """Put a piece at the end."""
        if piece:
            self._new.append(piece)
            self.length += len(piece)

    @property
    def text(self) -> str:
        """All of it so far."""
        if self._new:
            self._text = "".join((self._text, *self._new))
            self._new.clear()
        return self._text


class ContentBlock:
    """A run of content of one kind; what it becomes on the page is one part.

    Attributes:
        id: The part's id.
        kind: As the first piece's.
        buffer: Its text.
        data: Its JSON, of images and others.
        call: The tool call whose place this is.
        sources: What its text cites, each with the number of the span that cites it.
        spans: Where in its text each of the message's blocks begins and ends.
        started_at: When its first piece came, Unix seconds; None in a message read whole.
        ended_at: When something else followed.
    """

    __slots__ = (
        "buffer", "call", "data", "ended_at", "id", "kind", "place", "sources", "spans",
        "started_at",
    )  # fmt: skip

    def __init__(self, id: str, kind: ContentKind, at: float | None) -> None:
        self.id = id
        self.kind = kind
        self.buffer = Buffer()
        self.data: Any = None
        self.call: CallDraft | None = None
        self.place: tuple[Any, Any] = (None, None)
        self.sources: dict[tuple[Source, int], None] = {}
        self.spans: list[tuple[int, int]] = []
        self.started_at = at
        self.ended_at: float | None = None


class CallDraft:
    """A tool call as far as it is written.

    Attributes:
        id: The part's id.
        call_id: The model's id of it.
        name: The tool's name, empty until known.
        arguments: Parsed, once they are whole.
        broken: Whether they turned out not to be JSON.
        index: Its index among the calls of its message, which later chunks of it carry.
    """

    __slots__ = (
        "_argument_chunks",
        "_beside",
        "arguments",
        "broken",
        "call_id",
        "id",
        "index",
        "name",
        "placed",
    )

    def __init__(self, id: str, call_id: str | None) -> None:
        self.id = id
        self.call_id = call_id
        self.name = ""
        self.index: int | str | None = None
        self.arguments: Any = None
        self.broken = False
        self.placed = False
        self._argument_chunks = Buffer()
        self._beside = Buffer()

    @property
    def text(self) -> str:
        """The arguments as text so far."""
        return self._argument_chunks.text or self._beside.text

    def add(self, piece: ToolCallChunk) -> None:
        """Add a chunk, or set what a whole call says."""
        self.call_id = self.call_id or piece.id
        self.name = self.name or piece.name
        self._argument_chunks.add(piece.text)
        if piece.whole:
            self.arguments = piece.arguments
        self.broken = self.broken or piece.broken

    def add_content(self, text: str) -> None:
        """Add a chunk that came as content, which counts only where no other kind comes."""
        self._beside.add(text)

    def finish(self) -> None:
        """Parse the arguments; no more will come."""
        if self.arguments is not None or self.broken:
            return
        try:
            self.arguments = json.loads(self.text) if self.text else {}
        except (ValueError, RecursionError):
            self.broken = True
