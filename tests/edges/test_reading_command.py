"""The commands that read say how they were meant, and name a server that does not answer."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app

NOBODY = "http://127.0.0.1:1"
READING = [
    ["case", "list"],
    ["case", "show", "XC20240902000017"],
    ["kpi", "list"],
    ["kpi", "show", "L01"],
    ["alert", "list"],
    ["alert", "show", "a-1"],
]
WRONG = [
    ["case", "show"],
    ["case", "list", "--limit", "0"],
    ["kpi", "show"],
    ["kpi", "list", "--since", "tomorrow"],
    ["alert", "show"],
    ["alert", "list", "--level", "PINK"],
    ["alert", "list", "--state", "FORGOTTEN"],
    ["dlq", "show"],
    ["dlq", "replay"],
    ["dlq", "list", "--limit", "0"],
]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage_is_said_and_answers_nothing(words: list[str]) -> None:
    said = CliRunner().invoke(app, words)

    assert (said.exit_code, said.stdout) == (2, "")


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_an_api_that_does_not_answer_is_named_with_a_way_out(words: list[str]) -> None:
    said = CliRunner().invoke(app, [*words, "--json", "--url", NOBODY])

    assert (said.exit_code, json.loads(said.stdout)["error"]["code"]) == (3, "metrics_unreachable")
    assert NOBODY in said.stderr
    assert "casetrack up" in said.stderr
