"""How the latest run stands beside its messages: whether it goes on, what it asks, why it ended."""

from __future__ import annotations

from typing import Any

from webchat.transcript.parts import Interrupt, Part, Paused, RunError
from webchat.transcript.thread_state import ERROR_ID, FAILURES, Outcome, read_interrupts
from webchat.transcript.tool_call_parts import SETTLED, RunPhase


class Standing:
    """How the latest run stands.

    Attributes:
        live: Whether it goes on, as far as is known.
        interrupts: The questions that wait for a person, by id.
        error: Why it failed; None where it did not.
        due: The nodes that it stands before, once it is over; empty where a person stopped it.
    """

    def __init__(self) -> None:
        self.live = False
        self.interrupts: dict[str, Interrupt] = {}
        self.error: RunError | None = None
        self.due: tuple[str, ...] = ()

    @property
    def paused(self) -> bool:
        """Whether it stands at a breakpoint: nodes are due, and nothing says why."""
        return bool(self.due) and not (self.live or self.interrupts or self.error)

    def begin(self) -> None:
        """A run begins; what an earlier one left is over."""
        self.live = True
        self.due = ()
        self.restart()

    def restart(self) -> None:
        """The run begins again at its last checkpoint."""
        self.interrupts.clear()
        self.error = None

    def ask(self, raw: Any) -> bool:
        """Take in interrupts, in the JSON of any event; returns whether there are any."""
        found = list(read_interrupts(raw))
        for each in found:
            self.interrupts.setdefault(each.id, each)
        return bool(found)

    def end(self, status: str | None) -> None:
        """The run is over with a status, in the server's words; None where it is not known."""
        self.live = False
        if status not in FAILURES:
            self.error = None
        elif self.error is None:
            self.error = RunError(ERROR_ID, status or "", "")

    def take(self, outcome: Outcome, *, stopped: bool) -> None:
        """Take over how the thread stands.

        Args:
            outcome: What its state says.
            stopped: Whether a person stopped the run.
        """
        self.interrupts = {found.id: found for found in outcome.interrupts}
        if self.error is None or (outcome.error is not None and outcome.error.message):
            self.error = outcome.error
        self.due = () if stopped else outcome.due

    def phase(self, *, told_failures: bool) -> RunPhase:
        """What becomes of the last turn's calls that have no result.

        Args:
            told_failures: Whether the run's tasks told which of them failed.
        """
        if self.interrupts:
            return RunPhase(self.live, "waiting")
        if self.live:
            return RunPhase(live=True, unresolved="running")
        if self.error is not None and not told_failures:
            return RunPhase(live=False, unresolved="failed")
        if self.paused:
            return RunPhase(live=False, unresolved="waiting")
        return SETTLED

    def parts(self) -> tuple[Part, ...]:
        """The parts that end the last turn."""
        parts: list[Part] = [*self.interrupts.values()]
        if self.paused:
            parts.append(Paused("paused", self.due))
        if self.error is not None:
            parts.append(self.error)
        return tuple(parts)
