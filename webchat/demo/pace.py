"""How fast the demo talks, from `WEBCHAT_DEMO_PACE`: tokens a second, 0 for no waiting at all."""

from __future__ import annotations

import os
import random

HUMAN_PACE = 35.0
"""Tokens a second: about what a hosted model streams at, and quick to read along."""


def tokens_per_second() -> float:
    """The pace that is set.

    Raises:
        ValueError: It is set to something that is not a number.
    """
    given = os.environ.get("WEBCHAT_DEMO_PACE") or HUMAN_PACE
    try:
        return float(given)
    except ValueError:
        raise ValueError(f"WEBCHAT_DEMO_PACE must be a number, not {given!r}.") from None


def token_pause() -> float:
    """Seconds until the next token, a little different each time, as a real model's are."""
    pace = tokens_per_second()
    return random.uniform(0.5, 1.5) / pace if pace > 0 else 0.0


def scaled(seconds: float) -> float:
    """A length of time at human pace, made shorter or longer as the pace is."""
    pace = tokens_per_second()
    return seconds * HUMAN_PACE / pace if pace > 0 else 0.0
