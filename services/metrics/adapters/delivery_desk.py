"""Deliveries as people look at them, in PostgreSQL: listed, tested, tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from services.metrics.adapters.columns import text_of
from services.metrics.domain.deliveries.notification import ChannelTold
from services.metrics.ports.deliveries import DeliveryDesk
from services.metrics.views.delivery import ChannelLine, DeliveryLine, DeliveryState
from shared.eventstore.postgres import transaction, translated

FIRST = timedelta(days=365)
"""A test comes before whatever waits there already."""

LOAD_CHANNELS = """
SELECT channel, failing_since, fault, closed,
       (SELECT count(*) FROM deliveries WHERE deliveries.channel = channels.channel
                                          AND state = 'WAITING') AS waiting
FROM channels
ORDER BY channel
"""

LOAD_LISTED = """
SELECT delivery_id, channel, state, notifications, made_at, tries, tried_at, sent_at, answer
FROM deliveries
WHERE (made_at, delivery_id) < ($1, $2) AND ($3::text IS NULL OR channel = $3)
ORDER BY made_at DESC, delivery_id DESC
LIMIT $4
"""

LOAD_ONE = """
SELECT delivery_id, channel, state, notifications, made_at, tries, tried_at, sent_at, answer
FROM deliveries
WHERE delivery_id = $1
"""

REOPEN = """
UPDATE channels
SET closed = false, next_at = least(next_at, $2)
WHERE channel = $1
RETURNING true
"""

RETRY = """
UPDATE deliveries
SET state = 'WAITING', next_at = $2, made_at = greatest(made_at, $2), refusals = 0
WHERE delivery_id = $1 AND state IN ('WAITING', 'GIVEN_UP')
RETURNING channel
"""

MAKE_TEST = """
INSERT INTO deliveries (delivery_id, channel, state, notifications, made_at, next_at)
VALUES ($1, $2, 'WAITING', 1, $3, $4)
"""

TELL_TEST = """
INSERT INTO notifications (channel, about, kind, happened_at, due_at, told, delivery_id)
VALUES ($1, $2, 'TEST', $3, $3, $4, $2)
"""


class PostgresDeliveryDesk(DeliveryDesk):
    """The tables of the courier, for whoever operates it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def channels(self) -> Sequence[ChannelLine]:
        with translated():
            rows = await self._pool.fetch(LOAD_CHANNELS)
        return [ChannelLine(**row) for row in rows]

    async def listed(
        self, behind: tuple[datetime, str], channel: str | None, rows_max: int
    ) -> Sequence[DeliveryLine]:
        with translated():
            rows = await self._pool.fetch(LOAD_LISTED, *behind, channel, rows_max)
        return [_record(row) for row in rows]

    async def one(self, delivery_id: str) -> DeliveryLine | None:
        with translated():
            row = await self._pool.fetchrow(LOAD_ONE, delivery_id)
        return None if row is None else _record(row)

    async def test(self, channel: str, delivery_id: str, now: datetime) -> bool:
        told = text_of(ChannelTold(channel, now))
        with translated():
            async with transaction(self._pool) as connection:
                if not await connection.fetchval(REOPEN, channel, now):
                    return False
                await connection.execute(MAKE_TEST, delivery_id, channel, now, now - FIRST)
                await connection.execute(TELL_TEST, channel, delivery_id, now, told)
        return True

    async def retry(self, delivery_id: str, now: datetime) -> DeliveryLine | None:
        with translated():
            async with transaction(self._pool) as connection:
                if channel := await connection.fetchval(RETRY, delivery_id, now):
                    await connection.execute(REOPEN, channel, now)
        return await self.one(delivery_id)


def _record(row: asyncpg.Record) -> DeliveryLine:
    return DeliveryLine(**{**row, "state": DeliveryState(row["state"])})
