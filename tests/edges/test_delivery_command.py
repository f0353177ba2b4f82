"""`casetrack delivery` where nobody answers, and where it is misused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))


@pytest.mark.parametrize("words", [["test"], ["retry"], ["list", "--limit", "0"]], ids=" ".join)
def test_wrong_usage_is_said_and_answers_nothing(words: list[str]) -> None:
    said = CliRunner().invoke(app, ["delivery", *words])

    assert (said.exit_code, said.stdout) == (2, "")


@pytest.mark.parametrize("words", [["test", "hall"], ["retry", "d-1"], ["list"]], ids=" ".join)
def test_an_api_that_does_not_answer_is_named(words: list[str]) -> None:
    said = CliRunner().invoke(app, ["delivery", *words, "--json", "--url", NOBODY])

    assert (said.exit_code, json.loads(said.stdout)["error"]["code"]) == (3, "metrics_unreachable")
