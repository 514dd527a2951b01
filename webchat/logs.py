"""What may not get into a log: what a browser sent along with its events."""

from __future__ import annotations

import logging

_EVENTS = "reflex_base.event.processor.event_processor"


class _Terse(logging.Filter):
    """Cuts a record off before the event that it prints, which holds headers and cookies."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        head, found, _ = message.partition("Event(")
        if found:
            record.msg, record.args = f"{head}an event that is not shown here", ()
        return True


def keep_secrets_out() -> None:
    """Teach Reflex's log of events discretion; once is enough, more does no harm."""
    logging.getLogger(_EVENTS).addFilter(_Terse())
