"""The parts that show a scope's messages, made again only where a message changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import is_

from webchat.transcript.changes import kept
from webchat.transcript.content_parts import block_part, message_notice
from webchat.transcript.draft import Draft
from webchat.transcript.draft_content import CallDraft
from webchat.transcript.parts import Part, Subagent, ToolStatus
from webchat.transcript.scope import Scope
from webchat.transcript.tool_call_parts import (
    RunPhase,
    call_status,
    orphan_part,
    phase_within,
    tool_call_part,
)
from webchat.transcript.tool_calls import CallFacts, Pairs


class PartBuilder:
    """The parts of a scope's tail.

    Attributes:
        built: How many messages it has made into parts so far, which is its cost.
    """

    def __init__(self, scope: Scope) -> None:
        self.built = 0
        self._scope = scope
        self._phase: RunPhase | None = None
        self._drafts: dict[str, Draft] = {}
        self._by_message: dict[str, tuple[Part, ...]] = {}
        self._placed: dict[str, list[str]] = {}
        self._nested: dict[str, Part] = {}
        self._inner: dict[str, PartBuilder] = {}
        self._parts: tuple[Part, ...] = ()

    def parts(self, phase: RunPhase) -> tuple[Part, ...]:
        """The parts, in order.

        Args:
            phase: What becomes of what is unfinished.

        Returns:
            The same objects as the last time for all that did not change.
        """
        scope, changes, pairs = self._scope, self._scope.changes, self._scope.calls.pairs
        if phase != self._phase:
            self._phase = phase
            changes.mark_all()
        if changes.all:
            self.place_nested()
            self._drafts = {draft.key: draft for draft in scope.tail()}
            self._by_message = {
                key: self.make(draft, pairs, phase) for key, draft in self._drafts.items()
            }
            steps = scope.subagents.children
            self._inner = {step: a for step, a in self._inner.items() if step in steps}
            self._nested = {step: run for step, run in self._nested.items() if step in steps}
        for key in () if changes.all else changes.keys & self._drafts.keys():
            self._by_message[key] = self.make(self._drafts[key], pairs, phase)
        if changes.all or changes.keys:
            self._parts = tuple(self._in_order(phase))
        changes.clear()
        return self._parts

    def place_nested(self) -> None:
        """Look anew where the nested runs belong: messages came, went or were replaced."""
        self._placed = self._scope.placed()

    def _in_order(self, phase: RunPhase) -> Iterator[Part]:
        """The parts of the tail's messages, and of nested runs behind those that they followed."""
        asked = self._scope.list.asked()
        places = ("",) if asked is None else ("", asked)
        for key in places:
            yield from self.nested_after(key, phase)
        for key, parts in self._by_message.items():
            yield from parts
            yield from self.nested_after(key, phase)

    def nested_after(self, key: str, phase: RunPhase) -> Iterator[Part]:
        """The nested runs that no call started and that began after a message.

        Args:
            key: The message's.
            phase: What becomes of what is unfinished.

        Yields:
            A part for each that has something to show, the same object as last made where it is
            the same.
        """
        for step in self._placed.get(key, ()):
            known = self._nested.get(step)
            if known is not None and not self._scope.changes.of(step):
                yield known
                continue
            made = self._nested_run(step, self._scope.subagents.children[step], phase)
            if made is not None:
                yield made

    def _nested_run(self, step: str, scope: Scope, phase: RunPhase) -> Part | None:
        parts, progress = self._within(step, scope).parts(phase), scope.progress.recent
        if not parts and not progress:
            return None
        run = Subagent(
            id=f"{scope.prefix}run",
            name=self._scope.name_of(step, scope),
            parts=parts,
            progress=progress,
            namespace=scope.namespace,
            live=phase.live and step in self._scope.subagents.working,
        )
        made = self._nested[step] = kept(run, self._nested.get(step))
        return made

    def make(self, draft: Draft, pairs: Pairs, phase: RunPhase) -> tuple[Part, ...]:
        """The parts of one message.

        Args:
            draft: The message.
            pairs: Which results answer the calls of its turn.
            phase: What becomes of what is unfinished.

        Returns:
            Its parts, the same objects as last made where they are the same; none for the result
            of a tool, which is in the call's part.
        """
        self.built += 1
        before = self._by_message.get(draft.key, ())
        known = {part.id: part for part in before}
        made = tuple(
            kept(part, known.get(part.id))
            for part in self._make(draft, pairs, phase)
            if part is not None
        )
        return before if len(made) == len(before) and all(map(is_, made, before)) else made

    def _make(self, draft: Draft, pairs: Pairs, phase: RunPhase) -> list[Part | None]:
        if draft.kind == "tool":
            return [] if draft.key in pairs.claimed else [orphan_part(draft)]
        if draft.kind in ("system", "unknown"):
            return [message_notice(draft)]
        growing = draft.growing() if phase.live else None
        citing, sources = draft.cited_beside()
        parts: list[Part | None] = []
        for block in draft.blocks:
            if block.call is None:
                beside = sources if block is citing else ()
                parts.append(block_part(block, block is growing, draft.message.id, beside))
            else:
                parts.append(self._call(draft, block.call, pairs, phase))
        parts += [self._call(draft, call, pairs, phase) for call in draft.unplaced_calls()]
        return parts

    def _call(self, draft: Draft, call: CallDraft, pairs: Pairs, phase: RunPhase) -> Part:
        result = pairs.results.get(call.id)
        facts = self._scope.calls.facts.get(call.id) or CallFacts(draft.key)
        status = call_status(draft, call, pairs, facts, phase)
        runs = list(self._scope.subagents.of(call.id))
        part = tool_call_part(call, status, result, facts)
        return replace(
            part,
            children=self._of_call(runs, status, phase),
            namespaces=tuple(scope.namespace for _, scope in runs),
            message_id=draft.message.id,
        )

    def _of_call(
        self, runs: Sequence[tuple[str, Scope]], status: ToolStatus, phase: RunPhase
    ) -> tuple[Part, ...]:
        """The parts of the graphs that a call runs: under a name for each that has one."""
        made: list[Part] = []
        for step, scope in runs:
            within = phase_within(status, phase, told=scope.calls.told_failures)
            if scope.agent or len(runs) > 1:
                run = self._nested_run(step, scope, within)
                made += [] if run is None else [run]
            else:
                made += self._within(step, scope).parts(within)
        return tuple(made)

    def _within(self, step: str, scope: Scope) -> PartBuilder:
        inner = self._inner.get(step)
        if inner is None or inner._scope is not scope:
            inner = self._inner[step] = PartBuilder(scope)
        return inner
