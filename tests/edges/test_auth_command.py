"""`casetrack token` prints a token that the services believe, and nothing else."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from shared.runtime.clock import SystemClock
from shared.web.auth import LOCAL_ISSUER, Expectation, Role, Verifier
from shared.web.gate import key_set
from tests.support.organisations import BUREAU, INVENTED, MARKET, STREET

command = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    return tmp_path


async def test_the_command_prints_a_token_and_nothing_else(home: Path) -> None:
    printed = command.invoke(app, ["token", "--role", "HANDLER"])
    clock = SystemClock()
    keys = key_set(str(home / "keys" / "jwks.json"), clock)
    verifier = Verifier(keys, Expectation(issuer=LOCAL_ISSUER), clock)

    principal = await verifier.verify(printed.stdout.removesuffix("\n"))

    assert principal.roles == {Role.HANDLER}


def test_a_publishers_token_carries_its_registered_id() -> None:
    printed = command.invoke(app, ["token", "--role", "PUBLISHER", "--json"])

    assert json.loads(printed.stdout)["name"] == "trial"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--role", "EMPEROR"],
        ["--role", "PUBLISHER", "--name", "nobody"],
        ["--role", "WINDOW_CLERK", "--org", INVENTED],
        ["--role", "OPS", "--ttl", "31d"],
        ["--role", "OPS", "--ttl", "soon"],
        [],
    ],
)
def test_wrong_usage_prints_no_token(wrong: list[str]) -> None:
    printed = command.invoke(app, ["token", *wrong])

    assert printed.exit_code == 2
    assert printed.stdout == ""


def test_an_unknown_organisation_is_told_which_there_are() -> None:
    printed = command.invoke(app, ["token", "--role", "WINDOW_CLERK", "--org", INVENTED])

    told = re.sub(r"[\s│]", "", printed.stderr)
    assert [code for code in (STREET, MARKET, BUREAU) if code not in told] == []
