"""The LangGraph API over httpx and httpx-sse: assistants, threads, runs, and their streams.

`AgentServer` is the way in. What goes wrong is an `AgentServerError`, drawn as a tree in
`errors`. This room knows nothing of Reflex, of HTML, or of what a message means.
"""

from webchat.agent_server.client import AgentServer
from webchat.agent_server.errors import (
    AgentServerError,
    Busy,
    MalformedId,
    NotFound,
    Rejected,
    ServerFault,
    StreamLost,
    Unauthorized,
    UnknownAssistant,
    UnknownRun,
    UnknownThread,
    Unreachable,
)
from webchat.agent_server.events import StreamEvent
from webchat.agent_server.streams import Patience, RunStream, StreamNotice
from webchat.agent_server.types import (
    Assistant,
    Checkpoint,
    FinalStatus,
    Graph,
    Run,
    RunStatus,
    Schemas,
    ServerInfo,
    Thread,
    ThreadState,
)

__all__ = [
    "AgentServer",
    "AgentServerError",
    "Assistant",
    "Busy",
    "Checkpoint",
    "FinalStatus",
    "Graph",
    "MalformedId",
    "NotFound",
    "Patience",
    "Rejected",
    "Run",
    "RunStatus",
    "RunStream",
    "Schemas",
    "ServerFault",
    "ServerInfo",
    "StreamEvent",
    "StreamLost",
    "StreamNotice",
    "Thread",
    "ThreadState",
    "Unauthorized",
    "UnknownAssistant",
    "UnknownRun",
    "UnknownThread",
    "Unreachable",
]
