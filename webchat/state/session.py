"""Whom a person talks to: the server's assistants, the chosen one, and what it can do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TypedDict

import reflex as rx

from webchat.agent_server import (
    AgentServerError,
    ServerFault,
    Unauthorized,
    UnknownAssistant,
    Unreachable,
)
from webchat.agent_server.types import Assistant, Graph
from webchat.demo.starters import STARTERS
from webchat.rendering.text import NAME, SENTENCE, shortened
from webchat.state.current import app, tab_of

ANY_AGENT = ("What can you do?", "Which tools do you have?", "Show me an example of your work")
MOST_TOOLS = 24

AGAIN = 2.0
"""Seconds until the assistants are asked for again when they could not be read."""


class AssistantItem(TypedDict):
    """An assistant to choose."""

    assistant_id: str
    name: str


class Session(rx.State):
    """The assistants of the agent server, as one tab sees them."""

    assistants: rx.Field[list[AssistantItem]] = rx.field(default_factory=list)
    assistant_id: str = ""
    agent_name: str = ""
    agent_about: str = ""
    agent_tools: rx.Field[list[str]] = rx.field(default_factory=list)
    starters: rx.Field[list[str]] = rx.field(default_factory=list)
    assistant_note: str = ""

    _chosen_at: str = ""
    """The address at which the person chose; until they leave it, no thread's assistant counts."""

    @rx.event(background=True, supersedes=True)
    async def load(self):
        """Read the assistants as soon as the server answers, and introduce the chosen one."""
        async with self:
            if self._chosen_at != self.router.url.path:
                self._chosen_at = ""
        try:
            found = await _as_soon_as_it_answers()
            first, why_first = await _preferred(found)
        except AgentServerError as error:
            async with self:
                if isinstance(error, UnknownAssistant):
                    self._offer_nobody()
                self.assistant_note = f"{error} {error.advice}"
            return
        async with self:
            chosen = self._choose_among(found, first)
            if chosen is first and not self.assistant_note:
                self.assistant_note = why_first
        await self._introduce(chosen)

    def _choose_among(self, found: list[Assistant], first: Assistant) -> Assistant:
        """Offer these, keep the chosen one if it is among them, and say so if it is gone.

        Args:
            found: The server's assistants.
            first: The one for a person who has not chosen any.
        """
        before = next((one for one in self.assistants if self._is_chosen(one)), None)
        self.assistants = [_item(one) for one in found]
        gone = before is not None and not self._offers(self.assistant_id)
        if gone:
            self._chosen_at = ""
        if not self._adopt() and not self._offers(self.assistant_id):
            self.assistant_id = first["assistant_id"]
        chosen = next((one for one in found if self._is_chosen(one)), first)
        self.assistant_note = (
            _gone(before["name"], _item(chosen)["name"]) if before and gone else ""
        )
        return chosen

    def _offer_nobody(self) -> None:
        """The server has no assistants: neither offer nor introduce those that it had."""
        self.assistants, self.agent_tools, self.starters = [], [], []
        self.assistant_id = self.agent_name = self.agent_about = self._chosen_at = ""

    def _is_chosen(self, one: Assistant | AssistantItem) -> bool:
        return one["assistant_id"] == self.assistant_id

    def _offers(self, assistant_id: object) -> bool:
        return any(one["assistant_id"] == assistant_id for one in self.assistants)

    def _adopt(self) -> bool:
        """Choose who answers in the page's thread, unless the person chose there themselves.

        Returns:
            Whether that one is chosen now.
        """
        path = self.router.url.path
        answers = tab_of(self).assistant_at(path)
        if self._chosen_at == path or not self._offers(answers):
            return False
        self.assistant_id = answers
        return True

    @rx.event(background=True, supersedes=True)
    async def adopt(self):
        """Talk to the one who answers in the thread that the page shows."""
        async with self:
            before = self.assistant_id
            if not self._adopt() or self.assistant_id == before:
                return
            assistant_id = self.assistant_id
        await self._read_and_introduce(assistant_id)

    @rx.event(background=True)
    async def choose(self, assistant_id: str):
        """Talk to another assistant from now on.

        Args:
            assistant_id: One of those that were offered.
        """
        async with self:
            if not self._offers(assistant_id):
                return
            self.assistant_id = assistant_id
            self._chosen_at = self.router.url.path
            self.assistant_note = ""
        await self._read_and_introduce(assistant_id)

    async def _read_and_introduce(self, assistant_id: str) -> None:
        try:
            assistant = await app().server.assistant(assistant_id)
        except AgentServerError as error:
            async with self:
                if self.assistant_id == assistant_id:
                    self.assistant_note = f"{error} {error.advice}"
            return
        await self._introduce(assistant)

    async def _introduce(self, assistant: Assistant) -> None:
        """Say on the empty page who this is and what it can do, if it is still the chosen one."""
        async with self:
            if self.assistant_id == assistant["assistant_id"]:
                tab_of(self).talk_to(self.assistant_id)
        try:
            tools = _tools(await app().server.graph(assistant["assistant_id"]))
        except AgentServerError:
            tools = []  # not every server draws its graphs, and the chat works without
        async with self:
            if self.assistant_id != assistant["assistant_id"]:
                return  # another one was chosen meanwhile, and is introduced
            self.agent_name = shortened(_name(assistant), NAME)
            self.agent_about = _about(assistant)
            self.agent_tools = tools
            self.starters = _starters(assistant)


