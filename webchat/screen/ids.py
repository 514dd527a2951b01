"""Ids as the page and the agent server spell them."""

from __future__ import annotations

from uuid import UUID


def is_uuid(value: object) -> bool:
    """Whether it is a UUID in the one spelling that both use: lower case, with dashes."""
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False
