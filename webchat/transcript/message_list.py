"""The messages of one graph in order: those that `values` confirmed, those sent, those streaming.

Knows messages by their keys; not the calls in them, nor the graphs that work within this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from webchat.transcript.changes import same_json
from webchat.transcript.draft import Draft
from webchat.transcript.messages import Message, message_id, read_message


class MessageList:
    """The messages of one graph.

    Attributes:
        confirmed: The messages that `values` confirmed, in its order.
        pending: The messages that were sent and are not confirmed.
        streaming: The messages that stream, by key.
    """

    def __init__(self, prefix: str, *, nested: bool) -> None:
        """Start empty.

        Args:
            prefix: What every key begins with.
            nested: Whether the graph works within another: what its first `values` have, and
                nothing streamed, is its input and left out.
        """
        self.confirmed: list[Draft] = []
        self.pending: list[Draft] = []
        self.streaming: dict[str, Draft] = {}
        self._prefix = prefix
        self._given: frozenset[str] | None = None if nested else frozenset()
        self._keys: set[str] = set()

    def __iter__(self) -> Iterator[Draft]:
        return chain(self.confirmed, self.pending, self.streaming.values())

    def __reversed__(self) -> Iterator[Draft]:
        return chain(
            reversed(self.streaming.values()), reversed(self.pending), reversed(self.confirmed)
        )

    def asked(self) -> str | None:
        """The key of the last human message that was sent or confirmed."""
        drafts = chain(reversed(self.pending), reversed(self.confirmed))
        return next((draft.key for draft in drafts if draft.kind == "human"), None)

    def last_keys(self) -> tuple[str, ...]:
        """The last message of each kind: streaming, sent, confirmed; where there is one."""
        last = (
            next(reversed(self.streaming), None),
            self.pending[-1].key if self.pending else None,
            self.confirmed[-1].key if self.confirmed else None,
        )
        return tuple(key for key in last if key is not None)

    def send(self, raws: Sequence[Any]) -> None:
        """Show messages that were sent, until `values` confirms them."""
        keys = set(self._keys)
        for place, raw in enumerate(raws):
            if f"{self._prefix}{message_id(raw)}" not in keys:  # sent again, it is there already
                key = self._key(raw, len(self._keys) + place, keys)
                self.pending.append(Draft(key, read_message(raw)))

    def confirm(self, raws: Sequence[Any], *, keep_streaming: bool, keep_pending: bool) -> int:
        """Take over the messages of a `values` event or a state: what is not there is no more.

        Args:
            raws: All messages' JSON, in order.
            keep_streaming: Whether what streams may still be confirmed later.
            keep_pending: Whether what was sent may.

        Returns:
            How many messages that were confirmed before are not there any more.
        """
        known = {draft.key: draft for draft in self}
        keys: set[str] = set()
        keyed = [(self._key(raw, place, keys), raw) for place, raw in enumerate(raws)]
        if self._given is None:
            self._given = frozenset(keys - self.streaming.keys())
        given = self._given
        self.confirmed = [
            _confirmed(key, raw, known.get(key)) for key, raw in keyed if key not in given
        ]
        removed = sum(key not in keys for key in self._keys)
        self._keys = keys
        self.pending = [d for d in self.pending if keep_pending and d.key not in keys]
        self.streaming = {
            key: d for key, d in self.streaming.items() if keep_streaming and key not in keys
        }
        return removed

    def stream(self, message: Message, at: float, *, partial: bool) -> tuple[Draft | None, bool]:
        """Take in one message or chunk of the stream.

        Args:
            message: The message.
            at: When it came, Unix seconds.
            partial: Whether it is all of the message so far, and not yet the whole.

        Returns:
            The message as it is now, None if it is sent or confirmed already; and whether it is
            new, or was replaced.
        """
        key = f"{self._prefix}{message.id or 'unnamed'}"
        if key in self._keys or any(draft.key == key for draft in self.pending):
            return None, False
        before = self.streaming.get(key)
        if before is not None and message.chunk:
            before.add(message, at)
            return before, False
        if before is not None and before.raw is not None and same_json(before.raw, message.raw):
            return before, False
        draft = Draft(key, _unfinished(message) if partial else message, at)
        draft.inherit(before)
        self.streaming[key] = draft
        return draft, True

    def _key(self, raw: Any, place: int, keys: set[str]) -> str:
        """A message's key: its id, made unique where it is missing or comes twice."""
        key = f"{self._prefix}{message_id(raw) or f'#{place}'}"
        while key in keys:
            key = f"{key}#{place}"
        keys.add(key)
        return key


def _unfinished(message: Message) -> Message:
    """All of a message so far: more is to come, and its arguments are a guess."""
    calls = tuple(replace(call, arguments=None, whole=False) for call in message.calls)
    return replace(message, chunk=True, calls=calls)


def _confirmed(key: str, raw: Any, before: Draft | None) -> Draft:
    if before is not None and before.raw is not None and same_json(before.raw, raw):
        return before
    draft = Draft(key, read_message(raw))
    draft.inherit(before)
    return draft