async def _as_soon_as_it_answers() -> list[Assistant]:
    """The server's assistants, asked for again whenever it comes back."""
    health = app().health
    wake = asyncio.Event()
    with health.changed.watching(wake):
        while True:
            if health.state.word == "connected":
                try:
                    return await app().server.assistants()
                except (Unreachable, ServerFault, Unauthorized):
                    health.suspect()
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), AGAIN)
            wake.clear()


async def _preferred(found: list[Assistant]) -> tuple[Assistant, str]:
    """The one that the settings name, else the server's default, and why it is not the former."""
    wanted, note = app().preferred_assistant, ""
    if wanted:
        for one in found:
            if wanted in (one["assistant_id"], one.get("name"), one["graph_id"]):
                return one, ""
        note = f"The agent server has no assistant named {wanted}; this is its default one."
    default = await app().server.default_assistant()
    same = (one for one in found if one["assistant_id"] == default["assistant_id"])
    return next(same, default), note


def _gone(name: str, instead: str) -> str:
    return f"The agent server has no “{name}” any more; “{instead}” is chosen instead."


def _item(assistant: Assistant) -> AssistantItem:
    return {"assistant_id": assistant["assistant_id"], "name": shortened(_name(assistant), NAME)}


def _name(assistant: Assistant) -> str:
    return assistant.get("name") or assistant["graph_id"]


def _about(assistant: Assistant) -> str:
    described = assistant.get("description")
    if isinstance(described, str) and described:
        return shortened(described, SENTENCE)
    if app().embedded:
        return "A demo agent with an offline, scripted model. Ask it something."
    return ""


def _starters(assistant: Assistant) -> list[str]:
    """The assistant's own (`metadata.starters`), the demo's, or some that fit anybody."""
    own = (assistant.get("metadata") or {}).get("starters")
    if isinstance(own, list) and own:
        return [shortened(words, SENTENCE) for words in own if isinstance(words, str)][:4]
    return list(STARTERS if app().embedded else ANY_AGENT)


def _tools(graph: Graph) -> list[str]:
    """The tools that a graph's nodes name."""
    names: list[str] = []
    for step in graph.get("nodes", []):
        named = (step.get("metadata") or {}).get("__tools")
        if isinstance(named, list):
            names += [shortened(name, NAME) for name in named if isinstance(name, str)]
    return list(dict.fromkeys(names))[:MOST_TOOLS]
