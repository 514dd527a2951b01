"""A replay tells of then: the times of what it repeats are those at which it was said."""

from __future__ import annotations

from typing import Any

import pytest

from webchat.agent_server import StreamEvent
from webchat.runs.timestamps import at_server_time, parse_timestamp

NOW = 1_795_000_009.5


def at(id: str | None) -> float:
    event = StreamEvent.decode("values", "{}", id, NOW)
    told = at_server_time(event)
    assert (told.mode, told.data, told.id) == (event.mode, event.data, event.id)
    return told.received_at


def test_an_id_of_milliseconds_tells_when():
    assert at("1795000000250-0") == 1_795_000_000.25
    assert at("1795000000250-17") == 1_795_000_000.25


@pytest.mark.parametrize("id", [None, "run_event_1", "250-0", "1795000000250", "x1795000000250-0"])
def test_another_id_tells_nothing_and_the_time_is_that_of_its_coming(id: str | None):
    assert at(id) == NOW


@pytest.mark.parametrize(
    "stamp", ["2026-11-18T13:46:40+00:00", "2026-11-18T13:46:40Z", "2026-11-18T14:46:40.000+01:00"]
)
def test_a_stamp_of_the_server_is_a_moment(stamp: str):
    assert parse_timestamp(stamp) == 1_795_009_600.0


@pytest.mark.parametrize("stamp", [None, "", "yesterday", 5, [], {}, "2026-99-99T00:00:00Z"])
def test_what_is_no_stamp_is_no_moment(stamp: Any):
    assert parse_timestamp(stamp) is None


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_a_stamp_out_of_all_bounds_raises_nothing(stamp: str):
    assert parse_timestamp(stamp) is None or isinstance(parse_timestamp(stamp), float)
