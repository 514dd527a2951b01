"""Invariant 5, this room's share: a token costs the same whatever stands before it.

Counted, not timed: messages made into parts, and objects that are not the ones shown before.
"""

from __future__ import annotations

import pytest

from tests.unit.transcript.stories import (
    NOW,
    ai,
    call,
    chunk,
    event,
    events_of,
    human,
    reduced,
    state,
    tool,
    values,
)
from webchat.agent_server.events import StreamEvent
from webchat.limits import REPORTS_KEPT
from webchat.transcript import Reasoning, ToolCall, Transcript
from webchat.transcript.draft import Draft
from webchat.transcript.draft_content import Buffer
from webchat.transcript.message_list import MessageList
from webchat.transcript.part_builder import PartBuilder
from webchat.transcript.recent import Recent, RecentLog
from webchat.transcript.scope import Scope
from webchat.transcript.tool_calls import Calls


class Counter:
    """How often a method of the room's is called."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.count = 0

    def watch(self, owner: type, name: str) -> None:
        method = getattr(owner, name)

        def counted(*args: object, **kwargs: object) -> object:
            self.count += 1
            return method(*args, **kwargs)

        self._patch.setattr(owner, name, counted)


def long_thread(turns: int) -> list[dict[str, object]]:
    return [m for n in range(turns) for m in (human(f"h{n}"), ai(f"a{n}", f"answer {n}"))]


def at_work(turns: int, tools: int = 0) -> Transcript:
    """A run with so many turns and finished tool calls before the answer that streams."""
    ids = [f"c{n}" for n in range(tools)]
    work = [ai("w", tool_calls=[call(id) for id in ids]), *(tool(f"t{id}", id) for id in ids)]
    before = [*long_thread(turns), human(), *(work if tools else [])]
    return reduced([values(*before), chunk("live", "It ")], [human()])


@pytest.mark.parametrize(("turns", "tools", "tokens"), [(0, 0, 50), (500, 0, 50), (2, 300, 2000)])
def test_a_token_makes_one_message_anew_and_one_part(
    monkeypatch: pytest.MonkeyPatch, turns: int, tools: int, tokens: int
) -> None:
    transcript = at_work(turns, tools)
    before = transcript.turns
    made = Counter(monkeypatch)
    made.watch(PartBuilder, "make")
    walked = Counter(monkeypatch)
    for name in ("messages", "tail", "confirm"):
        walked.watch(Scope, name)
    walked.watch(Calls, "pair")
    walked.watch(MessageList, "__iter__")
    walked.watch(MessageList, "__reversed__")
    for n in range(tokens):
        transcript.apply(chunk("live", f"t{n} "))
        now = transcript.turns
        assert all(a is b for a, b in zip(before[:-1], now[:-1], strict=True))
        assert all(a is b for a, b in zip(before[-1].parts[:-1], now[-1].parts[:-1], strict=True))
        assert now[-1].parts[-1] is not before[-1].parts[-1]
        before = now
    assert made.count == tokens
    assert walked.count == 0


def test_tokens_between_two_looks_are_made_into_parts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    transcript = at_work(3)
    transcript.turns
    made = Counter(monkeypatch)
    made.watch(PartBuilder, "make")
    for n in range(1000):
        transcript.apply(chunk("live", f"t{n} "))
    assert made.count == 0
    transcript.turns
    assert made.count == 1


def test_a_subagents_token_makes_only_the_message_of_its_call_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transcript = reduced([values(*long_thread(50), human(), ai("a", tool_calls=[call("c")]))])
    transcript.apply(event("values", {"messages": [human("task")]}, "tools:1"))
    message = {"type": "AIMessageChunk", "id": "in", "content": "word "}
    transcript.apply(event("messages", [message, {}], "tools:1"))
    transcript.turns
    made = Counter(monkeypatch)
    made.watch(PartBuilder, "make")
    for _ in range(20):
        transcript.apply(event("messages", [message, {}], "tools:1"))
        transcript.turns
    assert made.count == 2 * 20


def test_nothing_new_gives_the_same_turns() -> None:
    transcript = at_work(3)
    assert transcript.turns is transcript.turns
    transcript.apply(event("end", None))
    transcript.apply(event("feedback", {}))
    assert transcript.turns is transcript.turns


def test_values_read_only_the_messages_that_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [*long_thread(100), human()]
    transcript = reduced([values(*before)])
    shown = transcript.turns
    drafts = Counter(monkeypatch)
    drafts.watch(Draft, "add")
    transcript.apply(values(*before, ai("b", "new")))
    now = transcript.turns
    assert drafts.count == 1
    assert all(a is b for a, b in zip(shown[:-1], now, strict=False))


def test_confirming_what_streamed_keeps_the_parts_that_say_the_same() -> None:
    whole = ai("a", "All of it.")
    transcript = reduced(
        [values(human()), chunk("a", "All of it.", chunk_position="last")], [human()]
    )
    streamed = transcript.turns
    transcript.apply(values(human(), whole))
    assert transcript.turns[-1] is streamed[-1]
    transcript.settle(state(human(), whole), "success", NOW)
    assert transcript.turns[-1].parts[0] is streamed[-1].parts[0]


def test_progress_leaves_the_other_parts_alone() -> None:
    transcript = reduced([values(human(), ai("a", "Text.", tool_calls=[call("c")]))], [human()])
    before = transcript.turns[-1].parts
    transcript.apply(event("custom", {"pct": 1}))
    after = transcript.turns[-1].parts
    assert after[0] is before[0]
    assert isinstance(after[1], ToolCall) and len(after[1].progress) == 1


def test_a_flood_of_events_costs_the_same_for_each_and_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transcript = reduced([values(human())], [human()])
    copied = Counter(monkeypatch)
    copied.watch(Recent, "__iter__")
    copied.watch(Recent, "__eq__")
    for n in range(20_000):
        transcript.apply(event("custom", {"tick": n}))
        transcript.turns
    (events,) = events_of(transcript)
    assert events.recent.total == 20_000
    assert len(events.recent) == REPORTS_KEPT
    assert events.recent[-1].data == {"tick": 19_999}
    assert copied.count == 0


def test_huge_reports_are_let_go_of_by_their_size() -> None:
    log: RecentLog[str] = RecentLog(most=100, size=1000)
    for n in range(50):
        log.add(f"{n}", 400)
    assert list(log.recent) == ["48", "49"]
    log.add("huge", 5000)
    assert list(log.recent) == ["huge"] and log.recent.total == 51


def test_a_snapshot_of_the_newest_never_changes() -> None:
    log: RecentLog[int] = RecentLog(most=3, size=1000)
    seen = []
    for n in range(20):
        log.add(n, 1)
        seen.append((log.recent, list(log.recent)))
    assert all(list(recent) == items for recent, items in seen)


def test_a_token_makes_no_finished_nested_run_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = [values(human())]
    for n in range(100):
        piece = {"type": "ai", "id": f"in{n}", "content": f"step {n}"}
        stream += [event("messages", [piece, {}], f"work:{n}"), values(human())]
    transcript = reduced([*stream, chunk("live", "It ")], [human()])
    transcript.turns
    made = Counter(monkeypatch)
    made.watch(PartBuilder, "parts")
    for n in range(20):
        transcript.apply(chunk("live", f"t{n} "))
        transcript.turns
    assert made.count == 20


class Joined:
    """Reads a buffer's text."""

    _text = Buffer.text

    def read(self, buffer: Buffer) -> str:
        return type(self)._text.__get__(buffer)


