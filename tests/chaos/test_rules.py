"""Notices are folded over thousands of cases while their workers are killed: nothing differs."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from deploy.command.verify import verified
from services.metrics.app.rules import SEARCH_PATH
from shared.contracts.envelope import Event
from shared.contracts.rules.facts import STREAM
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.topics import ensure_topics
from shared.runtime.clock import SystemClock
from tests.support import way_of_a_case as way
from tests.support.facts import SUPERVISION
from tests.support.rule_changes import notice_of
from tests.support.whole_way import WholeWay, recorded, whole_way

CASES = int(os.environ.get("CASETRACK_CHAOS_CASES", "2000"))
KILLS = int(os.environ.get("CASETRACK_CHAOS_KILLS", "5"))
SEED = os.environ.get("CASETRACK_CHAOS_SEED", "")
METRICS = {"worker-1": "worker", "worker-2": "worker", "ticker": "ticker"}
DECEMBER = date(2026, 12, 1)
PATIENCE_SECONDS = 300.0
FOLD_SECONDS = 300.0
BETWEEN_SECONDS_MAX = 4.0
"""So much lies between a notice and a kill: less than a worker takes to come back and go on."""


def facts(chance: Random) -> Iterator[Event]:
    """Yield receipt and acceptance of every case, on some day around a turn of the year."""
    for number in range(CASES):
        case_no = f"XC{number:09}"
        case = way.ACCEPTED.data.case.model_copy(update={"case_no": case_no})
        day = DECEMBER + timedelta(days=chance.randrange(45))
        received = {"case": case, "received_date": day}
        accepted = {"case": case, "effective_date": day, "committed_limit": chance.randrange(1, 30)}
        for hours, fact in enumerate(
            (
                way.RECEIVED.data.model_copy(update=received),
                way.ACCEPTED.data.model_copy(update=accepted),
            )
        ):
            yield way.event(fact, hours, identity=f"{case_no}-{hours}", key=case_no)


async def published(dsn: str, edition: int, chance: Random) -> None:
    """Publish another notice for 2027."""
    days = [str(date(2027, 1, 1) + timedelta(n)) for n in chance.sample(range(60), 9)]
    change = notice_of(edition, 2027, off=days, on=[])
    now = datetime.now(UTC)  # noqa: TID251 - when it is published
    event = Event.of(change, id=f"rules-{edition}", source=SUPERVISION, time=now, recordedtime=now)
    async with await open_pool(dsn, SEARCH_PATH) as pool:
        await PostgresEventStore(pool).append(STREAM, [event], expected_version=edition - 1)


async def killed_amid(dsn: str, running: WholeWay, chance: Random) -> None:
    for edition in range(1, KILLS + 1):
        await published(dsn, edition, chance)
        await asyncio.sleep(chance.uniform(0, BETWEEN_SECONDS_MAX))
        running.parts[chance.choice(list(METRICS))].kill()


@pytest.mark.timeout(600 + 60 * KILLS)
async def test_notices_outlive_kills_of_whoever_folds_them(
    tmp_path: Path, role_dsn: Callable[[str], str], no_bureau_topics: str
) -> None:
    seed = int(SEED or Random().randrange(1_000_000))  # noqa: S311 - printed, to be repeated
    sys.stdout.write(f"CASETRACK_CHAOS_SEED={seed}\n")
    chance, metrics = Random(seed), role_dsn("casetrack_metrics")  # noqa: S311 - as above
    await ensure_topics(no_bureau_topics)
    async with whole_way(
        tmp_path / "home",
        role_dsn=role_dsn,
        kafka=no_bureau_topics,
        metrics=METRICS,
        owners="intake,supervision",
    ) as running:
        await recorded(role_dsn("casetrack_intake"), [*facts(chance)])
        await running.folded(2 * CASES, within=FOLD_SECONDS)
        began = SystemClock().monotonic()
        await killed_amid(metrics, running, chance)
        report = await verified(
            running.auditor_dsn, no_bureau_topics, PATIENCE_SECONDS, lambda _rows, _share: None
        )
        seconds = SystemClock().monotonic() - began
        sys.stdout.write(f"{KILLS} notices over {CASES} cases: {seconds:.0f} s\n")

    assert report.subjects == CASES + 1
    assert report.document()["differences"] == []
