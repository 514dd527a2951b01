"""How a thread stands beside its messages: from its state, its own record, its latest run.

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
FAILURES = frozenset({"error", "timeout"})
"""The statuses of a run that failed."""

_CANCELS = frozenset({"CancelledError", "UserInterrupt", "UserRollback"})
_CALL_REPR = re.compile(r"([A-Za-z_][\w.]*)\((.*)\)", re.DOTALL)
_STRING_REPR = re.compile(r"""(['"])((?:\\.|(?!\1)[^\\])*)\1""", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the step that a thread's state stopped in.

    Attributes:
        place: Its number among the tasks of its step that were started with arguments of their
            own, as one for each tool call is; None for a task that a node's edge started.
        error: Why it failed; None where it ended, was cancelled, or has not run.
        answered: The ids of the tool calls that its result answers.
    """

    place: int | None
    error: RunError | None
    answered: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a thread stands.

    Attributes:
        messages: The raw messages; None where the state has no list of them.
        values: The state's values; None where there are none.
        interrupts: The questions that wait for a person.
        tasks: The tasks of the step that it stopped in.
        error: Why its last run failed.
        stopped: Whether its last run was cancelled.
        due: The nodes that come next.
    """

    messages: list[Any] | None = None
    values: Mapping[str, Any] | None = None
    interrupts: tuple[Interrupt, ...] = ()
    tasks: tuple[Task, ...] = ()
    error: RunError | None = None
    stopped: bool = False
    due: tuple[str, ...] = ()


def read_state(state: Any, thread: Any = None, status: str | None = None) -> Outcome:
    """Read how a thread stands.

    A state alone tells of the errors of its nodes, and neither of those outside a node (such as
    a recursion limit) nor of who cancelled its tasks; the thread and the run's status do.

    Args:
        state: The JSON of `GET /threads/{id}/state`.
        thread: The JSON of `GET /threads/{id}`; None where it is not known.
        status: The status of its latest run; None where it is not known.

    Returns:
        What they say.
    """
    state = state if isinstance(state, Mapping) else {}
    thread = thread if isinstance(thread, Mapping) else {}
    raws = state.get("tasks")
    raws = [task for task in raws if isinstance(task, Mapping)] if isinstance(raws, list) else []
    interrupts = {found.id: found for found in read_interrupts(state.get("interrupts"))}
    for task in raws:
        for found in read_interrupts(task.get("interrupts")):
            interrupts.setdefault(found.id, found)
    errors = [error for task in raws if (error := read_task_error(task.get("error"))) is not None]
    tasks = tuple(_read_task(task) for task in raws)
    error = next((task.error for task in tasks if task.error is not None), None)
    values, due = state.get("values"), state.get("next")
    return Outcome(
        messages=read_messages(values),
        values=values if isinstance(values, Mapping) else None,
        interrupts=tuple(interrupts.values()),
        tasks=tasks,
        error=_run_error(error, thread, status),
        stopped=_was_stopped(thread, status, cancelled=bool(errors) and error is None)
        and not interrupts,
        due=tuple(n for n in due if isinstance(n, str)) if isinstance(due, list) else (),
    )


def _read_task(task: Mapping[str, Any]) -> Task:
    error = read_task_error(task.get("error"))
    path = task.get("path")
    pushed = isinstance(path, list) and len(path) > 1 and path[0] == "__pregel_push"
    said = read_messages(task.get("result")) or []
    answered = (text_of(each, "tool_call_id") for each in said if isinstance(each, Mapping))
    return Task(
        place=path[1] if pushed and isinstance(path, list) and type(path[1]) is int else None,
        error=None if error is None or is_cancel(error) else error,
        answered=frozenset(answered),
    )


def _run_error(
    of_task: RunError | None, thread: Mapping[str, Any], status: str | None
) -> RunError | None:
    """Why the last run failed: its task says most, then the thread, then its status."""
    said = text_of(thread, "status")
    if said:
        failed = said == "error"
    else:
        failed = status in FAILURES or (status is None and of_task is not None)
    if not failed:
        return None
    if of_task is not None:
        return of_task
    error = read_error(thread["error"]) if thread.get("error") else None
    if error is not None and not is_cancel(error):
        return error
    return RunError(ERROR_ID, status if status in FAILURES else "error", "")


def _was_stopped(thread: Mapping[str, Any], status: str | None, *, cancelled: bool) -> bool:
    """Whether the last run was cancelled; `cancelled` is whether tasks of the state were."""
    if status is not None:
        return status == "interrupted"
    if text_of(thread, "status"):
        return text_of(thread, "status") == "interrupted" and is_cancel(
            read_error(thread.get("error"))
        )
    return cancelled


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


def read_task_error(raw: Any) -> RunError | None:
    """The error of a task, as a state has it (`ValueError('no')`) or a `tasks` event."""
    if isinstance(raw, Mapping):
        return read_error(raw)
    return _error_of_repr(raw) if isinstance(raw, str) and raw else None


def is_cancel(error: RunError) -> bool:
    """Whether it is no failure: the run was cancelled, or a task because another one failed."""
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
