"""What the page of upgrades tells people to type: to the next release, back, and forward again."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack.places import CHECKOUT
from tests.support.drills import LONG
from tests.support.five_facts import FIVE_FACTS
from tests.support.pages import Page, Shell
from tests.support.releases import Release, release
from tests.support.standing_bureau import StandingBureau, standing_bureau

SECONDS_MAX = 1200.0
VERIFY = ("-m", "deploy.command", "verify", "--json")

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[StandingBureau]:
    with standing_bureau(tmp_path / "home") as standing:
        yield standing


def unpacked(one: Release, version: str, folder: Path) -> None:
    """Put the command of *one* where the page has it."""
    programs = folder / "releases" / version / ".venv" / "bin"
    programs.mkdir(parents=True)
    script = (
        f"#!/bin/sh\nexport PYTHONPATH={one.folder}\n"
        f'exec {sys.executable} -P -m deploy.command "$@"\n'
    )
    (programs / "casetrack").write_text(script)
    (programs / "casetrack").chmod(0o755)


@LONG
async def test_the_page_leads_to_the_next_release_and_back(
    bureau: StandingBureau, tmp_path: Path
) -> None:
    unpacked(Release(0, CHECKOUT), "0.1.0", tmp_path)
    unpacked(release(1, tmp_path / "next"), "0.2.0", tmp_path)
    for fact in FIVE_FACTS:
        assert await bureau.publish(fact.foreign()) == 202
    told = {
        "CASETRACK_HOME": str(bureau.settings.home),
        "CASETRACK_PORT": str(bureau.settings.port),
        "CASETRACK_LANG": "en",
    }

    await asyncio.to_thread(Shell(tmp_path, told).follow, Page("upgrade"), seconds_max=SECONDS_MAX)

    assert await bureau.publish(FIVE_FACTS[0].foreign()) == 202
    last = await asyncio.to_thread(Release(1, tmp_path / "next").run, *VERIFY, **told)
    assert json.loads(last)["differences"] == []
