"""Questions that the empty page offers when the demo agent is the one to answer."""

from __future__ import annotations

STARTERS: tuple[str, ...] = (
    "What's the weather in LA?",
    "Compare the weather in Paris and Rome",
    "Write a slow report about webchat",
    "Show me all of markdown, with code and math",
)
