"""The LangGraph API: assistants, threads, runs, and their streams.

Entry point: `client.AgentServer`. What goes wrong is an `AgentServerError`, drawn as a tree in
`errors`. Exported here is what loads no HTTP library: errors, events and types; the rest is
imported from its module. Knows nothing of Reflex, of HTML, or of what a message means.
"""

from webchat.agent_server.errors import (
    AgentServerError,
    Busy,
    MalformedId,
    NotAnAgentServer,
    NotFound,
    Rejected,
    ServerFault,
    StreamLost,
    TooLarge,
    Unanswered,
    Unauthorized,
    UnknownAssistant,
    UnknownRun,
    UnknownThread,
    Unreachable,
)
from webchat.agent_server.events import StreamEvent, StreamNotice
from webchat.agent_server.patience import Patience
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
    "AgentServerError",
    "Assistant",
    "Busy",
    "Checkpoint",
    "FinalStatus",
    "Graph",
    "MalformedId",
    "NotAnAgentServer",
    "NotFound",
    "Patience",
    "Rejected",
    "Run",
    "RunStatus",
    "Schemas",
    "ServerFault",
    "ServerInfo",
    "StreamEvent",
    "StreamLost",
    "StreamNotice",
    "Thread",
    "ThreadState",
    "TooLarge",
    "Unanswered",
    "Unauthorized",
    "UnknownAssistant",
    "UnknownRun",
    "UnknownThread",
    "Unreachable",
]
