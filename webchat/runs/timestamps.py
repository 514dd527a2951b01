"""When the server said what it repeats: a replay's events come now, and tell of then."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from webchat.agent_server import StreamEvent

_TIMED_ID = re.compile(r"(\d{13})-\d+")


def at_server_time(event: StreamEvent) -> StreamEvent:
    """The event with the time in its id (`<unix ms>-<n>`), where the server puts one there."""
    found = _TIMED_ID.fullmatch(event.id or "")
    return replace(event, received_at=int(found[1]) / 1000) if found else event


def parse_timestamp(stamp: object) -> float | None:
    """A time in the server's words (ISO 8601) as Unix seconds; None where it is none."""
    try:
        return datetime.fromisoformat(str(stamp)).timestamp()
    except ValueError:
        return None
