"""A seeded maker of very many small cases, which the projection's own adapters store."""

import asyncio
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from bench.bureau import ITEMS, SEED, SOURCE
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.domain.entry import Arrived
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.reading import read_records
from services.metrics.ports.projection import Stretch
from shared.contracts.publishing import example_of
from shared.contracts.registry import Owner
from shared.eventstore.postgres import open_pool
from shared.kafka.keys import partition_of
from shared.kafka.port import PARTITIONS
from shared.policy.rules import shipped

TOPIC = Owner.INTAKE.topic
LAST_DAY = date(2025, 12, 19)
DAYS = 360
CASES_A_BATCH = 2_000
WINDOWS = 40
CHANNELS = ("WINDOW", "PC", "MOBILE", "SELF_SERVICE")
STILL_OPEN = 0.05
ACCEPTED = "casetrack.intake.application.accepted.v1"
FACTS = (
    ("casetrack.intake.application.received.v1", 0),
    (ACCEPTED, 2),
    ("casetrack.handling.decision.made.v1", 100),
    ("casetrack.handling.case.closed.v1", 110),
)
"""Types, and how many hours after the receipt."""


NOTHING: Mapping[str, object] = {}
RUNNING: Mapping[str, object] = {"committed_limit": 20, "statutory_limit": 20}
"""In working days: near with four of them left."""


@dataclass(frozen=True, slots=True)
class Made:
    """One fact as it comes from Kafka."""

    key: bytes
    value: bytes
    offset: int = 0
    headers: Sequence[tuple[str, bytes | None]] = ()


def made_cases(first: int, cases: int, *, of: int) -> Iterator[list[Made]]:
    """Yield the facts of *cases* cases from number *first*, spread evenly over the days of *of*."""
    for number in range(first, first + cases):
        chance = random.Random(SEED + number)  # noqa: S311 - a benchmark, to be repeated
        day = LAST_DAY - timedelta(days=DAYS - number * DAYS // of)
        yield list(_case(number, day, chance))


def running_cases(
    first: int, cases: int, days: Sequence[date], partition: int
) -> Iterator[list[Made]]:
    """
    Yield receipt and acceptance of those of *cases* cases that lie in *partition*.

    Each began on one of *days*, and has two limits that run.
    """
    for number in range(first, first + cases):
        if partition_of(_named(number).encode(), PARTITIONS) == partition:
            chance = random.Random(SEED + number)  # noqa: S311 - a benchmark, to be repeated
            yield list(islice(_case(number, days[number % len(days)], chance, RUNNING), 2))


def _named(number: int) -> str:
    return f"XC{number:010}"


def _case(
    number: int, day: date, chance: random.Random, more: Mapping[str, object] = NOTHING
) -> Iterator[Made]:
    case_no = _named(number)
    came_at = datetime(day.year, day.month, day.day, 1, chance.randrange(60), tzinfo=UTC)
    item_code, item_name = chance.choice(ITEMS)
    channel, window = chance.choice(CHANNELS), f"W{chance.randrange(WINDOWS):02}"
    facts = FACTS[: 2 if chance.random() < STILL_OPEN else 4]
    for place, (kind, hours) in enumerate(facts):
        at = came_at + timedelta(hours=hours * chance.uniform(0.5, 1.5))
        data = {**example_of(kind)["data"], **_days(kind, at.date())}
        if "case" in data:
            data["case"] = {**data["case"], "case_no": case_no, "item_code": item_code}
        else:
            data["case_no"] = case_no
        if place == 0:
            data |= {"item_name": item_name, "channel": channel}
        elif kind == ACCEPTED:
            data |= more
        yield Made(
            case_no.encode(),
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": f"{number}-{place}",
                    "source": SOURCE,
                    "type": kind,
                    "subject": case_no,
                    "time": at.isoformat(),
                    "partitionkey": case_no,
                    "windowid": window,
                    "data": data,
                },
                ensure_ascii=False,
            ).encode(),
        )


def _days(kind: str, day: date) -> dict[str, str]:
    name = {
        FACTS[0][0]: "received_date",
        FACTS[1][0]: "effective_date",
        FACTS[2][0]: "decision_date",
        FACTS[3][0]: "closed_date",
    }[kind]
    return {name: day.isoformat()}


async def load(dsn: str, partition: int, made: Iterator[list[Made]]) -> None:
    """Fold the cases *made* into the lane of *partition*, batch by batch."""
    async with await open_pool(dsn, SEARCH_PATH, waits_for_disk=False) as pool:
        projection = PostgresProjection(pool, our_fingerprint())
        folding = Folding(projection, shipped())
        await projection.begin(TOPIC, partition, 0)
        lane = Lane(partition, (await projection.claim([partition]))[partition].epoch)
        offset = 0
        while batch := list(islice(made, CASES_A_BATCH)):
            records = [fact for facts in batch for fact in facts]
            arrived = [one for one in read_records(records) if isinstance(one, Arrived)]
            following = offset + len(records)
            stretch = Stretch(TOPIC, partition, offset, following, following)
            await folding.handle(lane, stretch, arrived)
            lane.pictures.clear()
            offset = following


if __name__ == "__main__":
    _, address, *words = sys.argv
    lane, begin, count, *rest = (int(word) for word in words)
    made = (
        made_cases(begin, count, of=rest[0])
        if len(rest) == 1
        else running_cases(begin, count, [date.fromordinal(day) for day in rest[1:]], lane)
    )
    asyncio.run(load(address, lane, made))
