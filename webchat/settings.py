"""Every setting of webchat: read once, typed, described, checked.

Values come from `WEBCHAT_*` variables, else from a `.env` file in the working directory. Knows
nothing of what the rest of webchat does with them.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from webchat.loopback import is_loopback

PREFIX = "WEBCHAT_"
DOTENV = os.environ.get("WEBCHAT_ENV_FILE", ".env")

# Variables with our prefix that are read elsewhere: the tests' browser, the demo model's speed.
_READ_ELSEWHERE = frozenset({"WEBCHAT_CHROMIUM", "WEBCHAT_DEMO_PACE", "WEBCHAT_ENV_FILE"})

# Fields whose value may carry a secret: never repeated in a message.
_NEVER_SHOWN = frozenset({"agent_url", "agent_api_key", "agent_headers"})

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class SettingsError(ValueError):
    """What is wrong with the settings, one sentence for each problem.

    Attributes:
        problems: The sentences; none of them shows a secret's value.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def default_data_dir() -> Path:
    """The folder for a user's application data on this platform."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "webchat"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "webchat"


def _borrowed_key() -> str | None:
    """The API key in the variables of LangGraph's own tools, None where it is not set."""
    variables = {**dotenv_values(DOTENV), **os.environ}
    return variables.get("LANGGRAPH_API_KEY") or variables.get("LANGSMITH_API_KEY") or None


def _fits_a_header(value: SecretStr) -> bool:
    """Whether HTTP can carry it: printable ASCII."""
    text = value.get_secret_value()
    return text.isascii() and text.isprintable()


