"""A dump that is restored into another cluster goes on there: PostgreSQL counts anew, we do not."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.checkpoints import Signer, load_checkpoints, unborne
from deploy.databases import addressed, prepare_database
from deploy.stack.postgres import Postgres
from services.metrics.handlers.difference import Difference, What
from shared.contracts.registry import Owner
from shared.eventstore.checkpoint import Checkpoint
from shared.eventstore.outbox import PostgresOutbox
from shared.eventstore.port import Position, StoreRestored, StoreUnavailable
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.eventstore.timers import PostgresTimers
from shared.kafka.producer import KafkaProducer
from shared.runtime.clock import SystemClock
from shared.web.keys import file_keys
from shared.web.statements import public_half
from tests.support.clusters import another_cluster
from tests.support.eventually import eventually
from tests.support.facts import PUBLISHER, foreign
from tests.support.servers import PASSWORD
from tests.support.settled import OTHERS_SECONDS_MAX

OLD, NEW = "XC20240902000017", "XC20240902000018"
DATABASE = "casetrack"
# So far that a cluster which was made just now takes a while.
AGE = """
DO $$
BEGIN
    FOR number IN 1..20000 LOOP
        PERFORM pg_current_xact_id();
        COMMIT;
    END LOOP;
END
$$
"""
UNDER_WAY = """
SELECT count(*)
FROM intake.events
WHERE NOT intake.is_settled(xid, pg_current_snapshot())
"""
ERA = "SELECT pg_get_functiondef('intake.own_transaction'::regproc)"


def run(server: Postgres, program: str, *arguments: str) -> None:
    subprocess.run([server.programs / program, *arguments], check=True, capture_output=True)


async def restore(server: Postgres, dump: Path, name: str = DATABASE) -> None:
    connection = await asyncpg.connect(server.dsn("postgres"))
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    await connection.close()
    run(server, "pg_restore", "--exit-on-error", "-d", server.dsn(name), str(dump))


@dataclass
class Place:
    """One database with all that looks at it, each in its role."""

    dsn: str
    pool: asyncpg.Pool
    signer: Signer
    kafka: str

    @property
    def store(self) -> PostgresEventStore:
        return PostgresEventStore(self.pool)

    def as_role(self, role: str) -> str:
        name = urlsplit(self.dsn).path[1:]
        return addressed(self.dsn, database=name, role=role, password=PASSWORD)

    async def unsent(self, rows: int) -> list[tuple[str, int, Position]]:
        """Return what the relay has yet to send, once that are *rows*."""

        async def read() -> list[tuple[str, int, Position]]:
            async with self._leading() as outbox:
                return [
                    (one.partitionkey, one.version, one.place) for one in await outbox.pending(100)
                ]

        found: list[tuple[str, int, Position]] = []

        async def complete() -> bool:
            found[:] = await read()
            return len(found) == rows

        await eventually(complete, within=OTHERS_SECONDS_MAX)
        return found

    async def advance(self, place: Position) -> None:
        async with self._leading() as outbox:
            await outbox.advance(place)

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[PostgresOutbox]:
        outbox = await PostgresOutbox.open(self.as_role("casetrack_relay"), "intake")
        try:
            # Who led before has left, and the lease ends with its session, a moment later.
            await eventually(outbox.lead)
            yield outbox
        finally:
            await outbox.close()

    async def sign(self, rows: int) -> None:
        """Sign until that are *rows*: somebody's open transaction may hold the bound back."""
        made: list[Checkpoint] = []

        async def complete() -> bool:
            async with KafkaProducer(self.kafka) as sender:
                one = await self.signer.sign(
                    self.as_role("casetrack_auditor"), Owner.INTAKE, sender, SystemClock()
                )
            made.extend([one] if one else [])
            return bool(made) and made[-1].rows == rows

        await eventually(complete, within=OTHERS_SECONDS_MAX)

    async def differences(self) -> list[Difference]:
        keys = file_keys(public_half(self.signer.path), SystemClock())
        published = await load_checkpoints(self.kafka, keys)
        found = unborne(self.as_role("casetrack_auditor"), published)
        return [one async for one in found]

    async def asked(self, question: str) -> Any:  # noqa: ANN401 - whatever is asked
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()


