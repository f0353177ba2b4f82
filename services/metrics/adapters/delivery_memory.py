"""What channels were told, forgotten after its time."""

from datetime import datetime

import asyncpg

from shared.contracts.supervision.course import AlertState

STANDING = [state for state in AlertState if state.stands]

FORGET = """
WITH old AS (
  SELECT delivery_id
  FROM deliveries
  WHERE made_at < $1
  AND state <> 'WAITING'
  AND NOT EXISTS (
    SELECT
    FROM notifications
    JOIN alerts ON alerts.alert_id = notifications.about
    WHERE notifications.delivery_id = deliveries.delivery_id
    AND alerts.state = ANY($3::text[])
  )
  ORDER BY made_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
), told AS (
  DELETE FROM notifications
  USING old
  WHERE notifications.delivery_id = old.delivery_id
)
DELETE FROM deliveries
USING old
WHERE deliveries.delivery_id = old.delivery_id
"""

FORGET_SPARED = """
DELETE FROM notifications
USING (
  SELECT about, channel, kind
  FROM notifications
  WHERE spared AND delivery_id IS NULL AND due_at < $1
  ORDER BY due_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
) AS old
WHERE (notifications.about, notifications.channel, notifications.kind)
  = (old.about, old.channel, old.kind)
"""


async def forget_old(
    connection: asyncpg.Connection, told_before: datetime, deliveries_max: int
) -> int:
    """Forget some of what was told, or spared, before then; return how many rows that were."""
    told = await connection.execute(FORGET, told_before, deliveries_max, STANDING)
    spared = await connection.execute(FORGET_SPARED, told_before, deliveries_max)
    return rows_of(told) + rows_of(spared)


def rows_of(done: str) -> int:
    """Return of how many rows a statement says that it changed them."""
    return int(done.rpartition(" ")[2])
