"""
An upgrade: what another release has stored is folded again, and served until that is done.

CASETRACK_RELEASE_BEFORE names the folder of another release's checkout.
"""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from deploy.command.database import metrics_dsn
from deploy.stack import control
from deploy.stack.places import CHECKOUT
from deploy.stack.settings import LocalSettings
from shared.contracts.registry import encode
from shared.web.auth import Role
from tests.support import way_of_a_case as way
from tests.support.eventually import eventually
from tests.support.logs import logged
from tests.support.other_tree import Tree
from tests.support.ports import OF_A_BUREAU, free_port
from tests.support.releases import Release
from tests.support.scratch import Scratch
from tests.support.shared_logs import PROMISED, SharedLog, shared_log
from tests.support.standing_bureau import READ_SECONDS_MAX, StandingBureau, sweep

BEFORE = os.environ.get("CASETRACK_RELEASE_BEFORE", "")
FINGERPRINT = "SELECT fingerprint FROM metrics.projection"
SWITCH_SECONDS_MAX = 300.0
PATHS = ("/v1/kpis", "/v1/alerts", "/v1/cases?phase=EXAMINING", "/v1/freshness")
LOOK_SECONDS = 0.1
OK = 200

NEAR, NEAR_EARLIER = '"fraction": "0.2"', '"fraction": "0.6"'

pytestmark = pytest.mark.timeout(1800)


@dataclass
class Reader:
    """Somebody who asks for figures and cards all the time; once answered, always answered."""

    bureau: StandingBureau
    answers: int = 0
    refused: list[str] = field(default_factory=list)
    leaving: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx2.Client(
            base_url=self.bureau.addresses["metrics"], trust_env=False, timeout=READ_SECONDS_MAX
        ) as client:
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
            elif self.answers:
                self.refused.append(f"{path}: {answer.status_code}")


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[LocalSettings]:
    made = LocalSettings(home=tmp_path, port=free_port(OF_A_BUREAU))
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
    if not BEFORE:
        pytest.skip("CASETRACK_RELEASE_BEFORE names no checkout")
    logs = [shared_log("wabo_receipt"), shared_log("BPIC15_1")]
    before = Tree(Path(BEFORE), settings.home, settings.port)
    before.run("up", "--detach")
    for log in logs:
        before.run("import", str(log.path))
    before.run("demo", "--days", "1", "--speed", "2000", "--exit-when-done")
    assert before.told("verify")["differences"] == []
    figures = of_every_log(before, logs)
    before.run("down")
    now = Tree(CHECKOUT, settings.home, settings.port)
    reader, verified = await upgraded(now, settings)

    assert verified["differences"] == []
    assert of_every_log(now, logs) == figures
    assert reader.refused == []


async def test_one_figure_more_and_one_limit_changed_are_counted_from_the_first_fact_on(
    settings: LocalSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = shared_log("wabo_receipt")
    now = Tree(CHECKOUT, settings.home, settings.port)
    now.run("up", "--detach")
    now.run("import", str(log.path))
    now.run("publish", str(begun(settings.home / "begun.jsonl")))
    assert now.told("verify")["differences"] == []
    figures = of_every_log(now, [log])
    now.run("down")
    next_one = Tree(changed(tmp_path_factory.mktemp("next")), settings.home, settings.port)
    reader, verified = await upgraded(next_one, settings)
    added = next_one.told("kpi", "show", "K99.1", "--since", "2024-01-01", "--until", "2024-12-31")

    assert verified["differences"] == []
    assert of_every_log(next_one, [log]) == figures
    assert reader.refused == []
    assert added["value"] == 1
    assert {("figure", "K99.1"), ("clock", "SLA-04")} <= differences(settings)


def begun(path: Path) -> Path:
    """Write what happens to a case until its limits run; return the file."""
    steps = ((way.RECEIVED, 0), (way.ACCEPTED, 1))
    told = [way.event(one.data, hours, window=one.windowid) for one, hours in steps]
    path.write_bytes(b"".join(encode(event) + b"\n" for event in told))
    return path


def differences(settings: LocalSettings) -> set[tuple[str, str]]:
    """Return what the workers' logs say that came out otherwise, and its name."""
    logs = settings.places.logs.glob("metrics-worker-*.log")
    lines = [line for log in logs for line in logged(log, "rebuild_differs")]
    return {(line["what"], line["name"]) for line in lines}


async def upgraded(tree: Tree, settings: LocalSettings) -> tuple[Reader, dict[str, Any]]:
    """Bring up *tree* under a reader's eyes, until its projection is the live one; verify it."""
    reader = Reader(StandingBureau(settings))
    reading = threading.Thread(target=reader.run, name="reader")
    reading.start()
    try:
        await asyncio.to_thread(tree.run, "up", "--detach")
        await made_by(tree, settings)
        verified = await asyncio.to_thread(tree.told, "verify")
    finally:
        reader.leaving.set()
        reading.join()
    return reader, verified


async def made_by(tree: Tree, settings: LocalSettings) -> None:
    """Return once what is served was folded by *tree*; that may be so before anybody looks."""
    wanted = await asyncio.to_thread(Release(0, tree.path).fingerprint)
    connection = await asyncpg.connect(metrics_dsn(settings))

    async def served() -> bool:
        return bool(await connection.fetchval(FINGERPRINT) == wanted)

    await eventually(served, within=SWITCH_SECONDS_MAX)
    await connection.close()


def changed(folder: Path) -> Path:
    """Return a copy of this tree with one figure more, in which limits are near much earlier."""
    scratch = Scratch(folder)
    source = (CHECKOUT / "tests" / "support" / "scratch_figure.py").read_text(encoding="utf-8")
    scratch.write("services/metrics/domain/figures/at_w12.py", source)
    register = "services/metrics/domain/figures/register.py"
    for end_of in (
        ")\nfrom services.metrics.domain.figures.figure",
        ')\n"""The bureau\'s day first',
    ):
        scratch.insert(register, "    at_w12,\n", before=end_of)
    near = 0
    for path in (folder / "shared" / "policy" / "profiles").rglob("*.json"):
        told = path.read_text(encoding="utf-8")
        near += told.count(NEAR)
        path.write_text(told.replace(NEAR, NEAR_EARLIER), encoding="utf-8")
    assert near, "no limit is near at a fifth of it any more"
    return folder
