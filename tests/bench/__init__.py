"""How fast webchat is in a real browser; run by hand, as README.md says."""
