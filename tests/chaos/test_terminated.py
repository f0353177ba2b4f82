"""Every process of the stack is asked to end in the midst of its work, and soon has."""

import asyncio
import json
import sys
from collections.abc import Iterator
from functools import partial
from signal import SIGTERM
from time import monotonic

import psutil
import pytest

from deploy.command.database import auditor_dsn, kafka_of
from deploy.command.verify import verified
from deploy.containers.load import Load
from deploy.stack.journal import PartRecord, last_record
from shared.web.auth import Role
from tests.support.eventually import eventually
from tests.support.loaded_way import CASES, PATIENCE_SECONDS, delivery_of
from tests.support.logs import logged
from tests.support.standing_bureau import StandingBureau, standing_bureau

ENDED_SECONDS_MAX = 5.0
"""What a supervisor may count on; SIGKILL comes after ten."""
WAIT_SECONDS_MAX = 30.0
BACK_SECONDS_MAX = 120.0
SERVERS = {"postgres", "kafka"}
MORE_FACTS = 100

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingBureau]:
    """Give a bureau with every process that there is."""
    home = tmp_path_factory.mktemp("terminated")
    profile = home / "deliveries.json"
    channel = {"kind": "webhook", "url": "https://127.0.0.1:9/"}
    told = {"channels": {"oa": channel}, "routes": [{"channel": "oa"}]}
    profile.write_text(json.dumps(told), encoding="utf-8")
    with standing_bureau(
        home / "home",
        CASETRACK_CHECKPOINT_KEY=str(home / "checkpoints.pem"),
        CHECKPOINTS_MINUTES="0.02",
        METRICS_DELIVERIES=str(profile),
        METRICS_DELIVERY_HOSTS="127.0.0.1",
        METRICS_DELIVERY_NETWORKS="127.0.0.0/8",
        METRICS_CHANNEL_OA_SECRET="whsec_" + "QUFB" * 8,
    ) as standing:
        yield standing


def parts_of(bureau: StandingBureau) -> dict[str, PartRecord]:
    record = last_record(bureau.settings.places.state)
    assert record is not None
    return {name: part for name, part in record.parts.items() if name not in SERVERS}


async def ended(bureau: StandingBureau, name: str) -> float:
    """Ask *name* to end; return after how many seconds it had."""
    recorded = parts_of(bureau)[name].process
    assert recorded is not None
    process = recorded.found()
    assert process is not None
    began = monotonic()
    process.send_signal(SIGTERM)
    await asyncio.to_thread(psutil.wait_procs, [process], WAIT_SECONDS_MAX)
    return monotonic() - began


async def goes_on(load: Load) -> None:
    accepted = load.accepted + MORE_FACTS
    await eventually(lambda: load.accepted >= accepted, within=BACK_SECONDS_MAX)


def is_back(bureau: StandingBureau, name: str) -> bool:
    part = parts_of(bureau)[name]
    return part.ready and part.starts > 1


def said(bureau: StandingBureau, name: str) -> list[str]:
    """Return the events of the log of *name*."""
    return [line["event"] for line in logged(bureau.settings.places.logs / f"{name}.log")]


async def test_every_process_ends_soon_after_it_is_asked_to_under_load(
    bureau: StandingBureau,
) -> None:
    load, names = Load(cases=CASES), sorted(parts_of(bureau))
    seconds: dict[str, float] = {}
    delivery = delivery_of(bureau.addresses["intake"], partial(bureau.token, Role.PUBLISHER), load)
    async with delivery, load.under(delivery):
        for name in names:
            await goes_on(load)
            async with bureau.watched():
                seconds[name] = await ended(bureau, name)
            await eventually(partial(is_back, bureau, name), within=BACK_SECONDS_MAX)
    for name, took in seconds.items():
        sys.stdout.write(f"| {name} | {took:.1f} s |\n")
    settings = bureau.settings
    report = await verified(
        auditor_dsn(settings), kafka_of(settings), PATIENCE_SECONDS, lambda _rows, _share: None
    )

    assert max(seconds.values()) <= ENDED_SECONDS_MAX
    assert [name for name in names if "process_stopped" not in said(bureau, name)] == []
    assert [name for name in names if "process_stop_overdue" in said(bureau, name)] == []
    assert report.document()["differences"] == []
