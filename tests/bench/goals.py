"""What webchat has promised about its speed, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.figures import Figures

FLAT = 25.0
"""Milliseconds that the lag's median may grow over one answer and still be called flat.

Frames are allowed to become rarer while a block is long, down to 20 a second: half of the tokens
then wait for more than 25 ms where they waited for 8. What grows with the answer grows past it.
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound.

    Attributes:
        case: Whose figure it is about.
        figure: Which one; after a `/`, as a multiple of the case's base.
        most: The largest value that keeps the promise.
    """

    case: str
    figure: str
    most: float


GOALS = (
    Goal("S1", "/lag_p95_ms", 1.1),
    Goal("S2", "/lag_p95_ms", 1.5),
    Goal("S3", "/lag_p95_ms", 2.6),
    Goal("S1", "/main_thread_ms_per_1k", 1.5),
    Goal("S3", "/main_thread_ms_per_1k", 1.55),
    Goal("S1", "bytes_per_token", 250),
    Goal("S2", "bytes_per_token", 250),
    Goal("S3", "bytes_per_token", 250),
    Goal("S1", "load_kb", 350),
    Goal("S1", "usable_ms", 500),
    Goal("S1", "server_ms_per_token", 1.2),
    Goal("crowd", "server_ms_per_token", 0.6),
    Goal("crowd", "lag_p95_ms", 200),
    Goal("crowd", "others_lag_p95_ms", 200),
    Goal("raw", "/lag_p95_ms", 1.1),
    Goal("raw", "/main_thread_ms_per_1k", 1.1),
    Goal("raw", "/server_ms_per_token", 1.1),
    Goal("hundred", "others_lag_p95_ms", 80),
    Goal("hundred", "memory_kept", 1.15),
    Goal("twohundred", "others_lag_p95_ms", 200),
    Goal("code", "lag_growth_ms", FLAT),
    Goal("long", "lag_growth_ms", FLAT),
    *(
        Goal(case, "missing", 0)
        for case in ("S1", "S2", "S3", "raw", "code", "long", "crowd", "hundred")
    ),
)


def judge(results: Mapping[str, Figures]) -> list[tuple[Goal, float, bool]]:
    """Hold results against the goals.

    Args:
        results: Figures by case; multiples under names that begin with `/`.

    Returns:
        Each goal of a case that was measured, with what was measured (infinite when the figure
        is lacking) and whether the promise is kept.
    """
    judged = []
    for goal in GOALS:
        if goal.case in results:
            value = results[goal.case].get(goal.figure, float("inf"))
            judged.append((goal, value, value <= goal.most))
    return judged
