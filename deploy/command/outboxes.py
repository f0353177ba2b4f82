"""What `status` and `doctor` say of events that have yet to reach Kafka."""

import asyncio
from collections.abc import Iterable, Iterator

import asyncpg

from deploy.command.database import StackAbsent, auditor_dsn
from deploy.stack.diagnosis import Diagnosis, Health
from deploy.stack.outboxes import OutboxSeen, load_outboxes
from deploy.stack.settings import LocalSettings


def outboxes(settings: LocalSettings) -> list[OutboxSeen]:
    """Return every owner's outbox; none where there is no database to ask."""
    try:
        return asyncio.run(load_outboxes(auditor_dsn(settings)))
    except (StackAbsent, OSError, TimeoutError, asyncpg.PostgresError):
        return []


def findings(seen: Iterable[OutboxSeen]) -> list[Diagnosis]:
    """Return what a person has to know of the outboxes *seen*, or that all is well with them."""
    known = list(seen)
    found = [finding for one in known for finding in _findings(one)]
    return found or [Diagnosis("outboxes", Health.FINE)] * bool(known)


def _findings(one: OutboxSeen) -> Iterator[Diagnosis]:
    if one.stuck:
        seconds = str(round(one.waiting_seconds))
        yield Diagnosis("outbox.stuck", Health.BAD, {"owner": one.owner, "seconds": seconds})
    if one.parked:
        values = {"owner": one.owner, "count": str(one.parked)}
        yield Diagnosis("outbox.parked", Health.DOUBTFUL, values)
