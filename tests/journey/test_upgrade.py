"""
An upgrade: what another release has stored is folded again, and served until that is done.

Needs that release's checkout: CASETRACK_RELEASE_BEFORE names its folder.
"""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.stack import control
from deploy.stack.parts import PORT_OFFSET
from deploy.stack.places import CHECKOUT
from deploy.stack.ports import any_free
from deploy.stack.settings import LocalSettings
from shared.web.auth import Role
from tests.support.eventually import eventually
from tests.support.other_tree import Tree
from tests.support.shared_logs import PROMISED, SharedLog, shared_log
from tests.support.standing_bureau import StandingBureau, sweep

BEFORE = os.environ.get("CASETRACK_RELEASE_BEFORE", "")
PATHS = ("/v1/kpis", "/v1/alerts", "/v1/cases?phase=EXAMINING", "/v1/freshness")
LOOK_SECONDS = 0.1
OK = 200

pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not BEFORE, reason="CASETRACK_RELEASE_BEFORE names no checkout"),
]


@dataclass
class Reader:
    """Somebody who asks for figures and cards all the time; once answered, always answered."""

    bureau: StandingBureau
    answers: int = 0
    refused: list[str] = field(default_factory=list)
    rebuilding: list[dict[str, Any]] = field(default_factory=list)
    ours: threading.Event = field(default_factory=threading.Event)
    leaving: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx2.Client(base_url=self.bureau.addresses["metrics"], trust_env=False) as client:
            while not self.leaving.is_set():
                self._ask(client)
                time.sleep(LOOK_SECONDS)

    def _ask(self, client: httpx2.Client) -> None:
        headers = {"Authorization": f"Bearer {self.bureau.token(Role.SUPERVISOR)}"}
        for path in PATHS:
            try:
                answer = client.get(path, headers=headers)
            except httpx2.HTTPError as fault:
                if self.answers:
                    self.refused.append(repr(fault))
                return
            if answer.status_code == OK:
                self.answers += 1
                self._look(answer.json())
            elif self.answers:
                self.refused.append(f"{path}: {answer.status_code}")

    def _look(self, answer: dict[str, Any]) -> None:
        if "rebuilding" not in answer:
            return
        if answer["rebuilding"] is not None:
            self.rebuilding.append(answer["rebuilding"])
        elif self.rebuilding:
            self.ours.set()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[LocalSettings]:
    made = LocalSettings(home=tmp_path, port=any_free(PORT_OFFSET.values()))
    yield made
    control.stop(made.places)
    sweep(made.places)


def promised(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name.lower() in PROMISED}


def of_every_log(tree: Tree, logs: list[SharedLog]) -> list[dict[str, Any]]:
    return [promised(tree.told("figures", "--source", log.source)) for log in logs]


async def test_a_release_takes_over_what_the_one_before_has_folded(
    settings: LocalSettings,
) -> None:
    logs = [shared_log("wabo_receipt"), shared_log("BPIC15_1")]
    before = Tree(Path(BEFORE), settings.home, settings.port)
    now = Tree(CHECKOUT, settings.home, settings.port)
    before.run("up", "--detach")
    for log in logs:
        before.run("import", str(log.path))
    before.run("demo", "--days", "1", "--speed", "2000", "--exit-when-done")
    assert before.told("verify")["differences"] == []
    figures = of_every_log(before, logs)
    before.run("down")

    reader = Reader(StandingBureau(settings))
    reading = threading.Thread(target=reader.run, name="reader")
    reading.start()
    try:
        now.run("up", "--detach")
        await eventually(reader.ours.is_set, within=300)
        verified = await asyncio.to_thread(now.told, "verify")
    finally:
        reader.leaving.set()
        reading.join()

    assert verified["differences"] == []
    assert of_every_log(now, logs) == figures
    assert reader.refused == []
    assert reader.rebuilding[0]["facts_expected"] != 0
