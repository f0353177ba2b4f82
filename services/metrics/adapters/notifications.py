"""What there is to tell, in rows: noted once under its identity, and told again while it lasts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import msgspec

from services.metrics.adapters.columns import text_of
from services.metrics.domain.deliveries.notification import Notification, ToldOf, numbered
from services.metrics.ports.deliveries import Sequel

AGAIN_MAX = 500
"""So many cards are told again at once."""

NOTIFY = """
INSERT INTO notifications (channel, about, kind, happened_at, due_at, told, again_at)
SELECT *
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
            $7::timestamptz[])
ON CONFLICT DO NOTHING
"""

LOAD_AGAIN = """
SELECT channel, about, kind, happened_at, due_at, told, repeats
FROM notifications
WHERE again_at <= $2 AND channel = ANY($1::text[])
ORDER BY again_at
LIMIT $3
"""

# Another courier may have told it again meanwhile, or somebody that it is over.
AGAIN = """
UPDATE notifications
SET repeats = given.number, again_at = given.again_at
FROM unnest($1::text[], $2::text[], $3::smallint[], $4::timestamptz[])
  AS given (channel, about, number, again_at)
WHERE (notifications.channel, notifications.about, notifications.kind)
    = (given.channel, given.about, 'RAISED')
  AND notifications.repeats = given.number - 1
  AND notifications.again_at IS NOT NULL
RETURNING given.channel, given.about
"""

# Whoever is just claiming one has its row; we look again behind that.
SPARE = """
UPDATE notifications
SET spared = true
WHERE about = ANY($1::text[]) AND delivery_id IS NULL AND NOT spared
"""

QUIET = """
UPDATE notifications
SET again_at = NULL
WHERE about = ANY($1::text[]) AND again_at IS NOT NULL
"""

FOLLOW = """
INSERT INTO notifications (channel, about, kind, happened_at, due_at, told)
SELECT channel, about, given.kind, given.happened_at, given.due_at, raised.told
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
  AS given (channel, about, kind, happened_at, due_at)
JOIN notifications AS raised USING (channel, about)
WHERE raised.kind IN ('RAISED', 'ORDERED') AND NOT raised.spared
ON CONFLICT DO NOTHING
"""

TOLD: msgspec.json.Decoder[ToldOf] = msgspec.json.Decoder(ToldOf)


async def notify(connection: asyncpg.Connection, told: Sequence[Notification]) -> None:
    """Note what is to be told; what is known by its identity stays as it is."""
    if told:
        rows = [
            (
                one.channel,
                one.about,
                one.place,
                one.happened_at,
                one.due_at,
                text_of(one.told),
                one.again_at,
            )
            for one in told
        ]
        await connection.execute(NOTIFY, *zip(*rows, strict=True))


async def follow(
    connection: asyncpg.Connection, sequels: Sequence[Sequel], over: Sequence[str]
) -> None:
    """Note what became of what was told; of what is *over* nothing else is told any more."""
    if over:
        await connection.execute(SPARE, over)
        await connection.execute(QUIET, over)
    if sequels:
        rows = [_following(one) for one in sequels]
        await connection.execute(FOLLOW, *zip(*rows, strict=True))


async def load_again(
    pool: asyncpg.Pool, channels: Sequence[str], now: datetime
) -> Sequence[Notification]:
    """Return what is to be told again; its number is how many times it was."""
    rows = await pool.fetch(LOAD_AGAIN, channels, now, AGAIN_MAX)
    return [replace(notification_of(row), number=row["repeats"]) for row in rows]


async def repeat(connection: asyncpg.Connection, told: Sequence[Notification]) -> None:
    """Note what is told again, unless another courier has done so, or it is over."""
    rows = [(one.channel, one.about, one.number, one.again_at) for one in told]
    done = await connection.fetch(AGAIN, *zip(*rows, strict=True))
    ours = {(row["channel"], row["about"]) for row in done}
    fresh = [one for one in told if (one.channel, one.about) in ours]
    # When it is told next stands with the first one.
    await notify(connection, [replace(one, again_at=None) for one in fresh])


def notification_of(row: asyncpg.Record) -> Notification:
    """Return what is told, from its row."""
    kind, number = numbered(row["kind"])
    return Notification(
        row["channel"],
        row["about"],
        kind,
        row["happened_at"].astimezone(UTC),
        row["due_at"],
        TOLD.decode(row["told"]),
        number,
    )


def _following(sequel: Sequel) -> tuple[str, str, str, datetime, datetime]:
    channel, about, kind, happened_at, due_at, number = sequel
    place = f"{kind}:{number}" if number else kind.value
    return channel, about, place, happened_at, due_at
