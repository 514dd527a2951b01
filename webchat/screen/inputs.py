"""What assistants take: a person's message, or JSON where their graph has no messages."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webchat.agent_server import AgentServerError
from webchat.agent_server.client import AgentServer
from webchat.rendering.text import showable

log = logging.getLogger(__name__)

KEPT = 300.0
"""Seconds that an assistant's schema is trusted."""

KEYS, KEY = 12, 40
"""Fields of an input that are named on the page, and characters of each name."""


@dataclass(frozen=True, slots=True)
class InputShape:
    """What the input of a graph looks like.

    Attributes:
        messages: Whether it takes messages, as all graphs do of which nothing else is known.
        keys: The names of its fields.
        known: Whether the server told.
    """

    messages: bool = True
    keys: tuple[str, ...] = ()
    known: bool = False

    @classmethod
    def of(cls, schema: object) -> InputShape:
        """Read it from a JSON schema; any JSON gives one."""
        properties = _properties(schema)
        if properties is None:
            return cls()
        return cls.with_fields(properties)

    @classmethod
    def with_fields(cls, keys: Iterable[object]) -> InputShape:
        """The shape of an input with these fields."""
        names = tuple(map(str, keys))
        return cls("messages" in names, names, known=True)

    @property
    def names(self) -> str:
        """The fields by name, for the page."""
        named = [showable(key)[:KEY] for key in self.keys[:KEYS]]
        return ", ".join([*named, "…"] if len(self.keys) > KEYS else named)


class Inputs:
    """What each assistant takes, as the server tells.

    Args:
        server: Whom to ask.
    """

    def __init__(self, server: AgentServer) -> None:
        self._server = server
        self._known: dict[str, tuple[InputShape, float]] = {}

    def known(self, assistant_id: str) -> InputShape:
        """What was read of it last; messages where nothing was."""
        return self._known.get(assistant_id, (InputShape(), 0.0))[0]

    async def of(self, assistant_id: str) -> InputShape:
        """What an assistant takes; where the server does not tell, what is known of it."""
        shape, until = self._known.get(assistant_id, (InputShape(), 0.0))
        if time.monotonic() < until:
            return shape
        try:
            schemas = await self._server.schemas(assistant_id)
        except AgentServerError as error:
            log.info("the schemas of %s could not be read: %s", assistant_id, error)
            return shape
        shape = InputShape.of(schemas.get("input_schema") or schemas.get("state_schema"))
        self._known[assistant_id] = (shape, time.monotonic() + KEPT)
        return shape


def parse_input(text: str, shape: InputShape) -> Mapping[str, Any]:
    """The input that a person wrote for a graph without messages.

    Args:
        text: What they wrote.
        shape: What the graph takes.

    Raises:
        ValueError: It is no JSON object; the words say what to write instead.
    """
    wanted = f"This graph takes a JSON object with {shape.names or 'its input'}"
    try:
        value = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{wanted}. This is no JSON: {error.msg}, {place}.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{wanted}. This can't be read as JSON.") from error
    if isinstance(value, dict):
        return value
    raise ValueError(f"{wanted}. This is JSON, but no object: write it in braces.")


def _no_number(name: str) -> object:
    raise ValueError(name)


def _properties(schema: object) -> Mapping[str, Any] | None:
    """The fields of an object's schema, of one that it refers to where it does."""
    if not isinstance(schema, Mapping):
        return None
    refers = schema.get("$ref")
    if isinstance(refers, str) and refers.startswith("#/"):
        found: object = schema
        for step in refers[2:].split("/"):
            found = found.get(step) if isinstance(found, Mapping) else None
        schema = found if isinstance(found, Mapping) else schema
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else None
