"""The embedded default: the demo agent and the server around it."""
