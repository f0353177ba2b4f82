"""`casetrack sign-in` prints a link for a running stack, and says where there is none."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from deploy.stack.places import StackFolders
from deploy.stack.supervisor import take_lock
from shared.runtime.clock import SystemClock
from shared.web.auth import Role
from shared.web.gate import key_set, tickets_verifier

command = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CASETRACK_HOME", str(tmp_path))
    monkeypatch.setenv("CASETRACK_PORT", "8940")
    return tmp_path


async def test_the_link_of_a_running_stack_carries_a_ticket_of_its_key(home: Path) -> None:
    with take_lock(StackFolders(home)) or pytest.fail("somebody holds a new folder"):
        printed = command.invoke(app, ["sign-in", "--role", "DIRECTOR", "--json"])
    address = urlsplit(json.loads(printed.stdout)["link"])
    clock = SystemClock()
    verifier = tickets_verifier(key_set(str(home / "keys" / "jwks.json"), clock), clock)

    principal = await verifier.verify(parse_qs(address.query)["ticket"][0])

    assert (address.netloc, address.path) == ("127.0.0.1:8940", "/sign-in")
    assert principal.roles == {Role.DIRECTOR}


def test_no_link_is_printed_where_nothing_runs() -> None:
    printed = command.invoke(app, ["sign-in"])

    assert printed.exit_code == 3
    assert printed.stdout == ""
