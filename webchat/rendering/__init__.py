"""Untrusted text to safe HTML: markdown by blocks, code, formulas, JSON trees. Pure."""
