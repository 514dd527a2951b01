"""What the tabs of this process share; one object, made by the lifespan."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from webchat import limits
from webchat.agent_server.client import AgentServer
from webchat.runs import Feeds, Health
from webchat.screen.inputs import Inputs
from webchat.screen.renderer import Renderers
from webchat.screen.tab import Tab
from webchat.screen.tabs import Tabs


@dataclass(slots=True, eq=False)
class App:
    """All that outlives a tab.

    Attributes:
        server: The agent server's API.
        feeds: Its threads as we follow them.
        health: Whether it answers.
        embedded: Whether the server is our own, with the demo agent.
        preferred_assistant: Whom a new chat talks to: an assistant's id, name or graph; empty
            for the server's default one.
        renderers: One for each feed that somebody looked at.
        inputs: What its assistants take.
        tabs: The tabs that are open, and some that were lately.
        clipboard: Makes texts ready to be copied, away from the event loop.
    """

    server: AgentServer
    feeds: Feeds
    health: Health
    embedded: bool = False
    preferred_assistant: str = ""
    renderers: Renderers = field(default_factory=Renderers)
    inputs: Inputs = field(init=False)
    tabs: Tabs = field(init=False)
    clipboard: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(limits.CLIPBOARD_JOBS, "clipboard")
    )

    def __post_init__(self) -> None:
        self.inputs = Inputs(self.server)
        self.tabs = Tabs(self.new_tab)

    def new_tab(self) -> Tab:
        """A tab that looks at nothing yet."""
        return Tab(self.server, self.feeds, self.health, self.renderers, self.inputs)
