"""What channels are told, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import asyncpg

from services.metrics.adapters.deadlines import LOAD_STATES
from services.metrics.adapters.delivery_memory import forget_old, rows_of
from services.metrics.adapters.dossiers import dossiers_of
from services.metrics.adapters.notifications import (
    follow,
    load_again,
    notification_of,
    notify,
    repeat,
)
from services.metrics.domain.deliveries.backoff import wait_seconds
from services.metrics.domain.deliveries.notification import (
    OVER,
    ChannelTold,
    Notification,
    NotificationKind,
    delivery_id,
)
from services.metrics.domain.deliveries.vendors import PAUSE_SECONDS, ChannelVerdict, VerdictKind
from services.metrics.ports.deliveries import (
    ChannelPace,
    ClaimedDelivery,
    Deliveries,
    Sequel,
    Unheard,
)
from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from shared.contracts.supervision.course import ALERT
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
    OrderAnswered,
    OrderIssued,
)
from shared.eventstore.port import Position
from shared.eventstore.postgres import transaction, translated

NOTIFICATIONS_MAX = 500
"""In one delivery."""
REFUSALS_MAX = 5
"""So often what a receiver does not take is offered."""

HEARD = [
    fact.TYPE
    for fact in (
        AlertRaised,
        AlertEscalated,
        AlertResolved,
        AlertRevoked,
        OrderIssued,
        OrderAnswered,
    )
]

KNOW = """
INSERT INTO channels (channel)
SELECT unnest($1::text[])
ON CONFLICT DO NOTHING
"""

# Like the relay: in the order of transactions, and below the oldest one that still runs. The
# cursor comes as a value: joined, what was heard long ago would be gone through every time.
LOAD_UNHEARD = """
SELECT xid::text::bigint AS xid, position, body
FROM events
WHERE published
AND (xid, position) > ($1::text::xid8, $2)
AND xid < settled_below()
AND type = ANY($3::text[])
ORDER BY events.xid, position
LIMIT $4
"""

LOAD_CURSOR = """
SELECT xid::text::bigint AS xid, position
FROM courier_cursor
"""

ADVANCE = """
UPDATE courier_cursor
SET xid = $1::text::xid8, position = $2
WHERE (xid, position) = ($3::text::xid8, $4)
RETURNING true
"""

LOAD_RAISED = """
SELECT body
FROM events
WHERE stream = ANY($1::text[]) AND version = 1
"""

LEASE = """
SELECT failures
FROM channels
WHERE channel = $1 AND next_at <= $2 AND leased_until <= $2 AND NOT closed
FOR UPDATE SKIP LOCKED
"""

LOAD_RETRY = """
SELECT delivery_id
FROM deliveries
WHERE channel = $1 AND state = 'WAITING' AND next_at <= $2
ORDER BY next_at, made_at
LIMIT 1
"""

# What became of a card waits for the message that says that it was raised.
LOAD_DUE = """
SELECT about, kind, due_at
FROM notifications AS due
WHERE channel = $1 AND delivery_id IS NULL AND NOT spared AND due_at <= $2
AND NOT EXISTS (
  SELECT FROM notifications AS before
  JOIN deliveries USING (delivery_id)
  WHERE before.about = due.about AND before.channel = $1 AND state = 'WAITING'
)
ORDER BY position
LIMIT $3
FOR UPDATE OF due
"""

MAKE = """
INSERT INTO deliveries (delivery_id, channel, state, notifications, made_at, next_at)
VALUES ($1, $2, 'WAITING', $3, $4, $4)
ON CONFLICT DO NOTHING
"""

ASSIGN = """
UPDATE notifications
SET delivery_id = $1
FROM unnest($2::text[], $3::text[]) AS given (about, kind)
WHERE channel = $4 AND (notifications.about, notifications.kind) = (given.about, given.kind)
"""

TRY = """
UPDATE deliveries
SET tries = tries + 1, tried_at = $2
WHERE delivery_id = $1
RETURNING tries
"""

TAKE_LEASE = """
UPDATE channels
SET leased_until = $2, next_at = $3
WHERE channel = $1
"""

LOAD_TOLD = """
SELECT channel, about, kind, happened_at, due_at, told
FROM notifications
WHERE delivery_id = $1
ORDER BY position
"""

SETTLE_DELIVERY = """
UPDATE deliveries
SET
  state = CASE
    WHEN $2 = 'TAKEN' THEN 'SENT'
    WHEN $2 = 'REFUSED' AND refusals + 1 >= $6 THEN 'GIVEN_UP'
    ELSE state
  END,
  refusals = refusals + CASE WHEN $2 = 'REFUSED' THEN 1 ELSE 0 END,
  sent_at = CASE WHEN $2 = 'TAKEN' THEN $4 ELSE sent_at END,
  next_at = $5,
  answer = $3
