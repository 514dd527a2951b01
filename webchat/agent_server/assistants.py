"""The API of assistants: finding them, their graphs and schemas, and how long they may run."""

from __future__ import annotations

import time
from typing import Any, cast

from webchat import limits
from webchat.agent_server.connection import Connection
from webchat.agent_server.error_mapping import About, unknown_assistant
from webchat.agent_server.errors import AgentServerError, MalformedId
from webchat.agent_server.paths import assistant_path, checked_id
from webchat.agent_server.shapes import many, one
from webchat.agent_server.types import Assistant, Graph, Schemas

RECURSION_LIMIT = 100
"""Steps of a run where nobody set a limit; the server's own 10,007 let a loop eat its memory."""
LIMIT_KEPT = 60.0  # seconds that an assistant's own limit is taken from memory
PAGE = 100  # assistants asked for at once


class Assistants:
    """The assistants of a server.

    Args:
        connection: The way to the server.
        recursion_limit: See `AgentServer`.
    """

    def __init__(self, connection: Connection, recursion_limit: int | None) -> None:
        self._connection = connection
        self._recursion_limit = recursion_limit
        self._limits: dict[str, tuple[int | None, float]] = {}  # by assistant, until when

    async def assistants(self, graph_id: str | None = None) -> list[Assistant]:
        """All assistants, or all of one graph, the oldest first; of very many the first ones."""
        found: dict[str, Assistant] = {}
        asked = 0
        about = About(assistant_id=graph_id)
        while True:
            body: dict[str, Any] = {"limit": PAGE, "offset": asked}
            if graph_id is not None:
                body["graph_id"] = graph_id
            page = many(
                await self._connection.post("/assistants/search", about, body, repeatable=True)
            )
            before, asked = len(found), asked + len(page)
            found |= {str(each.get("assistant_id")): cast(Assistant, each) for each in page}
            if len(page) < PAGE or len(found) == before or len(found) >= limits.ASSISTANTS:
                kept = list(found.values())[: limits.ASSISTANTS]
                return sorted(kept, key=lambda assistant: str(assistant.get("created_at", "")))

    async def assistant(self, id: str) -> Assistant:
        """One assistant.

        Args:
            id: Its id, or the name of a graph, which stands for that graph's default assistant.

        Raises:
            UnknownAssistant: There is none.
        """
        try:
            assistant_id = checked_id("assistant", id)
        except MalformedId:
            return _default_of(await self.assistants(graph_id=id), id)
        about = About(assistant_id=id)
        return cast(
            Assistant, one(await self._connection.get(f"/assistants/{assistant_id}", about))
        )

    async def default_assistant(self) -> Assistant:
        """The assistant to talk to where none is chosen.

        It is the first that the server made by itself, without a configuration; where it made
        none, the first without a configuration; else the first.

        Raises:
            UnknownAssistant: The server has no assistants.
        """
        return _default_of(await self.assistants(), "default")

    async def graph(self, assistant_id: str) -> Graph:
        """An assistant's graph with what is inside its steps; its tools stand in the nodes."""
        about, path = assistant_path(assistant_id)
        return cast(
            Graph, one(await self._connection.get(f"{path}/graph", about, {"xray": "true"}))
        )

    async def schemas(self, assistant_id: str) -> Schemas:
        """An assistant's JSON schemas; some 50 KB."""
        about, path = assistant_path(assistant_id)
        return cast(Schemas, one(await self._connection.get(f"{path}/schemas", about)))

    async def recursion_limit(self, assistant_id: str) -> int | None:
        """The steps to allow a run of an assistant; None where the assistant says so itself.

        It is this server's `recursion_limit` if it was given one, else the assistant's own, else
        `RECURSION_LIMIT`. What an assistant says is kept for a minute.
        """
        if self._recursion_limit is not None:
            return self._recursion_limit
        limit, until = self._limits.get(assistant_id, (None, 0.0))
        if time.monotonic() < until:
            return limit
        try:
            config = (await self.assistant(assistant_id)).get("config") or {}
        except AgentServerError:
            return RECURSION_LIMIT  # the request for the run says what is wrong
        limit = None if "recursion_limit" in config else RECURSION_LIMIT
        self._limits[assistant_id] = (limit, time.monotonic() + LIMIT_KEPT)
        return limit


def _default_of(assistants: list[Assistant], wanted: str) -> Assistant:
    plain = [each for each in assistants if not each.get("config")]
    systems = [each for each in plain if (each.get("metadata") or {}).get("created_by") == "system"]
    for choice in (systems, plain, assistants):
        if choice:
            return choice[0]
    raise unknown_assistant("nothing found", About(assistant_id=wanted))
