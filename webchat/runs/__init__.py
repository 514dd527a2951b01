"""Live runs: one feed per thread reads the stream once, keeps it, folds it, wakes its watchers.

Knows the agent server and the fold; knows nothing of Reflex, HTML, or what a page shows.
"""

from webchat.runs.feed import Feed, RunFacts
from webchat.runs.feeds import Feeds
from webchat.runs.link import GRACE, Link, LinkState
from webchat.runs.pace import Pace
from webchat.runs.wire_log import WireEvent, WireLog

__all__ = [
    "GRACE",
    "Feed",
    "Feeds",
    "Link",
    "LinkState",
    "Pace",
    "RunFacts",
    "WireEvent",
    "WireLog",
]
