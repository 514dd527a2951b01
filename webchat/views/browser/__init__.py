"""The pieces of the page that live in the browser, as Reflex components and vars.

`record` is the bridge from the page's store (`store.js`) to an ordinary typed var.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from zlib import crc32

import reflex as rx

from webchat.reflex_private import hook_var, var_source

Fields = Mapping[str, Any]
"""A record as views see it: a var for each field of its shape; Reflex refuses any other name."""

_FILES = {
    name: rx.asset(name, shared=True).importable_path
    for name in (
        "store.js",
        "use_record.js",
        "growth.js",
        "block.jsx",
        "use_var_source.js",
        "deltas.jsx",
        "follow.jsx",
        "addresses.js",
        "drafts.js",
        "outbox.js",
        "delivery.js",
        "mail.js",
        "composer.jsx",
        "waiting.jsx",
        "clicks.jsx",
        "elapsed.jsx",
        "rows.jsx",
        "edge.jsx",
        "skip.jsx",
        "tabs.jsx",
    )
}


def record(key: rx.Var[str] | str, shape: type) -> Fields:
    """A record of the page's store as a var of the given shape.

    Only for the body of a page or a memo component: it becomes a React hook there.

    Args:
        key: The record's key.
        shape: The `TypedDict` that says which fields it has.
    """
    name = str(key if isinstance(key, rx.Var) else rx.Var.create(key))
    const = f"record_{crc32(name.encode()):08x}"
    var = hook_var(const, shape, library=_FILES["use_record.js"], hook="useRecord", argument=name)
    return cast("Fields", var)


def source_of(state: type[rx.State], var: str) -> rx.Var[Any]:
    """A var whose values are taken in past React, as a prop; only for the body of a page."""
    return var_source(state, var, library=_FILES["use_var_source.js"])


class Deltas(rx.Component):
    """Takes the server's deltas into the store."""

    library = _FILES["deltas.jsx"]
    tag = "Deltas"
    source: rx.Var[Any]
    on_gap: rx.EventHandler[rx.event.no_args_event_spec]


class Block(rx.Component):
    """One block of an answer; what grows at its end leaves the rest as it is."""

    library = _FILES["block.jsx"]
    tag = "Block"
    name: rx.Var[str]
    growing: rx.Var[bool]


def _flag(newest: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (newest,)


class Follow(rx.Component):
    """A box that stays at its newest line until the reader scrolls up."""

    library = _FILES["follow.jsx"]
    tag = "Follow"
    name: rx.Var[str]
    jump_label: rx.Var[str]
    on_follow: rx.EventHandler[_flag]
    on_earlier: rx.EventHandler[rx.event.no_args_event_spec]


def _sent(
    message_id: rx.Var[str],
    thread_id: rx.Var[str],
    text: rx.Var[str],
    fresh: rx.Var[bool],
    anyway: rx.Var[bool],
    assistant_id: rx.Var[str],
) -> tuple[rx.Var[str], rx.Var[str], rx.Var[str], rx.Var[bool], rx.Var[bool], rx.Var[str]]:
    return message_id, thread_id, text, fresh, anyway, assistant_id


def _returned(
    thread_id: rx.Var[str], message_ids: rx.Var[list[str]]
) -> tuple[rx.Var[str], rx.Var[list[str]]]:
    return thread_id, message_ids


def _place(tree: rx.Var[str], pointer: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return tree, pointer


def _name(key: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (key,)


class Composer(rx.Component):
    """The form around the message box, and what delivers the messages that it takes."""

    library = _FILES["composer.jsx"]
    tag = "Composer"
    on_send: rx.EventHandler[_sent]
    on_returned: rx.EventHandler[_returned]
    longest: rx.Var[int]
    assistant: rx.Var[str]
    offline: rx.Var[bool]


class Waiting(rx.Component):
    """The thread's messages that are not in it yet."""

    library = _FILES["waiting.jsx"]
    tag = "Waiting"
    offline: rx.Var[bool]
    assistant: rx.Var[str]


class WaitingElsewhere(rx.Component):
    """A line about the messages that wait in other conversations."""

    library = _FILES["waiting.jsx"]
    tag = "WaitingElsewhere"


class Clicks(rx.Component):
    """Hears the clicks inside what the server rendered."""

    library = _FILES["clicks.jsx"]
    tag = "Clicks"
    on_clip: rx.EventHandler[_name]
    on_show: rx.EventHandler[_place]


class Elapsed(rx.Component):
    """Seconds that count up by themselves."""

    library = _FILES["elapsed.jsx"]
    tag = "Elapsed"
    since: rx.Var[float]


def _number(number: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (number,)


class Rows(rx.Component):
    """The raw view's rows, and their keys."""

    library = _FILES["rows.jsx"]
    tag = "Rows"
    on_expand: rx.EventHandler[_number]


class Tabs(rx.Component):
    """Keys on a row of tabs."""

    library = _FILES["tabs.jsx"]
    tag = "Tabs"


class Skip(rx.Component):
    """A link to another place of the page, that no router takes for an address."""

    library = _FILES["skip.jsx"]
    tag = "Skip"
    to: rx.Var[str]


class Edge(rx.Component):
    """The raw panel's edge, to drag."""

    library = _FILES["edge.jsx"]
    tag = "Edge"
