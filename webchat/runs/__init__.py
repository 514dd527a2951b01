"""Live runs: one feed per thread reads each run once, keeps its events, reduces them, notifies.

Knows the agent server and the reducer; knows nothing of Reflex, HTML, or what a page shows.
"""

from webchat.runs.feed import Feed
from webchat.runs.feeds import Feeds
from webchat.runs.health import GRACE, Health, HealthState
from webchat.runs.run_facts import RunFacts
from webchat.runs.throttle import Throttle
from webchat.runs.wire_log import WireEvent, WireLog

__all__ = [
    "GRACE",
    "Feed",
    "Feeds",
    "Health",
    "HealthState",
    "RunFacts",
    "Throttle",
    "WireEvent",
    "WireLog",
]
