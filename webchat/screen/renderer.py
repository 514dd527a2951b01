"""A thread's turns as records: the transcript's values in, words and safe HTML out.

Knows the transcript and how to render; not which tab looks, nor how anything travels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from webchat.rendering import json_tree
from webchat.rendering.text import human_duration
from webchat.runs import Feed
from webchat.screen.expanded import Expanded
from webchat.screen.links import citation_records
from webchat.screen.part_records import TextRecord, TurnRecord
from webchat.screen.parts import (
    kept_events,
    part_record,
    parts_within,
    reasoning_record,
    with_children,
)
from webchat.screen.plain import offers_piece
from webchat.screen.prose import Prose
from webchat.screen.replica import Replica
from webchat.screen.tool_calls import arguments_value, result_value
from webchat.transcript.parts import (
    Events,
    Interrupt,
    Notice,
    Part,
    Reasoning,
    Subagent,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)

ROOM = 5_000
"""What drawing parts for one delta may cost, in characters of plain words: a huge text, one that is
dear to read, and very many parts come over several deltas."""

COST_OF_TEXT, COST_OF_PART, COST_OF_RECORD = 100, 10, 1 / 8
"""What a text costs beside its characters, what any other part does, and each character of its
record, which may hold trees."""


class Renderer:
    """One thread's turns, drawn once for all tabs; a tab's own choices come with each call.

    Keys are short (`t:1`, `p:7`), for they go with every token.

    Attributes:
        turns: The turns as last drawn, by name.
        parts: The parts as last drawn, by name.
    """

    def __init__(self) -> None:
        self.turns: dict[str, Turn] = {}
        self.parts: dict[str, Part] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._prose: dict[str, Prose] = {}
        self._room = 0

    def name_of(self, turn: Turn) -> str:
        """A turn's key in the store."""
        return self._name("t", turn.id)

    def make_room(self) -> None:
        """Another delta begins."""
        self._room = ROOM

    def put_turn(self, replica: Replica, turn: Turn, expanded: Expanded) -> bool:
        """Give a tab a turn as it stands, or as far as there is room in this delta.

        Args:
            replica: The tab's replica.
            turn: The turn.
            expanded: What the tab has expanded.

        Returns:
            Whether it is all there.
        """
        name = self.name_of(turn)
        self.turns[name] = turn
        if replica.shows(name, turn, expanded.version):
            return True
        parts = self._put_parts(replica, turn.id, turn.parts, turn.role, expanded)
        replica.put(
            name,
            TurnRecord(
                role=turn.role,
                message=turn.id if turn.role == "human" else "",
                parts=parts,
                live=turn.live,
                working=turn.live and not parts,
                stopped=turn.stopped,
                facts=_facts(turn),
                clip="" if turn.live or not has_text(turn) else f"turn:{name}",
            ),
        )
        if self._room <= 0:
            return False
        replica.drawn(name, turn, expanded.version)
        return True

    def offers(self, tree: str, pointer: str, asked: Collection[str]) -> bool:
        """Whether a part offers to show what it has left out at a place of one of its trees.

        Args:
            tree: The tree's name: `arguments:`, `result:`, `artifact:` or `part:`, and the part's
                key.
            pointer: The JSON pointer of the place; of a long text, the name of its next piece.
            asked: What was asked for already.
        """
        side, _, name = tree.partition(":")
        match side, self.parts.get(name):
            case "arguments", ToolCall() as call:
                return json_tree.offers(arguments_value(call), pointer, asked)
            case "result", ToolCall() as call:
                return json_tree.offers(result_value(call), pointer, asked)
            case "artifact", ToolCall(result=ToolResult(artifact=artifact)):
                return json_tree.offers(artifact, pointer, asked)
            case "part", Text() as text if name not in self._prose:
                return offers_piece(text.text, pointer, asked)
            case "part", Interrupt(value=value) | Notice(data=value):
                return json_tree.offers(value, pointer, asked)
            case "part", Events() as events:
                return json_tree.offers(kept_events(events), pointer, asked)
            case _:
                return False

    def _name(self, kind: str, long: str) -> str:
        return self._names.setdefault((kind, long), f"{kind}:{len(self._names) + 1}")

    def _put_parts(
        self, replica: Replica, owner: str, parts: Iterable[Part], role: str, expanded: Expanded
    ) -> list[str]:
        """Give a tab parts as far as there is room; returns the names of those that it has."""
        names = [self._put_part(replica, owner, part, role, expanded) for part in parts]
        return [name for name in names if name in replica]

    def _put_part(
        self, replica: Replica, owner: str, part: Part, role: str, expanded: Expanded
    ) -> str:
        """Give a tab a part, if there is room; returns its name."""
        long = f"{owner}/{part.id}"
        name = self._name("p", long)
        if self._room <= 0 or replica.shows(name, part, expanded.version):
            return name
        self.parts[name] = part
        match part:
            case Text() | Reasoning() if role == "agent":
                whole = self._put_prose(replica, name, part)
            case ToolCall() | Subagent():
                inner = parts_within(part)
                children = self._put_parts(replica, long, inner, "agent", expanded)
                whole = self._room > 0
                self._put_record(replica, name, with_children(part, name, children, expanded))
            case _:
                self._put_record(replica, name, part_record(part, name, expanded))
                whole = True
        if whole:
            replica.drawn(name, part, expanded.version)
        return name

    def _put_record(self, replica: Replica, name: str, record: Mapping[str, Any]) -> None:
        replica.put(name, record)
        size = sum(len(value) for value in record.values() if isinstance(value, str))
        self._room -= COST_OF_PART + int(size * COST_OF_RECORD)

    def _put_prose(self, replica: Replica, name: str, part: Text | Reasoning) -> bool:
        """A text in blocks; the blocks are rendered once, whoever looks.

        Returns:
            Whether all of it is there.
        """
        prose = self._prose.get(name)
        if prose is None:
            prose = self._prose[name] = Prose(name.replace("p:", "b:"))
        spent = prose.update(
            part.text,
            growing=part.growing,
            limit=self._room,
            citations=part.citations if isinstance(part, Text) else (),
        )
        self._room -= COST_OF_TEXT + spent if spent else 0
        blocks, tail = prose.put(replica)
        replica.put(
            name,
            TextRecord(
                kind="text",
                blocks=blocks,
                tail=tail,
                citations=citation_records(part.citations),
            )
            if isinstance(part, Text)
            else reasoning_record(part, blocks, tail),
        )
        return prose.whole


class Renderers:
    """The renderer of each feed, for as long as the feed is kept."""

    def __init__(self) -> None:
        self._by_feed: WeakKeyDictionary[Feed, Renderer] = WeakKeyDictionary()

    def of(self, feed: Feed) -> Renderer:
        """The feed's renderer."""
        return self._by_feed.setdefault(feed, Renderer())


def has_text(turn: Turn) -> bool:
    """Whether there is something of it to copy."""
    return any(isinstance(part, Text) for part in turn.parts)


def text_of(turn: Turn) -> str:
    """A turn's text, as it was written."""
    return "\n\n".join(part.text for part in turn.parts if isinstance(part, Text))


def _facts(turn: Turn) -> str:
    if turn.live:
        return ""
    facts = []
    if turn.role == "agent" and turn.started_at and turn.first_token_at:
        facts.append(f"{human_duration(turn.first_token_at - turn.started_at)} to first token")
    if turn.usage and turn.usage.output_tokens:
        facts.append(f"{turn.usage.output_tokens:,} tokens")
    return " · ".join(facts)
