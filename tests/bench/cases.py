"""What is measured: which page, which answer, on which thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tests.bench.script import Script

CALM = Script("prose", 500, 50)
FAST = Script("prose", 2000, 200)
CODE = Script("code", 2000, 100)  # five tokens a line
LONG = Script("prose", 20_000, 200)
SLOW = Script("prose", 400, 20)
CROWD = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the results.

    Attributes:
        name: What it is called on the command line and in the table.
        script: The answer that streams.
        page: Whose page shows it.
        history: How many messages of 300 characters the thread holds before.
        raw: Whether the raw view is open meanwhile, on Messages.
        pages: How many are streamed to at once; all but one of them without a browser.
        once: Whether it is too long to be repeated.
        memory: Whether to wait a minute after all pages have left, and see what memory is kept.
        base: The case whose figures these are also told as multiples of.
    """

    name: str
    script: Script
    page: Literal["webchat", "floor"] = "webchat"
    history: int = 0
    raw: bool = False
    pages: int = 1
    once: bool = False
    memory: bool = False
    base: str = ""

    @property
    def floor(self) -> Case:
        """The same on the bare page."""
        return replace(self, name=f"{self.name} floor", page="floor", base="")


def _on_floor_too(case: Case) -> tuple[Case, Case]:
    return case.floor, replace(case, base=case.floor.name)


def cases(tokens: int | None = None) -> list[Case]:
    """Every case, in the order of measuring.

    Args:
        tokens: The length of the long answer, if not its own.
    """
    long = LONG if tokens is None else replace(LONG, tokens=tokens)
    return [
        *_on_floor_too(Case("S1", CALM)),
        Case("raw", CALM, raw=True, base="S1"),
        *_on_floor_too(Case("S2", FAST)),
        *_on_floor_too(Case("S3", CALM, history=200)),
        *_on_floor_too(Case("code", CODE)),
        *_on_floor_too(Case("long", long, once=True)),
        Case("crowd", CALM, pages=CROWD),
        Case("hundred", SLOW, pages=100, once=True, memory=True),
        Case("twohundred", SLOW, pages=200, once=True),
    ]


def chosen(all_cases: list[Case], names: list[str]) -> list[Case]:
    """The named cases with those that they are compared with; all where none is named.

    Raises:
        KeyError: There is no case of that name.
    """
    by_name = {case.name: case for case in all_cases}
    wanted: set[str] = set()
    for name in names:
        case = by_name[name]
        while case.name not in wanted:
            wanted.add(case.name)
            case = by_name.get(case.base, case)
    return [case for case in all_cases if not names or case.name in wanted]