WHERE delivery_id = $1 AND state = 'WAITING'
"""

SETTLE_WELL = """
UPDATE channels
SET leased_until = '-infinity', failures = 0, failing_since = NULL, fault = '',
    next_at = greatest(next_at, $2)
WHERE channel = $1
"""

SETTLE_AWAY = """
UPDATE channels
SET leased_until = '-infinity', failures = failures + 1,
    failing_since = coalesce(failing_since, $2), fault = $3, closed = $4
WHERE channel = $1
RETURNING failures
"""

PAUSE = """
UPDATE channels
SET next_at = greatest(next_at, $2)
WHERE channel = $1
"""

GIVE_UP = """
UPDATE deliveries
SET state = 'GIVEN_UP'
WHERE state = 'WAITING' AND made_at < $1
"""

TELL_DOWN = """
UPDATE channels
SET told_on = $2
WHERE channel = ANY($3::text[]) AND failing_since < $1 AND told_on IS DISTINCT FROM $2
RETURNING channel, failing_since, fault
"""


class PostgresDeliveries(Deliveries):
    """Beside the projection, whose rebuild does not touch it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def know(self, channels: Sequence[str]) -> None:
        with translated():
            await self._pool.execute(KNOW, channels)

    async def unheard(self, facts_max: int) -> Unheard:
        with translated():
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                since = Position(*await connection.fetchrow(LOAD_CURSOR))
                rows = await connection.fetch(
                    LOAD_UNHEARD, str(since.xid), since.position, HEARD, facts_max
                )
        until = Position(rows[-1]["xid"], rows[-1]["position"]) if rows else since
        return Unheard(since, until, [decode(row["body"].encode()) for row in rows])

    async def item_names(self, cases: Sequence[str]) -> Mapping[str, str]:
        with translated():
            states = {
                row["dossier"]: row["state"] for row in await self._pool.fetch(LOAD_STATES, cases)
            }
            dossiers = await dossiers_of(states, self._pool.fetch)
        return {key: one.case.item_name or "" for key, one in dossiers.items()}

    async def record(
        self, heard: Unheard, told: Sequence[Notification], sequels: Sequence[Sequel]
    ) -> bool:
        with translated():
            async with transaction(self._pool) as connection:
                places = (str(heard.until.xid), heard.until.position)
                before = (str(heard.since.xid), heard.since.position)
                if not await connection.fetchval(ADVANCE, *places, *before):
                    return False
                await notify(connection, told)
                over = sorted({one.about for one in sequels if one.kind in OVER})
                await follow(connection, sequels, over)
        return True

    async def cards(self, alert_ids: Sequence[str]) -> Sequence[Event]:
        streams = [ALERT.stream_of(one) for one in alert_ids]
        with translated():
            rows = await self._pool.fetch(LOAD_RAISED, streams)
        return [decode(row["body"].encode()) for row in rows]

    async def again(self, channels: Sequence[str], now: datetime) -> Sequence[Notification]:
        with translated():
            return await load_again(self._pool, channels, now)

    async def repeat(self, told: Sequence[Notification]) -> None:
        with translated():
            async with transaction(self._pool) as connection:
                await repeat(connection, told)

    async def claim(self, channel: str, pace: ChannelPace, now: datetime) -> ClaimedDelivery | None:
        with translated():
            async with transaction(self._pool) as connection:
                if await connection.fetchval(LEASE, channel, now) is None:
                    return None
                name = await connection.fetchval(LOAD_RETRY, channel, now)
                name = name or await _made(connection, channel, pace.gather, now)
                if name is None:
                    return None
                tries = await connection.fetchval(TRY, name, now)
                await connection.execute(TAKE_LEASE, channel, now + pace.lease, now + pace.spacing)
                rows = await connection.fetch(LOAD_TOLD, name)
        return ClaimedDelivery(name, channel, tries, [notification_of(row) for row in rows])

    async def settle(
        self, claimed: ClaimedDelivery, verdict: ChannelVerdict, now: datetime
    ) -> None:
        with translated():
            async with transaction(self._pool) as connection:
                again = now
                if verdict.kind is VerdictKind.REFUSED:
                    again += timedelta(seconds=wait_seconds(claimed.delivery_id, claimed.tries))
                await connection.execute(
                    SETTLE_DELIVERY,
                    claimed.delivery_id,
                    verdict.kind,
                    verdict.code,
                    now,
                    again,
                    REFUSALS_MAX,
                )
                await _settle_channel(connection, claimed.channel, verdict, now)

    async def give_up(self, made_before: datetime) -> int:
        with translated():
            return rows_of(await self._pool.execute(GIVE_UP, made_before))

    async def forget(self, told_before: datetime, deliveries_max: int) -> int:
        with translated():
            async with transaction(self._pool) as connection:
                return await forget_old(connection, told_before, deliveries_max)

    async def tell_of_down(
        self,
        channels: Sequence[str],
        failing_before: datetime,
        day: date,
        to: Mapping[str, datetime],
    ) -> Sequence[str]:
        with translated():
            async with transaction(self._pool) as connection:
                rows = await connection.fetch(TELL_DOWN, failing_before, day, channels)
                told = [
                    Notification(
                        channel,
                        f"channel:{row['channel']}:{day}",
                        NotificationKind.CHANNEL_DOWN,
                        row["failing_since"],
                        due_at,
                        ChannelTold(row["channel"], row["failing_since"], row["fault"]),
                    )
                    for row in rows
                    for channel, due_at in to.items()
                    if channel != row["channel"]
                ]
                await notify(connection, told)
        return [row["channel"] for row in rows]


