"""What a person may set, how it is checked, and that the README tells the same."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webchat.settings import (
    Settings,
    SettingsError,
    key_warnings,
    load_settings,
    settings_table,
    unknown_variables,
)

README = Path(__file__).parents[2] / "README.md"
SECRET = "hush-hush-42"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Settings]]:
    """Read settings from these variables and this `.env` text, and from nothing else."""
    for name in list(os.environ):
        if name.startswith(("WEBCHAT_", "LANGGRAPH_", "LANGSMITH_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def with_these(dotenv: str = "", **variables: str) -> Settings:
        (tmp_path / ".env").write_text(dotenv)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()
        return load_settings()

    yield with_these
    load_settings.cache_clear()


def problems(read: Callable[..., Settings], **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(**variables)
    return caught.value.problems


def test_with_nothing_set_the_page_is_local_and_the_demo_embedded(read):
    settings = read()
    assert (settings.host, settings.port) == ("127.0.0.1", 8321)
    assert settings.agent_url is None
    assert settings.data_dir.is_absolute()


def test_a_variable_wins_over_the_dotenv_file(read):
    settings = read("WEBCHAT_PORT=9001\nWEBCHAT_HOST=::1\n", WEBCHAT_PORT="9002")
    assert (settings.host, settings.port) == ("::1", 9002)


def test_an_empty_variable_is_as_good_as_none(read):
    assert read(WEBCHAT_AGENT_URL="", WEBCHAT_PORT="").port == 8321


def test_settings_are_read_once(read):
    assert read() is load_settings()


@pytest.mark.parametrize(
    ("dotenv", "variables", "expected"),
    [
        ("", {"LANGSMITH_API_KEY": "c"}, "c"),
        ("", {"LANGSMITH_API_KEY": "c", "LANGGRAPH_API_KEY": "b"}, "b"),
        ("", {"LANGGRAPH_API_KEY": "b", "WEBCHAT_AGENT_API_KEY": "a"}, "a"),
        ("WEBCHAT_AGENT_API_KEY=a", {"LANGGRAPH_API_KEY": "b"}, "a"),
    ],
)
def test_the_key_is_our_own_else_langgraphs_else_langsmiths(read, dotenv, variables, expected):
    assert read(dotenv, **variables).agent_api_key.get_secret_value() == expected


def test_headers_come_as_json_and_stay_hidden(read):
    settings = read(WEBCHAT_AGENT_HEADERS=json.dumps({"authorization": f"Bearer {SECRET}"}))
    assert settings.agent_headers["authorization"].get_secret_value() == f"Bearer {SECRET}"
    assert SECRET not in repr(settings)


def test_origins_are_a_comma_separated_list(read):
    settings = read(WEBCHAT_ALLOWED_ORIGINS="https://a.example, http://b:81/")
    assert settings.allowed_origins == ("https://a.example", "http://b:81")


def test_the_agent_address_loses_its_last_slash(read):
    assert read(WEBCHAT_AGENT_URL="https://a.example/api/").agent_url == "https://a.example/api"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WEBCHAT_PORT", "abc", "a whole number from 1 to 65535, and 'abc' is not"),
        ("WEBCHAT_PORT", "70000", "a whole number from 1 to 65535, and '70000' is not"),
        ("WEBCHAT_LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("WEBCHAT_AGENT_URL", "example.org", "an http:// or https:// address"),
        ("WEBCHAT_AGENT_URL", "http://a:b", "an http:// or https:// address"),
        ("WEBCHAT_ALLOWED_ORIGINS", "*", "a comma-separated list of origins"),
        ("WEBCHAT_ALLOWED_ORIGINS", "http://a/b", "a comma-separated list of origins"),
        ("WEBCHAT_AGENT_HEADERS", '["x"]', "a JSON object of header names"),
        ("WEBCHAT_AGENT_HEADERS", '{"a b": "x"}', "a JSON object of header names"),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(read, name, value, words):
    (sentence,) = problems(read, **{name: value})
    assert sentence.startswith(f"{name} must be ")
    assert words in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEBCHAT_AGENT_URL", f"http://me:{SECRET}@example.org"),
        ("WEBCHAT_AGENT_HEADERS", f'{{"authorization": "{SECRET}'),
        ("WEBCHAT_AGENT_HEADERS", f'{{"authorization": "{SECRET}\\n"}}'),
        ("WEBCHAT_AGENT_API_KEY", f"{SECRET}\n"),
        ("WEBCHAT_AGENT_API_KEY", f"{SECRET}\u00e9"),
    ],
)
def test_a_wrong_value_that_may_be_secret_is_not_repeated(read, name, value):
    (sentence,) = problems(read, **{name: value})
    assert sentence.startswith(f"{name} must be ")
    assert SECRET not in sentence


def test_an_unknown_variable_is_named_with_what_may_be_meant(read):
    read(WEBCHAT_PROT=SECRET)
    assert unknown_variables() == (
        "WEBCHAT_PROT is not a setting of webchat; did you mean WEBCHAT_PORT?",
    )


def test_an_unknown_variable_in_the_dotenv_file_is_named_too(read):
    read("WEBCHAT_COLOUR=red\n")
    assert unknown_variables() == ("WEBCHAT_COLOUR is not a setting of webchat.",)


def test_every_problem_is_told_at_once(read):
    assert len(problems(read, WEBCHAT_PORT="x", WEBCHAT_HOTS="y", WEBCHAT_LOG_LEVEL="z")) == 3


def test_other_programs_variables_are_nobodys_business(read):
    read("OPENAI_API_KEY=x\n", LANGSMITH_TRACING="true", WEBCHAT_CHROMIUM="/usr/bin/chromium")
    assert unknown_variables() == ()


def test_the_table_tells_every_setting():
    for name, field in Settings.model_fields.items():
        assert f"`WEBCHAT_{name.upper()}`" in settings_table()
        assert field.description
        assert field.description in settings_table()


def test_the_readme_shows_this_table():
    text = README.read_text()
    block = text.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert block.strip() == settings_table()


NEAR = ["http://127.0.0.1:2024", "http://localhost:2024", "http://[::1]:2024", "https://a.example"]
FAR = ["http://a.example", "http://10.0.0.7:2024", "http://127.0.0.1.a.example", "HTTP://a.example"]


@pytest.mark.parametrize("variable", ["LANGGRAPH_API_KEY", "LANGSMITH_API_KEY"])
@pytest.mark.parametrize("url", FAR)
def test_a_borrowed_key_goes_to_no_other_machine_unencrypted(read, variable: str, url: str):
    settings = read(WEBCHAT_AGENT_URL=url, **{variable: SECRET})
    assert settings.key_to_send is None
    (warning,) = key_warnings(settings)
    assert "is not sent" in warning and SECRET not in warning


@pytest.mark.parametrize("variable", ["LANGGRAPH_API_KEY", "WEBCHAT_AGENT_API_KEY"])
@pytest.mark.parametrize("url", NEAR)
def test_a_key_goes_encrypted_or_to_this_machine_without_a_word(read, variable: str, url: str):
    settings = read(WEBCHAT_AGENT_URL=url, **{variable: SECRET})
    assert settings.key_to_send.get_secret_value() == SECRET
    assert key_warnings(settings) == ()


@pytest.mark.parametrize("url", FAR)
def test_a_key_that_was_set_for_us_is_sent_with_a_warning(read, url: str):
    settings = read(
        WEBCHAT_AGENT_URL=url,
        WEBCHAT_AGENT_API_KEY=SECRET,
        WEBCHAT_AGENT_HEADERS=json.dumps({"authorization": SECRET}),
    )
    assert settings.key_to_send.get_secret_value() == SECRET
    warnings = key_warnings(settings)
    assert len(warnings) == 2 and all("unencrypted" in warning for warning in warnings)
    assert SECRET not in "".join(warnings)


def test_our_own_key_in_dotenv_counts_as_set(read):
    url = "http://a.example"
    settings = read(f"WEBCHAT_AGENT_API_KEY={SECRET}", WEBCHAT_AGENT_URL=url, LANGSMITH_API_KEY="x")
    assert settings.key_to_send.get_secret_value() == SECRET


def test_a_borrowed_key_goes_to_the_embedded_server_without_a_word(read):
    assert key_warnings(read(LANGSMITH_API_KEY=SECRET)) == ()


def test_only_steps_that_the_server_allows_are_a_recursion_limit(read):
    assert read().recursion_limit is None
    assert read(WEBCHAT_RECURSION_LIMIT="25").recursion_limit == 25
    assert "WEBCHAT_RECURSION_LIMIT must be" in problems(read, WEBCHAT_RECURSION_LIMIT="0")[0]
