"""The command answers at once: it imports what a sub-command needs when that is given."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from deploy.command.__main__ import MODULES, Deferred, app

SECONDS_MAX = 30
ALL_THAT_IS_IMPORTED = """
import json, sys
from contextlib import suppress
from deploy.command.__main__ import main

with suppress(SystemExit):
    main()
print("\\n" + json.dumps(sorted(sys.modules)))
"""
GIANTS = {"aiokafka", "asyncpg", "cryptography", "fastapi", "faust", "jwt"}
LARGE = {"httpx2", "msgspec", "psutil", "pydantic", "pydantic_settings", "structlog"}


def imported_by(*words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", ALL_THAT_IS_IMPORTED, *words],
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_the_help_lists_every_command_and_imports_none() -> None:
    assert not imported_by("--help") & (GIANTS | LARGE)


def test_the_state_of_the_stack_is_told_without_what_only_services_need(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path_factory.mktemp("nothing-runs")))

    assert not imported_by("status") & GIANTS


@pytest.mark.parametrize("name", MODULES)
def test_a_command_is_what_the_help_says_of_it(name: str) -> None:
    listed = typer.main.get_group(app).commands[name]

    assert isinstance(listed, Deferred)
    assert (listed.real.name, listed.real.help) == (name, listed.help)


def test_who_mistypes_a_command_is_told_the_likeliest() -> None:
    said = CliRunner().invoke(app, ["statsu"])

    assert said.exit_code == 2
    assert "'status'" in said.output