async def _made(
    connection: asyncpg.Connection, channel: str, gather: timedelta, now: datetime
) -> str | None:
    """Return a new delivery of all that is due, once the first of it has waited for others."""
    due = await connection.fetch(LOAD_DUE, channel, now, NOTIFICATIONS_MAX)
    if not due or min(row["due_at"] for row in due) + gather > now:
        return None
    told = [(row["about"], row["kind"]) for row in due]
    name = delivery_id(channel, [f"{about}:{kind}" for about, kind in told])
    await _deliver(connection, channel, name, told, now)
    return name


async def _deliver(
    connection: asyncpg.Connection,
    channel: str,
    name: str,
    told: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    await connection.execute(MAKE, name, channel, len(told), now)
    await connection.execute(ASSIGN, name, *zip(*told, strict=True), channel)


async def _settle_channel(
    connection: asyncpg.Connection, channel: str, verdict: ChannelVerdict, now: datetime
) -> None:
    match verdict.kind:
        case VerdictKind.AWAY | VerdictKind.GONE:
            gone = verdict.kind is VerdictKind.GONE
            failures = await connection.fetchval(SETTLE_AWAY, channel, now, verdict.code, gone)
            pause = wait_seconds(channel, failures or 1)
        case VerdictKind.TOO_MANY:
            pause = verdict.wait_seconds or PAUSE_SECONDS
            await connection.execute(SETTLE_WELL, channel, now)
        case _:
            pause = 0.0
            await connection.execute(SETTLE_WELL, channel, now)
    await connection.execute(PAUSE, channel, now + timedelta(seconds=pause))