class Id(str):
    """An id that counts how often one is compared with another."""

    __slots__ = ()
    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Id.compared += 1
        return str.__eq__(self, other)


def test_a_message_with_a_thousand_calls_compares_no_call_with_all_others() -> None:
    before = Id.compared
    calls = [{"id": Id(f"c{n}"), "name": "f", "args": {}} for n in range(1000)]
    told = {"messages": [human(), ai("a", tool_calls=calls)]}
    transcript = reduced([StreamEvent("values", (), told, None, NOW, 0)], [human()])
    assert len(transcript.turns[-1].parts) == 1000
    assert Id.compared - before < 20_000


def test_a_thousand_paragraphs_of_reasoning_are_joined_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joined = Counter(monkeypatch)
    joined.watch(Joined, "read")
    monkeypatch.setattr(Buffer, "text", property(lambda buffer: Joined().read(buffer)))
    paragraphs = [{"type": "summary_text", "text": f"{n}"} for n in range(1000)]
    said = [{"type": "reasoning", "summary": paragraphs}]
    transcript = reduced([values(human(), ai("a", said))], [human()])
    (thought,) = transcript.turns[-1].parts
    assert isinstance(thought, Reasoning)
    assert thought.text.count("\n\n") == 999
    assert joined.count < 10


@pytest.mark.parametrize("mode", ["updates", "messages/complete", "messages/partial"])
def test_calls_are_paired_once_for_all_messages_of_an_event(
    monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    transcript = reduced([values(human())], [human()])
    said = [ai(f"a{n}", "x") for n in range(100)]
    paired = Counter(monkeypatch)
    paired.watch(Calls, "pair")
    transcript.apply(event(mode, {"node": {"messages": said}} if mode == "updates" else said))
    assert len(transcript.turns[-1].parts) == 100
    assert paired.count == 1
