"""One server-sent event becomes one typed event, whatever is in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from webchat.agent_server import StreamEvent


def test_a_namespace_follows_the_mode():
    event = StreamEvent.decode("values|tools:7e47|leaf:a769", "{}", "1-0", 5.0)
    assert (event.mode, event.namespace) == ("values", ("tools:7e47", "leaf:a769"))
    assert not event.is_root
    assert StreamEvent.decode("values", "{}", None, 5.0).is_root


def test_data_is_decoded_and_kept_as_it_came():
    event = StreamEvent.decode("custom", '{"é": [1, null]}', "", 5.0)
    assert event.data == {"é": [1, None]}
    assert event.raw == '{"é": [1, null]}'
    assert event.size == len(event.raw.encode())
    assert event.id is None


@settings(deadline=None)
@given(name=st.text(), data=st.text() | st.just("[" * 100_000), id=st.none() | st.text())
def test_nothing_raises(name: str, data: str, id: str | None):
    event = StreamEvent.decode(name, data, id, 0.0)
    assert "|".join((event.mode, *event.namespace)) == name
    assert event.raw == data
