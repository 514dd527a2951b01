"""Keeps logs free of what clients send: headers, tokens, texts, control characters, floods.

Reflex and the socket server print events, exceptions and names as they came. So every record of
every logger is rewritten as it is made, before any handler sees it: cut to a length, control
characters escaped, credentials hidden; what is logged by the code that handles sockets keeps the
words of the program and loses what follows them. Of an exception a log has the type and the frames,
and the message only where it is ours or the operating system's.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)

LONGEST = 2000
"""Characters of a message."""

LONGEST_REASON = 300
"""Characters of an exception's message."""

MOST_FRAMES, MOST_CAUSES = 12, 4
"""How many frames of an exception are logged, and of how many exceptions in a chain."""

MOST_A_MINUTE = 20
"""Records of one of the loggers that clients can make write."""

_CLIENT_FACING = (
    "asyncio",
    "engineio",
    "reflex.app",
    "reflex.istate",
    "reflex.state",
    "reflex.utils.token_manager",
    "reflex_base.event",
    "socketio",
)

# The ends of the program's own words: a value follows.
_VALUE = re.compile(
    r"""['"{<\[\n]|Event\(|:\ |(?<=Frontend\ version\ )|(?<=Invalid\ session\ )|(?<=Method\ )"""
)
_REFUSED = " is not an accepted origin."
_ORIGIN = re.compile(r"[a-z]{1,20}://[\w.:\[\]-]{1,200}")
_CREDENTIAL = re.compile(
    r"""(?ix) (?<![a-z]) (authorization|cookie|x-api-key|api[_-]?key|password|secret|token)
    (["']? \s* [:=] \s* ["']?) (bearer\s+|basic\s+)? [^\s"',;&}]+ | (bearer) (\s+) () \S+"""
)


def protect_logs() -> None:
    """Rewrite every log record of this process from now on; a second call changes nothing."""
    if logging.getLogRecordFactory() is _record:
        return
    logging.setLogRecordFactory(_record)
    for name in (
        __name__,
        "engineio.server",
        "reflex.app",
        "reflex_base.event.processor.event_processor",
        "socketio.server",
    ):
        logging.getLogger(name).addFilter(Throttled())


def page_error(exception: Exception) -> None:
    """Log that a page reported an error in the browser, without the words that came with it."""
    log.warning("A page reported an error in the browser; its words are shown at level debug.")
    log.debug("A page's error: %s", exception)


def printable(text: str, longest: int) -> str:
    """A text as a log may have it: on one line, cut, with credentials hidden.

    Args:
        text: Any text.
        longest: How many of its characters are kept.
    """
    kept = text[:longest]
    kept = _CREDENTIAL.sub(lambda m: f"{m[1] or m[4]}{m[2] or m[5]}[hidden]", kept)
    if not kept.isprintable():
        kept = "".join(
            one if one.isprintable() else one.encode("unicode_escape").decode() for one in kept
        )
    left_out = len(text) - longest
    return f"{kept} … {left_out} characters more" if left_out > 0 else kept


class Throttled(logging.Filter):
    """Lets `MOST_A_MINUTE` records of a logger through, and says so when there are more."""

    def __init__(self) -> None:
        super().__init__()
        self._minute = 0
        self._count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
        minute = int(record.created // 60)
        if minute != self._minute:
            self._minute, self._count = minute, 0
        self._count += 1
        if self._count == MOST_A_MINUTE:
            record.msg = f"{record.msg} (more of this minute is not logged)"
        return self._count <= MOST_A_MINUTE


def _record(*arguments: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*arguments, **more)
    try:
        text = record.getMessage()
    except Exception:  # arguments that do not fit, or cannot be written: a log call never raises
        text = str(record.msg)
    if record.name.startswith(_CLIENT_FACING):
        text = _own_words(text)
    lines = [printable(text, LONGEST)]
    if record.exc_info and record.exc_info[1] is not None:
        lines += _described(record.exc_info[1])
    record.msg, record.args, record.exc_info = "\n".join(lines), None, None
    return record


def _own_words(text: str) -> str:
    """What the program says, without the values; but an operator may need a refused origin."""
    origin, refused, _ = text.partition(_REFUSED)
    if refused:
        return f"{origin if _ORIGIN.fullmatch(origin) else 'Something else'}{refused}"
    value = _VALUE.search(text)
    return f"{text[: value.start()]}…" if value else text


def _described(error: BaseException) -> Iterator[str]:
    """An exception and those that led to it, the last one first, line by line."""
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            return
        kind = type(cause)
        is_ours = kind.__module__.split(".")[0] == "webchat" or isinstance(cause, OSError)
        reason = f": {printable(str(cause), LONGEST_REASON)}" if is_ours else ""
        yield f"{kind.__qualname__}{reason}"
        for entry in traceback.format_tb(cause.__traceback__, limit=-MOST_FRAMES):
            yield entry.rstrip("\n")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
