"""From times and counters to figures: percentiles, growth, medians. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

Figures = dict[str, float]
"""What a run gave, by name; the names end in their units."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lie, between two of them if need be.

    Args:
        values: At least one, in any order.
        share: From 0 to 1.
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def lags(sent: Sequence[float], seen: Sequence[float]) -> list[float]:
    """How long each token took from the agent server to the eye.

    Args:
        sent: When each was sent, milliseconds.
        seen: When each was painted; shorter if some never were.
    """
    return [eye - server for server, eye in zip(sent, seen, strict=False)]


def lag_figures(lag: Sequence[float]) -> Figures:
    """Lags in a few figures, and whether they grow from an answer's start to its end.

    Growth compares the medians of the first and the last fifth of the tokens: a cost that grows
    with the answer delays all of the last, a busy machine only some.

    Args:
        lag: Of the tokens in their order, milliseconds.

    Returns:
        Figures in milliseconds; none if no token was seen.
    """
    if not lag:
        return {}
    fifth = max(1, len(lag) // 5)
    first, last = percentile(lag[:fifth], 0.5), percentile(lag[-fifth:], 0.5)
    return {
        "lag_p50_ms": percentile(lag, 0.5),
        "lag_p95_ms": percentile(lag, 0.95),
        "lag_p99_ms": percentile(lag, 0.99),
        "lag_first_fifth_ms": first,
        "lag_last_fifth_ms": last,
        "lag_growth_ms": last - first,
    }


def medians(runs: Sequence[Figures]) -> Figures:
    """Figure by figure, the median of the runs that have it."""
    names = {name: None for run in runs for name in run}
    return {name: median([run[name] for run in runs if name in run]) for name in names}


def ratios(figures: Figures, base: Figures, names: Sequence[str]) -> Figures:
    """Some figures as multiples of another case's, where both have them.

    Returns:
        The ratios by the same names.
    """
    return {
        name: figures[name] / base[name]
        for name in names
        if name in figures and base.get(name, 0) > 0
    }
