"""The reducer: wire events in, turns and parts out. No network, no Reflex, no HTML, no clock."""

from webchat.transcript.parts import (
    Citation,
    Events,
    Image,
    Interrupt,
    Notice,
    Part,
    Paused,
    Progress,
    Reasoning,
    Removed,
    Role,
    RunError,
    Subagent,
    Text,
    ToolCall,
    ToolResult,
    ToolStatus,
    Turn,
    Usage,
)
from webchat.transcript.recent import Recent
from webchat.transcript.references import References, references_of
from webchat.transcript.transcript import Transcript

__all__ = [
    "Citation",
    "Events",
    "Image",
    "Interrupt",
    "Notice",
    "Part",
    "Paused",
    "Progress",
    "Reasoning",
    "Recent",
    "References",
    "Removed",
    "Role",
    "RunError",
    "Subagent",
    "Text",
    "ToolCall",
    "ToolResult",
    "ToolStatus",
    "Transcript",
    "Turn",
    "Usage",
    "references_of",
]
