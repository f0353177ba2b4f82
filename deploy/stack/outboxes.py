"""What is on record and has yet to reach Kafka, owner by owner, as the auditor sees it."""

from dataclasses import dataclass

from shared.eventstore.connecting import connect
from shared.eventstore.port import STUCK_SECONDS

CONNECT_SECONDS_MAX = 2.0

LOAD_OUTBOXES = """
SELECT 'intake' AS owner, intake.unsent_seconds() AS waited,
       (SELECT count(*) FROM intake.parked) AS parked
UNION ALL
SELECT 'assist', assist.unsent_seconds(), (SELECT count(*) FROM assist.parked)
UNION ALL
SELECT 'review', review.unsent_seconds(), (SELECT count(*) FROM review.parked)
UNION ALL
SELECT 'supervision', supervision.unsent_seconds(), (SELECT count(*) FROM supervision.parked)
"""


@dataclass(frozen=True, slots=True)
class OutboxSeen:
    """How long the oldest fact of *owner* has waited, and how many Kafka refuses for good."""

    owner: str
    waiting_seconds: float
    parked: int

    @property
    def stuck(self) -> bool:
        return self.waiting_seconds > STUCK_SECONDS


async def load_outboxes(dsn: str) -> list[OutboxSeen]:
    """Return every owner's outbox in the bureau's database *dsn*."""
    connection = await connect(
        dsn, timeout=CONNECT_SECONDS_MAX, command_timeout=CONNECT_SECONDS_MAX
    )
    try:
        rows = await connection.fetch(LOAD_OUTBOXES)
    finally:
        await connection.close()
    return [OutboxSeen(row["owner"], row["waited"], row["parked"]) for row in rows]
