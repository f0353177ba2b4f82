"""Where the commands that speak to Kafka look for it, and what they say where there is none."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from shared.contracts.publishing import EXAMPLES

NOBODY = "127.0.0.1:1"
EXAMPLE = EXAMPLES / "casetrack.review.rating.posted.v1.json"
COMMANDS = [["publish", str(EXAMPLE), "--via", "kafka"], ["dlq", "list"]]


@pytest.fixture(autouse=True)
def _no_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))


@pytest.mark.parametrize("words", COMMANDS)
def test_without_a_stack_they_say_how_to_start_one(words: list[str]) -> None:
    said = CliRunner().invoke(app, words)

    assert said.exit_code == 3
    assert "casetrack up" in said.stderr


def test_dead_letters_are_sought_on_the_kafka_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRACK_KAFKA", NOBODY)
    said = CliRunner().invoke(app, ["dlq", "list"])

    assert said.exit_code == 3
    assert "CASETRACK_KAFKA" in said.stderr