@asynccontextmanager
async def place(dsn: str, signer: Signer, kafka: str) -> AsyncIterator[Place]:
    name = urlsplit(dsn).path[1:]
    as_intake = addressed(dsn, database=name, role="casetrack_intake", password=PASSWORD)
    async with await open_pool(as_intake, "intake") as pool:
        yield Place(dsn, pool, signer, kafka)


@pytest.fixture
async def first(postgres_dsn: str, bureau_topics: str, tmp_path: Path) -> AsyncIterator[Place]:
    """Give a store with three facts of which two are sent, a claim, and a checkpoint of them."""
    signer = Signer.open(tmp_path / "checkpoints.pem")
    async with place(postgres_dsn, signer, bureau_topics) as one:
        await one.asked(AGE)
        await one.store.record([foreign(n, case=OLD) for n in range(3)])
        await one.store.claim("session", "one", "nobody")
        _, (*_, sent), _ = await one.unsent(3)
        await one.advance(sent)
        await PostgresTimers(one.pool).arm(["x"], PUBLISHER, 100)
        await one.sign(4)
        yield one


async def test_a_restored_dump_goes_on_where_it_was(first: Place, tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    async with another_cluster() as server:
        run(server, "pg_dump", "--format=custom", "-f", str(dump), first.dsn)
        await restore(server, dump)
        async with place(server.dsn(DATABASE), first.signer, first.kafka) as there:
            with pytest.raises(StoreRestored):
                await there.unsent(1)
            with pytest.raises(StoreUnavailable, match="restored elsewhere"):
                await there.store.record([foreign(1, case=NEW)])
            with pytest.raises(StoreRestored):
                await there.sign(4)

            await prepare_database(there.dsn, {})
            era = await there.asked(ERA)
            await there.store.record([foreign(3, case=OLD), foreign(1, case=NEW)])
            await there.store.claim("session", "two", "nobody")
            unsent = await there.unsent(3)
            armed = await PostgresTimers(there.pool).arm(["x"], PUBLISHER, 100)
            await there.sign(7)
            await there.advance(unsent[-1][-1])
            await prepare_database(there.dsn, {})

            assert [(case, version) for case, version, _ in unsent] == [
                (OLD, 3),
                (OLD, 4),
                (NEW, 1),
            ]
            assert armed == 2
            assert await there.differences() == []
            assert await there.asked(UNDER_WAY) == 0
            assert await there.asked(ERA) == era
            assert await there.unsent(0) == []


async def test_what_was_lost_behind_the_dump_is_told_and_signing_goes_on(
    first: Place, tmp_path: Path
) -> None:
    dump = tmp_path / "dump"
    async with another_cluster() as server:
        run(server, "pg_dump", "--format=custom", "-f", str(dump), first.dsn)
        await first.store.record([foreign(4, case=NEW)])
        await first.sign(5)
        await restore(server, dump)
        await prepare_database(server.dsn(DATABASE), {})
        async with place(server.dsn(DATABASE), first.signer, first.kafka) as there:
            await there.store.record([foreign(5, case=NEW)])
            await there.sign(6)
            found = await there.differences()

    assert [(one.what, one.recomputed["rows"] - one.stored["rows"]) for one in found] == [
        (What.CHECKPOINT, 1)
    ]


async def test_a_store_that_stayed_where_it_was_has_no_new_era(first: Place) -> None:
    before = await first.asked(ERA)
    await prepare_database(first.dsn, {})

    assert await first.asked(ERA) == before
    assert len(await first.unsent(1)) == 1