def _split(value: object) -> object:
    """Split a comma-separated list; any other value is left as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _decode(value: object) -> object:
    """Parse JSON; an error in it is reported like any other wrong value."""
    return json.loads(value) if isinstance(value, str) else value


def _setting(accepts: str, description: str, default: Any = None, **more: Any) -> Any:
    """Declare a setting: `accepts` completes the sentence "It must be …"."""
    shown = {"accepts": accepts, "shown_default": more.pop("shown_default", None)}
    if "default_factory" not in more:
        more["default"] = default
    return Field(description=description, json_schema_extra=shown, **more)


class Settings(BaseSettings):
    """What a person may decide about webchat; each field is also a `WEBCHAT_*` variable."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=DOTENV,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    agent_url: str | None = _setting(
        "an http:// or https:// address without a user name or password in it",
        "The agent server to talk to. Without one, webchat starts its own with a demo agent.",
        shown_default="the embedded demo",
    )
    agent_api_key: SecretStr | None = _setting(
        "a key of ASCII characters, without line breaks",
        "Sent to the agent server as `x-api-key`. Without one, `LANGGRAPH_API_KEY`, then "
        "`LANGSMITH_API_KEY` are taken, but not sent over `http://` to another machine.",
        default_factory=_borrowed_key,
        shown_default="none",
    )
    agent_headers: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_decode)] = _setting(
        'a JSON object of header names and values, such as {"authorization": "Bearer ..."}',
        "More headers for the agent server, as a JSON object.",
        default_factory=dict,
        shown_default="none",
    )
    assistant: str | None = _setting(
        "an assistant's name or id",
        "The assistant that a new chat starts with, by name or id.",
        shown_default="the server's own",
    )
    recursion_limit: int | None = _setting(
        "a whole number from 1 to 10000",
        "The most steps that a run may take. It overrides what an assistant's own configuration "
        "says.",
        shown_default="the assistant's own, else 100",
        ge=1,
        le=10_000,
    )
    host: str = _setting(
        "a host name or address of this machine",
        "The address that the page is served on. `0.0.0.0` opens it to the network.",
        "127.0.0.1",
        min_length=1,
    )
    port: int = _setting(
        "a whole number from 1 to 65535",
        "The port that the page is served on.",
        8321,
        ge=1,
        le=65535,
    )
    dev: bool = _setting(
        "true or false",
        "Serve the page with hot reload, for work on webchat itself.",
        False,
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = _setting(
        "a comma-separated list of origins such as https://chat.example.org",
        "Other origins that the page may be opened from, comma-separated: needed behind a proxy "
        "or under another name than this machine's loopback.",
        (),
        shown_default="none",
    )
    frame_ancestors: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)] = _setting(
        "a comma-separated list of origins such as https://intranet.example.org",
        "The origins whose pages may show webchat in a frame, comma-separated.",
        (),
        shown_default="none",
    )
    allow_programs: bool = _setting(
        "true or false",
        "Let programs open the page's socket, too: what sends no `Origin` header is no browser.",
        False,
    )
    demo_model: str | None = _setting(
        "a model's name such as openai:gpt-5",
        "The demo agent's model, as LangChain's `init_chat_model` names it; its package and key "
        "must be there.",
        shown_default="an offline script",
    )
    data_dir: Path = _setting(
        "a folder that webchat may write to",
        "Where the embedded agent server keeps its conversations.",
        default_factory=default_data_dir,
        shown_default="a `webchat` folder beside your other programs' data",
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "one of debug, info, warning, error",
        "How much webchat tells on the terminal.",
        "warning",
    )

    @property
    def key_to_send(self) -> SecretStr | None:
        """The agent server's key; a borrowed one goes to no other machine unencrypted."""
        borrowed = "agent_api_key" not in self.model_fields_set
        return None if borrowed and self._in_the_clear else self.agent_api_key

    @property
    def _in_the_clear(self) -> bool:
        """Whether what is sent to the agent server can be read on the way."""
        url = urlsplit(self.agent_url or "")
        return url.scheme == "http" and not is_loopback(url.hostname or "")

    @field_validator("agent_url")
    @classmethod
    def _whole_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError when it is no number
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError
        return value.rstrip("/")

    @field_validator("agent_api_key")
    @classmethod
    def _fit_for_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _fits_a_header(value):
            raise ValueError
        return value

    @field_validator("agent_headers")
    @classmethod
    def _real_headers(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, content in value.items():
            if not _HEADER_NAME.fullmatch(name) or not _fits_a_header(content):
                raise ValueError
        return value

    @field_validator("allowed_origins", "frame_ancestors")
    @classmethod
    def _bare_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        origins = tuple(origin.rstrip("/") for origin in value)
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                raise ValueError
            if not parts.hostname or "*" in origin:
                raise ValueError
        return origins

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


def variable_name(field: str) -> str:
    """The environment variable of a setting: `port` is `WEBCHAT_PORT`."""
    return PREFIX + field.upper()


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read and checked the first time.

    Raises:
        SettingsError: A value is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = [_sentence(dict(detail)) for detail in error.errors(include_url=False)]
        unknown = unknown_variables()  # perhaps the right value under a wrong name
        raise SettingsError(tuple(dict.fromkeys([*problems, *unknown]))) from None


def settings_table() -> str:
    """The table of all settings as the README shows it, in markdown, without a last newline."""
    rows = ["| variable | without it | what it is for |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{variable_name(name)}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _default(field: FieldInfo) -> str:
    if shown := _extra(field)["shown_default"]:
        return shown
    if field.default is None:
        return "none"
    value = str(field.default).lower() if isinstance(field.default, bool) else field.default
    return f"`{value}`"


def key_warnings(settings: Settings) -> tuple[str, ...]:
    """What to tell of secrets that would go, or go, to the agent server unencrypted."""
    if not settings._in_the_clear:
        return ()
    where = f"to {urlsplit(settings.agent_url or '').hostname} over http://, unencrypted"
    sentences = []
    if settings.agent_api_key and not settings.key_to_send:
        sentences.append(
            "The key in LANGGRAPH_API_KEY or LANGSMITH_API_KEY is not sent, as it would go "
            f"{where}. Use https://, or set WEBCHAT_AGENT_API_KEY to send it all the same."
        )
    elif settings.agent_api_key:
        sentences.append(f"WEBCHAT_AGENT_API_KEY goes {where}. Use https:// if you can.")
    if settings.agent_headers:
        sentences.append(f"WEBCHAT_AGENT_HEADERS go {where}. Use https:// if you can.")
    return tuple(sentences)


def unknown_variables() -> tuple[str, ...]:
    """Name each variable with our prefix that means nothing to us, and what may be meant.

    Told, not refused: another program may have a variable of such a name.
    """
    known = {variable_name(name) for name in Settings.model_fields} | _READ_ELSEWHERE
    given = {name.upper() for name in (*os.environ, *dotenv_values(DOTENV))}
    sentences = []
    for name in sorted(given - known):
        if name.startswith(PREFIX):
            ends = [known_name.removeprefix(PREFIX) for known_name in known]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), ends, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else "."
            sentences.append(f"{name} is not a setting of webchat{hint}")
    return tuple(sentences)


def _sentence(detail: dict[str, Any]) -> str:
    """Say what a field must be, and what it is unless that could be a secret."""
    by_variable = {variable_name(name): name for name in Settings.model_fields}
    place = str(detail["loc"][0])
    name = by_variable.get(place.upper(), place)
    accepts = _extra(Settings.model_fields[name])["accepts"]
    given = "" if name in _NEVER_SHOWN else f", and {detail['input']!r} is not"
    return f"{variable_name(name)} must be {accepts}{given}."
