"""One change wakes everybody who watches, once."""

from __future__ import annotations

import asyncio

import pytest

from webchat.runs.signal import Signal


def test_every_watcher_is_woken_and_nobody_else():
    signal, one, two, other = Signal(), asyncio.Event(), asyncio.Event(), asyncio.Event()
    with signal.watching(one), signal.watching(two):
        signal.fire()
    assert one.is_set() and two.is_set() and not other.is_set()


def test_many_changes_are_one_wake():
    signal, wake = Signal(), asyncio.Event()
    with signal.watching(wake):
        signal.fire()
        signal.fire()
        wake.clear()
        assert not wake.is_set()


def test_who_has_left_is_not_woken_and_not_counted():
    signal, wake = Signal(), asyncio.Event()
    with signal.watching(wake):
        assert signal.subscribers == 1
    signal.fire()
    assert signal.subscribers == 0
    assert not wake.is_set()


def test_leaving_by_an_error_is_leaving():
    signal = Signal()
    with pytest.raises(KeyError), signal.watching(asyncio.Event()):
        raise KeyError
    assert signal.subscribers == 0


def test_leaving_one_of_two_watches_of_the_same_event_keeps_the_other():
    signal, wake = Signal(), asyncio.Event()
    with signal.watching(wake):
        with signal.watching(wake):
            pass
        signal.fire()
    assert wake.is_set()
