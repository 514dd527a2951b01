"""Reads JSON of any size and shape without holding the event loop.

The standard library's parser lets nobody else run until it is done, in a thread, too. What it
costs depends on the shape more than on the size (milliseconds for a megabyte, the best of five on
a slow machine): text 1, messages 3, numbers 40, objects 55, empty lists 65, nested lists 200. So
what has much structure is read by its counterpart in Python, which is ten times slower, and which
gives way every few milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import json.decoder
import json.scanner
from typing import Any

from webchat import limits

_DECODER: Any = json.decoder
_SCANNER: Any = json.scanner
"""The library's own parser in Python, which its type hints leave out."""


class TooMuchJsonError(ValueError):
    """More than is read at all; the message says what, in words for the page."""


def check_size(size: int) -> None:
    """Raise `TooMuchJsonError` if a text of that many bytes is not read."""
    if size > limits.JSON_BYTES:
        raise TooMuchJsonError(f"It is longer than {limits.JSON_BYTES // 1_000_000} MB.")


async def read_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Args:
        text: The JSON, in UTF-8 if it is bytes.

    Raises:
        TooMuchJsonError: It is more than the limits allow.
        ValueError: It is no JSON.
        RecursionError: It is nested too deeply.
    """
    if len(text) <= limits.JSON_AT_ONCE:
        return json.loads(text)
    check_size(len(text))
    return await asyncio.to_thread(read_in_steps, text)


def read_in_steps(text: str | bytes) -> Any:
    """As `read_json`, for whoever is in a thread; it holds the loop up for 20 ms at most."""
    if isinstance(text, bytes):
        text = text.decode()
    containers = text.count("[") + text.count("{")
    if containers > limits.JSON_CONTAINERS:
        raise TooMuchJsonError(f"It has more than {limits.JSON_CONTAINERS:,} lists and objects.")
    if text.count("\\") > limits.JSON_ESCAPES:
        raise TooMuchJsonError(f"It has more than {limits.JSON_ESCAPES:,} backslashes.")
    if containers + text.count(",") <= limits.JSON_VALUES:
        return json.loads(text)
    return _patient_decoder().decode(text)


def _patient_decoder() -> json.JSONDecoder:
    """A decoder whose every part but that of strings is Python."""
    decoder: Any = json.JSONDecoder()
    decoder.parse_object, decoder.parse_array = _DECODER.JSONObject, _DECODER.JSONArray
    decoder.scan_once = _SCANNER.py_make_scanner(decoder)
    return decoder
