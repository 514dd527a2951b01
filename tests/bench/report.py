"""Results as tables for people, and as JSON for whoever compares two of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.cases import Case
from tests.bench.figures import Figures, medians, ratios
from tests.bench.goals import judge

COLUMNS = {
    "lag p50": ("lag_p50_ms", 0),
    "p95": ("lag_p95_ms", 0),
    "p99, ms": ("lag_p99_ms", 0),
    "first fifth p50": ("lag_first_fifth_ms", 0),
    "last fifth p50, ms": ("lag_last_fifth_ms", 0),
    "the others' p95, ms": ("others_lag_p95_ms", 0),
    "first token, ms": ("first_token_ms", 0),
    "main thread, ms/1,000": ("main_thread_ms_per_1k", 0),
    "bytes/token": ("bytes_per_token", 0),
    "server CPU, ms/token": ("server_ms_per_token", 2),
    "server, cores": ("server_cores", 2),
    "memory, MB": ("memory_mb", 0),
    "kept after": ("memory_kept", 2),
    "load, kB": ("load_kb", 0),
    "usable, ms": ("usable_ms", 0),
    "missing": ("missing", 0),
    "others, cores": ("other_cores", 2),
}
COMPARED = (
    "lag_p50_ms",
    "lag_p95_ms",
    "main_thread_ms_per_1k",
    "bytes_per_token",
    "server_ms_per_token",
)


def summarise(cases: Sequence[Case], runs: Mapping[str, Sequence[Figures]]) -> dict[str, Figures]:
    """Medians by case, with multiples of the case's base under names that begin with `/`."""
    middle = {case.name: medians(runs[case.name]) for case in cases if runs.get(case.name)}
    for case in cases:
        if case.name in middle and case.base in middle:
            compared = ratios(middle[case.name], middle[case.base], COMPARED)
            middle[case.name] |= {f"/{name}": value for name, value in compared.items()}
    return middle


def tables(cases: Sequence[Case], results: Mapping[str, Figures]) -> str:
    """The figures, the multiples, and the goals, as markdown."""
    figures = (
        [name, *(_number(of.get(figure), digits) for figure, digits in COLUMNS.values())]
        for name, of in results.items()
    )
    multiples = (
        [f"{case.name} / {case.base}", *(_number(of.get(f"/{name}"), 2) for name in COMPARED)]
        for case in cases
        if (of := results.get(case.name)) and any(name.startswith("/") for name in of)
    )
    goals = (
        [goal.case, _words(goal.figure), f"{goal.most:g}", f"{value:.3g}", "yes" if kept else "NO"]
        for goal, value, kept in judge(results)
    )
    parts = [
        _table(["case", *COLUMNS], figures),
        _table(["multiples", *map(_words, COMPARED)], multiples),
        _table(["goal for", "figure", "at most", "measured", "kept"], goals),
    ]
    return "\n".join(parts)


def _words(figure: str) -> str:
    plain = figure.lstrip("/").replace("_per_", "/").replace("_", " ")
    return f"{plain}, multiple of its base" if figure.startswith("/") else plain


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def keep(
    path: Path,
    about: Mapping[str, Any],
    results: Mapping[str, Figures],
    runs: Mapping[str, Sequence[Figures]],
) -> None:
    """Write all of it down.

    Args:
        path: The file.
        about: The machine and the versions.
        results: As from `summarise`.
        runs: Every run's figures by case.
    """
    path.write_text(json.dumps({"about": about, "medians": results, "runs": runs}, indent=1) + "\n")
