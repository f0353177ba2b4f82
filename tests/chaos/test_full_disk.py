"""The disk fills up under a running bureau: what is refused is said, what is accepted is kept."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx2
import pytest

from deploy.stack.journal import PartRecord, last_record
from tests.support.eventually import eventually
from tests.support.five_facts import FIVE_FACTS
from tests.support.small_disk import SmallDisk, small_disk
from tests.support.standing_bureau import StandingBureau, standing_bureau

RECEIVED = FIVE_FACTS[0]
KNOWN, ACCEPTED, UNAVAILABLE = 200, 202, 503
MEGABYTES = 800
"""More than `casetrack up` asks for."""
KAFKA_MEGABYTES = 100
OFFERS = 40
ENDED_SECONDS_MAX = 90.0
BACK_SECONDS_MAX = 120.0

END_OF_SEGMENT = """
SELECT pg_switch_wal()
"""

WRITE_AHEAD = """
SELECT pg_logical_emit_message(true, 'test', 'one more', true)
"""

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Cramped:
    """A bureau whose home is a small disk, and Kafka's folder in it another one."""

    bureau: StandingBureau
    disk: SmallDisk
    kafka_disk: SmallDisk

    def part(self, name: str) -> PartRecord:
        record = last_record(self.bureau.settings.places.state)
        assert record is not None
        return record.parts[name]

    async def end_postgres(self) -> None:
        """Let the write-ahead log reach the end of its file, with no room for the next one."""
        await eventually(self._postgres_ended, within=ENDED_SECONDS_MAX)

    async def _postgres_ended(self) -> bool:
        record = last_record(self.bureau.settings.places.state)
        assert record is not None
        try:
            connection = await asyncpg.connect(record.postgres)
        except (OSError, asyncpg.PostgresError):
            return True
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.execute(END_OF_SEGMENT)
            await connection.execute(WRITE_AHEAD)
        connection.terminate()
        return False


@dataclass(frozen=True)
class Told:
    """What the gateway answered to one fact."""

    document: dict[str, Any]
    answer: httpx2.Response

    @property
    def status(self) -> int:
        return self.answer.status_code


@pytest.fixture(scope="module")
def cramped() -> Iterator[Cramped]:
    with TemporaryDirectory(prefix="casetrack-full-") as folder:
        # As root PostgreSQL runs under another account, which has to pass.
        Path(folder).chmod(0o711)
        home = Path(folder) / "home"
        with (
            small_disk(home, MEGABYTES) as disk,
            small_disk(home / "kafka", KAFKA_MEGABYTES) as kafka_disk,
            standing_bureau(home) as bureau,
        ):
            yield Cramped(bureau, disk, kafka_disk)


async def offered(bureau: StandingBureau, count: int) -> list[Told]:
    documents = [RECEIVED.foreign() for _ in range(count)]
    return [Told(document, await bureau.offer(document)) for document in documents]


async def settled(bureau: StandingBureau, told: Sequence[Told]) -> list[int]:
    """Offer each again, as its publisher has to, until it is stored; return the last answers."""

    async def stored(document: dict[str, Any]) -> int:
        status = await bureau.publish(document)
        return status if status in {KNOWN, ACCEPTED} else 0

    return [
        await eventually(partial(stored, one.document), within=BACK_SECONDS_MAX) for one in told
    ]


@asynccontextmanager
async def counted(cramped: Cramped, told: list[Told]) -> AsyncIterator[None]:
    """See the page count each of *told* once, soon after the block."""
    async with cramped.bureau.watched() as page:
        before = page.tile(RECEIVED.tile)
        yield
        await page.shows(RECEIVED.tile, before + len(told))


def is_honest(refused: httpx2.Response) -> bool:
    problem = refused.json()
    return (
        refused.headers["content-type"].startswith("application/problem+json")
        and int(refused.headers["retry-after"]) > 0
        and problem["code"] == "store_unavailable"
    )


async def test_with_kafkas_disk_full_facts_are_accepted_and_counted_later(
    cramped: Cramped,
) -> None:
    starts = cramped.part("kafka").starts
    told = list[Told]()
    async with counted(cramped, told):
        cramped.kafka_disk.fill()
        told += await offered(cramped.bureau, OFFERS)
        await eventually(lambda: cramped.part("kafka").starts > starts, within=ENDED_SECONDS_MAX)
        told += await offered(cramped.bureau, OFFERS)
        cramped.kafka_disk.make_room()

    assert {one.status for one in told} == {ACCEPTED}


async def test_with_the_disk_full_nothing_is_acknowledged_that_is_not_stored(
    cramped: Cramped,
) -> None:
    told = list[Told]()
    async with counted(cramped, told):
        told += await offered(cramped.bureau, 1)
        cramped.disk.fill()
        told += await offered(cramped.bureau, OFFERS)
        cramped.disk.make_room()
        again = await settled(cramped.bureau, told)

    refused = [one.answer for one in told if one.status != ACCEPTED]
    kept = {status for one, status in zip(told, again, strict=True) if one.status == ACCEPTED}
    assert {answer.status_code for answer in refused} == {UNAVAILABLE}
    assert all(is_honest(answer) for answer in refused)
    assert kept == {KNOWN}


async def test_a_database_that_the_full_disk_ended_is_back_by_itself(cramped: Cramped) -> None:
    told = list[Told]()
    async with counted(cramped, told):
        cramped.disk.fill()
        await cramped.end_postgres()
        told += await offered(cramped.bureau, OFFERS)
        cramped.disk.make_room()
        await settled(cramped.bureau, told)
        await eventually(lambda: cramped.part("postgres").ready, within=BACK_SECONDS_MAX)

    assert {one.status for one in told} == {UNAVAILABLE}
    assert all(is_honest(one.answer) for one in told)
