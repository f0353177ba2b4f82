"""A bureau in one database, with everything in it that processes do, done step by step."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.projection import PostgresProjection
from services.metrics.adapters.recorded import open_records
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.domain.entry import Arrived
from services.metrics.domain.fingerprint import Fingerprint
from services.metrics.handlers.difference import Report
from services.metrics.handlers.folding import Folding, Lane
from services.metrics.handlers.reading import read_records
from services.metrics.handlers.ticker import Ticker
from services.metrics.handlers.verify import Verifying
from services.metrics.ports.projection import Stretch
from shared.contracts.envelope import Event
from shared.contracts.registry import Owner
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.port import Record
from shared.policy.rules import shipped
from shared.runtime.clock import SystemClock
from tests.support.completing import completed
from tests.support.facts import SUPERVISION

RULES = shipped()

ONLY_READ = """
SELECT body
FROM {owner}.events
WHERE position > $1
ORDER BY position
"""


@dataclass
class Bureau:
    """The stores, one lane that folds all of them, and the ticker."""

    dsn: str
    pool: asyncpg.Pool
    stores: dict[Owner, PostgresEventStore]
    projection: PostgresProjection
    folding: Folding
    lane: Lane
    ticker: Ticker
    folded: dict[Owner, int] = field(default_factory=lambda: dict.fromkeys(Owner, 0))

    async def record(self, events: Iterable[Event]) -> None:
        await self.stores[Owner.INTAKE].record(list(events))

    async def fold(self) -> None:
        """Fold what was recorded since the last time, as if Kafka had brought it."""
        for owner in (Owner.INTAKE, Owner.SUPERVISION):
            first = self.folded[owner]
            query = ONLY_READ.format(owner=owner.value)
            bodies = [row["body"] for row in await self.pool.fetch(query, first)]
            records = [Record(owner.topic, None, body.encode()) for body in bodies]
            arrived = [one for one in read_records(records) if isinstance(one, Arrived)]  # type: ignore[arg-type]  # offsets play no part
            following = first + len(bodies)
            stretch = Stretch(owner.topic, 0, first, following, following)
            await self.folding.handle(self.lane, stretch, arrived)
            self.folded[owner] = following

    async def judge(self) -> None:
        """Let the ticker say what is due, and fold that too."""
        now = SystemClock().now()
        await completed(self.projection, self.lane, now)
        await self.ticker.handle(now)
        await self.fold()

    async def verify(self, *, settled: bool = True) -> Report:
        async with open_records(self.dsn) as records:
            mark = await records.mark() if settled else None
            verifying = Verifying(records, SystemClock(), our_fingerprint())
            return await verifying.handle(mark, lambda _count, _reached: None)

    async def tamper(self, statement: str) -> None:
        """Do what no role of ours may do."""
        connection = await asyncpg.connect(self.dsn)
        await connection.execute("SET session_replication_role = replica")
        done = await connection.execute(statement)
        await connection.close()

        assert done.split()[-1] != "0", statement


@asynccontextmanager
async def stepped_bureau(dsn: str, fingerprint: Fingerprint | None = None) -> AsyncIterator[Bureau]:
    """Give a bureau over the database *dsn*; its code has *fingerprint*, else that of ours."""
    made_by = fingerprint or our_fingerprint()
    async with AsyncExitStack() as stack:
        pools = {
            owner: await stack.enter_async_context(await open_pool(dsn, owner.value))
            for owner in (Owner.INTAKE, Owner.REVIEW)
        }
        pool = await stack.enter_async_context(await open_pool(dsn, "metrics,supervision"))
        projection = PostgresProjection(pool, made_by)
        (claimed,) = (await projection.claim([0])).values()
        for owner in Owner:
            await projection.begin(owner.topic, 0, 0)
        yield Bureau(
            dsn,
            pool,
            {owner: PostgresEventStore(one) for owner, one in pools.items()},
            projection,
            Folding(projection, RULES),
            Lane(0, claimed.epoch),
            Ticker(PostgresDeadlines(pool, made_by), RULES, SystemClock(), SUPERVISION),
        )
