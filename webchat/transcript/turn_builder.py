"""The turns as last shown, of which only those that changed are made again."""

from __future__ import annotations

from webchat.transcript.changes import kept
from webchat.transcript.part_builder import PartBuilder
from webchat.transcript.parts import Part, Turn
from webchat.transcript.scope import Scope
from webchat.transcript.tool_call_parts import SETTLED, RunPhase
from webchat.transcript.tool_calls import pair
from webchat.transcript.turns import Group, TurnFacts, group, make_turn, reply_id


class TurnBuilder:
    """The turns of a conversation, kept between two looks at it.

    Attributes:
        part_builder: Makes the parts.
        facts: What the live stream told about each turn, by its id.
        run: The same of the agent's turn at work; None where no run was followed.
    """

    def __init__(self, root: Scope) -> None:
        self.part_builder = PartBuilder(root)
        self.facts: dict[str, TurnFacts] = {}
        self.run: TurnFacts | None = None
        self._root = root
        self._settled: dict[str, tuple[Group, Turn]] = {}
        self._settled_turns: tuple[Turn, ...] = ()
        self._tail = Group(reply_id(None), "agent", (), "")
        self._last: Turn | None = None
        self._turns: tuple[Turn, ...] = ()

    def turns(self, phase: RunPhase, trailer: tuple[Part, ...], live: bool) -> tuple[Turn, ...]:
        """The conversation.

        Args:
            phase: What becomes of what is unfinished in the last turn.
            trailer: Parts that end the last agent's turn.
            live: Whether a run goes on.

        Returns:
            All turns; the same objects as the last time for those that did not change.
        """
        changes = self._root.changes
        if not changes.any:
            return self._turns
        if changes.all:
            self.part_builder.place_nested()
            self._settle()
        last = self._make_last(phase, trailer, live)
        self._last = last = kept(last, self._last)
        self._turns = self._settled_turns if last is None else (*self._settled_turns, last)
        return self._turns

    def facts_of_run(self) -> TurnFacts:
        """What is known of the latest run's turn, which is about to change."""
        self._root.changes.note()
        if self.run is None:
            self.run = self.facts.pop(self._reply_id(), None) or TurnFacts()
        return self.run

    def file_run(self) -> None:
        """File what is known of the latest run with the turn that it answered."""
        if self.run is not None:
            self.facts[self._reply_id()] = self.run
            self.run = None

    def _reply_id(self) -> str:
        humans = (draft for draft in reversed(self._root.list) if draft.kind == "human")
        return reply_id(next(humans, None))

    def _settle(self) -> None:
        """Make the turns before the last agent's, which no token changes."""
        groups = list(group(self._root.messages()))
        if groups and groups[-1].role == "agent":
            self._tail = groups.pop()
        else:
            asked = groups[-1].drafts[-1] if groups else None
            self._tail = Group(reply_id(asked), "agent", (), asked.key if asked is not None else "")
        self._settled = {each.id: (each, self._settled_turn(each)) for each in groups}
        self._settled_turns = tuple(turn for _, turn in self._settled.values())

    def _settled_turn(self, each: Group) -> Turn:
        before = self._settled.get(each.id)
        if before is not None and before[0].drafts == each.drafts:
            return before[1]
        pairs = pair(each.drafts)
        parts: list[Part] = []
        if each.role == "agent":
            parts += self.part_builder.nested_after(each.asked, SETTLED)
        for draft in each.drafts:
            parts += self.part_builder.make(draft, pairs, SETTLED)
            if each.role == "agent":
                parts += self.part_builder.nested_after(draft.key, SETTLED)
        return make_turn(each, tuple(parts), self.facts.get(each.id, TurnFacts()))

    def _make_last(self, phase: RunPhase, trailer: tuple[Part, ...], live: bool) -> Turn | None:
        parts = (*self.part_builder.parts(phase), *trailer)
        awaited = live and bool(self._settled)
        facts = self.run or self.facts.get(self._tail.id) or TurnFacts()
        if not (parts or self._tail.drafts or awaited or facts.stopped or facts.parts()):
            return None
        return make_turn(self._tail, parts, facts, live)
