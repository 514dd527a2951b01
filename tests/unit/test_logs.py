"""What a client sends does not get into a log, and what the program says does."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from webchat.agent_server.errors import AgentServerError
from webchat.logs import LONGEST, MOST_A_MINUTE, Throttled, page_error, printable, protect_logs

SECRET = "hush-hush-42"


@pytest.fixture(autouse=True)
def protected() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    protect_logs()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("logger", "message", "logged"),
    [
        (
            "reflex_base.event.processor.event_processor",
            f"Error processing event queue entry for Event(name='{SECRET}', headers=...)",
            "Error processing event queue entry for …",
        ),
        (
            "reflex.app",
            f"Received event from session x with no associated token. Event data: {SECRET}",
            "Received event from session x with no associated token. Event data…",
        ),
        ("reflex.app", f"Frontend version {SECRET} for session y", "Frontend version …"),
        (
            "reflex.app",
            f"Attempting to send delta to disconnected client '{SECRET}'",
            "Attempting to send delta to disconnected client …",
        ),
        ("engineio.server", f"Invalid session {SECRET}", "Invalid session …"),
        (
            "engineio.server",
            f"{SECRET}\n is not an accepted origin. (further ones at level INFO)",
            "Something else is not an accepted origin.",
        ),
        (
            "engineio.server",
            "https://a.example:81 is not an accepted origin.",
            "https://a.example:81 is not an accepted origin.",
        ),
        (
            "asyncio",
            f"Task exception was never retrieved\nfuture: <Task {SECRET}>",
            "Task exception was never retrieved…",
        ),
        ("webchat.any", f"asked with cookie: {SECRET}", "asked with cookie: [hidden]"),
        ("webchat.any", f'{{"authorization": "Bearer {SECRET}"}}', '{"authorization": "[hidden]"}'),
        ("httpx", f"x-api-key={SECRET}&a=b", "x-api-key=[hidden]&a=b"),
    ],
)
def test_what_a_client_chose_is_left_out(
    caplog: pytest.LogCaptureFixture, logger: str, message: str, logged: str
):
    logging.getLogger(logger).error(message)
    assert [record.getMessage() for record in caplog.records] == [logged]


def test_a_message_is_cut_and_stays_on_its_line(caplog: pytest.LogCaptureFixture):
    logging.getLogger("anybody").error("a\nb\x1b[31m\u202e%s", "x" * 8_000_000)
    (record,) = caplog.records
    assert record.getMessage().startswith("a\\nb\\x1b[31m\\u202exxx")
    assert "\n" not in record.getMessage()
    assert len(record.getMessage()) < LONGEST + 100


def test_an_exception_has_its_frames_and_only_our_own_words(caplog: pytest.LogCaptureFixture):
    def refuse(value: str) -> None:
        raise ValueError(value)

    try:
        try:
            refuse(SECRET)
        except ValueError as error:
            raise AgentServerError(
                "The agent server said no.\nInjected", advice="Ask again."
            ) from error
    except AgentServerError:
        logging.getLogger("webchat.any").exception("an event failed")
    assert "AgentServerError: The agent server said no.\\nInjected" in caplog.text
    assert "ValueError\n" in caplog.text
    assert "in refuse" in caplog.text
    assert SECRET not in caplog.text


def test_arguments_that_do_not_fit_their_template_raise_nothing(caplog: pytest.LogCaptureFixture):
    logging.getLogger("anybody").error("%d items", SECRET)
    assert "%d items" in caplog.text
    assert SECRET not in caplog.text


def test_a_log_call_raises_nothing_whatever_it_is_given(caplog: pytest.LogCaptureFixture):
    class Silent:
        def __str__(self) -> str:
            raise RuntimeError

    logging.getLogger("some.library").warning("%(a)s", {"b": 1})
    logging.getLogger("some.library").warning("%s", Silent())
    assert [record.msg for record in caplog.records] == ["%(a)s", "%s"]


def test_a_pages_error_is_told_without_its_words(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        page_error(Exception(SECRET))
    assert "A page reported an error" in caplog.text
    assert SECRET not in caplog.text


def test_a_flood_is_told_and_stopped_until_the_next_minute():
    throttled = Throttled()
    seen = []
    for second in (0, 61):
        for number in range(100):
            record = logging.LogRecord("a", logging.ERROR, "f", 1, f"n{number}", (), None)
            record.created = float(second)
            if throttled.filter(record):
                seen.append(record.getMessage())
    assert len(seen) == 2 * MOST_A_MINUTE
    assert seen[MOST_A_MINUTE - 1].endswith("(more of this minute is not logged)")


def test_what_is_printable_stays_as_it_is():
    assert printable("Grüße aus 東京 😀, a token of thanks", 100) == (
        "Grüße aus 東京 😀, a token of thanks"
    )
