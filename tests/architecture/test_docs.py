"""What the pages tell people to type can be typed: commands, targets, the first event."""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer.main

from deploy.command.__main__ import Deferred, app
from services.intake.domain.gateway import admit
from shared.contracts.foreign import read_foreign
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from shared.web.issuer import DEFAULT_PUBLISHER

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
PAGES = [ROOT / name for name in READMES] + sorted((ROOT / "docs").rglob("*.md"))
TYPED = re.compile(
    r"^ *(?:[A-Z]+=\$\()?(?:\.venv/bin/)?casetrack ([a-z].*)$|`casetrack ([a-z][^`]*)`"
)
WORD = re.compile(r"[a-z][a-z-]*")
OPTION = re.compile(r"(?<=\s)--[a-z-]+")
PROCESS = re.compile(r"python -m ([a-z_.]+)")
TARGET = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)
FIRST_EVENT = re.compile(r"-d '(\{.*?\})'", re.DOTALL)


def typed(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        for block, inline in TYPED.findall(line):
            yield block or inline


def is_known(words: str) -> bool:
    """Follow *words* from group to command, and look for each option there."""
    command = typer.main.get_command(app)
    for word in words.split():
        known = getattr(command, "commands", {})
        if not known:
            break
        if not WORD.fullmatch(word) or word not in known:
            return False
        command = known[word]
        if isinstance(command, Deferred):
            command = command.real
    options = {name for one in command.params for name in one.opts}
    return set(OPTION.findall(f" {words}")) <= options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_on_a_page_are_there(page: Path) -> None:
    unknown = [words for words in typed(page) if not is_known(words)]

    assert not unknown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_targets_on_a_page_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert set(TARGET.findall(page.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_processes_on_a_page_are_there(page: Path) -> None:
    missing = [
        name
        for name in PROCESS.findall(page.read_text(encoding="utf-8"))
        if find_spec(name) is None
    ]

    assert not missing


@pytest.mark.parametrize("name", READMES)
def test_the_first_event_is_one_that_the_gateway_takes(name: str) -> None:
    (document,) = FIRST_EVENT.findall((ROOT / name).read_text(encoding="utf-8"))
    event = read_foreign(json.dumps(json.loads(document)).encode())
    rules = shipped(trial=True)
    admitted = admit(event, rules.publishers.by_id[DEFAULT_PUBLISHER], rules, SystemClock().now())

    assert admitted.type == "casetrack.review.rating.posted.v1"
