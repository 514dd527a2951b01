"""What a thread's state, or a part of one in an event, says beside its messages.

Reads JSON of any shape and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webchat.transcript.content import text_of
from webchat.transcript.parts import Interrupt, RunError

ERROR_ID = "error"
_CANCELS = frozenset({"CancelledError", "UserInterrupt", "UserRollback"})
_CALL_REPR = re.compile(r"([A-Za-z_][\w.]*)\((.*)\)", re.DOTALL)
_STRING_REPR = re.compile(r"""(['"])((?:\\.|(?!\1)[^\\])*)\1""", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a thread stands.

    Attributes:
        messages: The raw messages; None where the state has no list of them.
        interrupts: The questions that wait for a person.
        error: Why its last run failed.
        cancelled: Whether its last run was cancelled in the middle of a step.
        unfinished: Whether steps are left to do.
    """

    messages: list[Any] | None = None
    interrupts: tuple[Interrupt, ...] = ()
    error: RunError | None = None
    cancelled: bool = False
    unfinished: bool = False


def read_state(state: Any) -> Outcome:
    """Read a thread's state.

    Args:
        state: The JSON of `GET /threads/{id}/state`.

    Returns:
        What it says.
    """
    state = state if isinstance(state, Mapping) else {}
    tasks = state.get("tasks")
    tasks = [task for task in tasks if isinstance(task, Mapping)] if isinstance(tasks, list) else []
    interrupts = {found.id: found for found in read_interrupts(state.get("interrupts"))}
    for task in tasks:
        for found in read_interrupts(task.get("interrupts")):
            interrupts.setdefault(found.id, found)
    errors = [_error_of_repr(text_of(task, "error")) for task in tasks if text_of(task, "error")]
    real = [error for error in errors if not is_cancel(error)]
    return Outcome(
        messages=read_messages(state.get("values")),
        interrupts=tuple(interrupts.values()),
        error=real[0] if real else None,
        cancelled=len(real) < len(errors),
        unfinished=bool(state.get("next")),
    )


def read_messages(values: Any) -> list[Any] | None:
    """The raw messages in a state's values, None where there is no list of them."""
    messages = values.get("messages") if isinstance(values, Mapping) else None
    return messages if isinstance(messages, list) else None


def read_interrupts(raw: Any) -> Iterator[Interrupt]:
    """The interrupts in a list of them, wherever it stood."""
    if not isinstance(raw, list):
        return
    for place, item in enumerate(raw):
        if isinstance(item, Mapping):
            given = text_of(item, "id") or text_of(item, "interrupt_id")
            yield Interrupt(given or f"interrupt{place + 1}", item.get("value"))


def read_error(data: Any) -> RunError:
    """The error that an `error` event tells of."""
    if isinstance(data, Mapping):
        kind = text_of(data, "error") or "error"
        return RunError(ERROR_ID, kind, text_of(data, "message"))
    return RunError(ERROR_ID, "error", data if isinstance(data, str) else "")


def is_cancel(error: RunError) -> bool:
    """Whether it is no failure: a person stopped the run."""
    return error.kind in _CANCELS


def _error_of_repr(text: str) -> RunError:
    """From `ValueError('bad input')`, which is how a state tells of an error."""
    match = _CALL_REPR.fullmatch(text)
    if match is None:
        return RunError(ERROR_ID, "error", text, detail=text)
    kind, said = match[1].rpartition(".")[2], match[2]
    quoted = _STRING_REPR.fullmatch(said)
    if quoted is not None:
        said = re.sub(r"\\([ntr'\"\\])", lambda m: _ESCAPES.get(m[1], m[1]), quoted[2])
    return RunError(ERROR_ID, kind, said, detail=text)
