"""The embedded default: a demo agent, and the real agent server that runs it as a child."""
