"""A year of old facts, read slowly and with the ticker running: nothing false is said meanwhile."""

import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from services.metrics.domain.clocks.alert import reconcile
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.envelope import Event, Fact
from shared.contracts.registry import encode
from shared.contracts.supervision.facts import AlertRaised, AlertResolved, AlertRevoked
from shared.kafka.keys import partition_of
from shared.kafka.port import PARTITIONS
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from tests.support import way_of_a_case as way
from tests.support.eventually import eventually
from tests.support.folding_workers import FOLDED, TOPIC, Fold, at_least, workers

CASES = 1_000
YEAR_DAYS = 300
STILL = 1
"""The lane that stands still."""
SLOW = {"METRICS_BATCH_RECORDS_MAX": "20"}
COMPLETE = "SELECT count(*) FROM metrics.completeness JOIN metrics.lanes USING (partition, epoch)"
DUE = "SELECT count(*) FROM metrics.clocks WHERE next_at <= now()"
SAID = """
SELECT split_part(type, '.', 4) AS what, count(*)
FROM supervision.events
WHERE type LIKE 'casetrack.supervision.alert.%'
GROUP BY 1
"""
CARDS = "SELECT dossier, sla, level, state FROM metrics.alerts"
DUE_BESIDE_IT = """
SELECT count(*)
FROM metrics.clocks JOIN metrics.dossiers USING (dossier)
WHERE partition <> 1 AND next_at <= now()
"""

Cards = Counter[tuple[str, ...]]
"""Dossier, limit, level and state, as often as it is so."""


def story(number: int) -> Iterator[Event]:
    """Yield the facts of one case of many; every fifth is decided late, every fiftieth never."""
    day = number * YEAR_DAYS // CASES
    taken = 3 if number % 5 else 40
    facts = ((way.RECEIVED, 0), (way.ACCEPTED, 0), (way.DECIDED, taken), (way.CLOSED, taken + 1))
    key = f"XC2024{number:08}"
    for place, (one, days) in enumerate(facts[: 4 if number % 50 else 2]):
        yield way.event(
            of_case(one.data, key, day + days),
            (day + days) * 24 + place,
            identity=f"{key}-{place}",
            key=key,
        )


def of_case(fact: Fact, key: str, days: int) -> Fact:
    told = fact.model_dump(mode="json")
    told |= {"case": told["case"] | {"case_no": key}} if "case" in told else {"case_no": key}
    day = (date(2024, 9, 2) + timedelta(days=days)).isoformat()
    dates = ("received_date", "effective_date", "decision_date", "closed_date")
    return type(fact).model_validate(told | {name: day for name in dates if name in told})


YEAR = sorted((fact for number in range(CASES) for fact in story(number)), key=lambda one: one.time)


def called_for() -> Cards:
    """Return the cards that a fold from nothing calls for, as they stand in the end."""
    rules, now, stories = shipped(), SystemClock().now(), dict[str, list[Entry]]()
    for fact in YEAR:
        stories.setdefault(fact.partitionkey, []).append(Entry.of(fact))
    cards: dict[str, tuple[str, ...]] = {}
    for key, facts in stories.items():
        for clock in clocks_of(fold_all(key, facts), rules):
            for ruling in reconcile(clock, (), now):
                match ruling.fact:
                    case AlertRaised() as raised:
                        cards[raised.alert_id] = (key, clock.sla.id, raised.level, "RAISED")
                    case AlertResolved() as over:
                        cards[over.alert_id] = (*cards[over.alert_id][:3], "RESOLVED")
                    case AlertRevoked():
                        raise AssertionError(ruling)
    return Counter(cards.values())


def publishing(kafka: str, name: str) -> AIOKafkaProducer:
    """Return who says all of it at once, or nothing."""
    return AIOKafkaProducer(
        bootstrap_servers=kafka, transactional_id=name, transaction_timeout_ms=300_000
    )


async def publish(producer: AIOKafkaProducer) -> None:
    """Let the year lie in Kafka; with the end of the transaction all of it does."""
    for fact in YEAR:
        await producer.send(TOPIC, encode(fact), key=fact.partitionkey.encode())
    await producer.flush()


@pytest.fixture
def start(role_dsn: Callable[[str], str], bureau_topics: str, tmp_path: Path) -> Iterator[Fold]:
    """Return what starts a worker or a ticker; those that are left are ended with the test."""
    with workers(role_dsn("casetrack_metrics"), bureau_topics, tmp_path) as starting:
        yield starting


async def settled(database: asyncpg.Pool) -> None:
    await eventually(at_least(database, FOLDED, len(YEAR)), within=120)

    async def nothing_is_due() -> bool:
        return not await database.fetchval(DUE)

    await eventually(nothing_is_due, within=60)


async def kill_all(
    database: asyncpg.Pool, start: Fold, running: list[subprocess.Popen[bytes]]
) -> None:
    """Kill everybody in the middle of it, and start others."""
    await eventually(at_least(database, FOLDED, len(YEAR) // 3), within=60)
    for process in running:
        process.kill()
    start(life="ticker")
    start(SLOW)
    start()


@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed"])
async def test_a_back_fill_raises_what_stands_and_revokes_nothing(
    bureau_topics: str, database: asyncpg.Pool, start: Fold, *, killed: bool
) -> None:
    running = [start(life="ticker"), start(SLOW), start()]
    await eventually(at_least(database, COMPLETE, PARTITIONS), within=40)
    async with publishing(bureau_topics, "back-fill") as producer, producer.transaction():
        await publish(producer)
    if killed:
        await kill_all(database, start, running)
    await settled(database)
    said = {row["what"]: row["count"] for row in await database.fetch(SAID)}
    cards = await cards_of(database)

    assert said.get("revoked", 0) == 0, said
    assert cards == called_for()


async def test_a_lane_that_stands_still_holds_up_its_own_cards_and_is_told(
    bureau_topics: str, database: asyncpg.Pool, start: Fold, tmp_path: Path
) -> None:
    start(life="ticker")
    start()
    told = tmp_path / "ticker-0.log"
    await eventually(at_least(database, COMPLETE, PARTITIONS), within=40)
    async with publishing(bureau_topics, "stranger") as stranger:
        await stranger.begin_transaction()
        async with publishing(bureau_topics, "back-fill") as producer, producer.transaction():
            await publish(producer)
            # What is said behind it in that partition nobody can read until this has ended.
            await stranger.send_and_wait(TOPIC, b"{}", partition=STILL)
        await eventually(others_are_settled(database), within=120)
        await eventually(lambda: '"cards_wait"' in told.read_text(), within=40)
        meanwhile = await cards_of(database)
        await stranger.abort_transaction()
    await settled(database)
    await eventually(lambda: "cards_wait_no_more" in told.read_text(), within=20)

    assert meanwhile == beside(called_for())
    assert await cards_of(database) == called_for()


def others_are_settled(database: asyncpg.Pool) -> Callable[[], Awaitable[bool]]:
    """Return whether all is folded, and said in every lane but the one that stands still."""
    folded = at_least(database, FOLDED, len(YEAR))

    async def seen() -> bool:
        return await folded() and not await database.fetchval(DUE_BESIDE_IT)

    return seen


async def cards_of(database: asyncpg.Pool) -> Cards:
    return Counter(tuple(row) for row in await database.fetch(CARDS))


def beside(cards: Cards) -> Cards:
    """Return those of *cards* that are not of the lane that stands still."""
    return Counter({card: n for card, n in cards.items() if lane_of(card[0]) != STILL})


def lane_of(dossier: str) -> int:
    return partition_of(dossier.encode(), PARTITIONS)
