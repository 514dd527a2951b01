"""webchat: a web chat for agents that run on a LangGraph agent server."""
