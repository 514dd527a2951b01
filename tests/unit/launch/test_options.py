"""Options are `WEBCHAT_*` variables said aloud."""

from __future__ import annotations

import pytest

from webchat.launch.options import read_options
from webchat.settings import Settings


def test_no_option_stands_for_no_variable():
    assert read_options([]) == {}


def test_each_option_becomes_its_variable():
    assert read_options(
        ["--agent-url", "http://a:1", "--assistant", "b", "--host", "::1", "--port=9", "--dev"]
    ) == {
        "WEBCHAT_AGENT_URL": "http://a:1",
        "WEBCHAT_ASSISTANT": "b",
        "WEBCHAT_HOST": "::1",
        "WEBCHAT_PORT": "9",
        "WEBCHAT_DEV": "true",
    }


def test_every_variable_of_an_option_is_a_setting():
    given = read_options(["--agent-url=x", "--assistant=x", "--host=x", "--port=1", "--dev"])
    assert {name.removeprefix("WEBCHAT_").lower() for name in given} <= set(Settings.model_fields)


def test_help_names_every_option_and_ends_well(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        read_options(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    for option in ("--agent-url", "--assistant", "--host", "--port", "--dev", "WEBCHAT_PORT"):
        assert option in told


def test_the_defaults_that_help_tells_are_those_of_the_settings(
    capsys: pytest.CaptureFixture[str],
):
    with pytest.raises(SystemExit):
        read_options(["--help"])
    told = capsys.readouterr().out
    for name in ("host", "port"):
        assert f"{Settings.model_fields[name].default} if none is given" in " ".join(told.split())


def test_an_unknown_option_ends_with_two(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        read_options(["--prot", "1"])
    assert end.value.code == 2
    assert "--prot" in capsys.readouterr().err
