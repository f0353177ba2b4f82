"""
Kafka and the stores, compared before anything starts, and Kafka told everything again.

What is on record stands in PostgreSQL alone. A store that was restored from a backup lacks what
came after it, and Kafka goes on telling it; a Kafka that was made anew lacks what was sent before,
and so does the one of another cluster. In each case our own topics are emptied, and the relay
sends all of it again: whoever has it already knows it by source and id.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, UnknownMemberIdError

from deploy.databases import UNREACHABLE
from deploy.faults import StillAtWork
from deploy.topics import empty_topics
from deploy.unreachable import unreachable
from services.assist import consumer as assist
from services.intake import consumer as intake
from services.review import consumer as review
from shared.contracts.registry import Owner
from shared.eventstore.eras import tell_anew
from shared.eventstore.outbox import LEASE_CLASS
from shared.kafka.access import Broker
from shared.kafka.ends import BrokerAway, Onlooker
from shared.kafka.entrance import enter
from shared.kafka.port import Partition
from shared.kafka.reader import kafka_reader, load_between, places_of, topics_like

TOPICS = tuple(owner.topic for owner in Owner)
GROUPS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    intake.GROUP.group: (intake.TOPICS, intake.BEGIN),
    assist.GROUP.group: (assist.TOPICS, ()),
    review.GROUP.group: (review.TOPICS, ()),
}
"""Who remembers on Kafka how far it has read: which topics, and those that begin how."""
FACTS_ASKED = 2_000

LOAD_OFFSETS = """
SELECT topic, partition, next_offset
FROM metrics.offsets
WHERE topic = ANY($1)
"""

FORGET_OFFSETS = """
DELETE FROM metrics.offsets
WHERE topic = ANY($1)
"""

FIND_SENDING = """
SELECT 'intake' AS owner FROM intake.relay_cursor WHERE position > 0
UNION ALL
SELECT 'assist' FROM assist.relay_cursor WHERE position > 0
UNION ALL
SELECT 'review' FROM review.relay_cursor WHERE position > 0
UNION ALL
SELECT 'supervision' FROM supervision.relay_cursor WHERE position > 0
"""

FIND_UNKNOWN = """
SELECT told.source, told.id, told.type
FROM unnest($1::text[], $2::text[], $3::text[]) AS told (source, id, type)
WHERE NOT EXISTS (
    SELECT FROM intake.events WHERE events.source = told.source AND events.id = told.id
)
AND NOT EXISTS (
    SELECT FROM assist.events WHERE events.source = told.source AND events.id = told.id
)
AND NOT EXISTS (
    SELECT FROM review.events WHERE events.source = told.source AND events.id = told.id
)
AND NOT EXISTS (
    SELECT FROM supervision.events WHERE events.source = told.source AND events.id = told.id
)
"""

# As the relay takes it: whoever leads holds it for as long as it leads.
TAKE_LEASE = """
SELECT pg_try_advisory_xact_lock($1, hashtext($2))
"""

log = structlog.get_logger()


class FactNamed(msgspec.Struct, frozen=True):
    """What of a published fact says which one it is."""

    source: str
    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Where our topics begin and end, and how far they were folded."""

    starts: Mapping[Partition, int]
    ends: Mapping[Partition, int]
    folded: Mapping[Partition, int]
    sent: frozenset[str]
    """The owners of whose facts the relay says that some were sent."""

    @property
    def lacks(self) -> bool:
        """Whether Kafka no longer has what was sent, or is to be read next."""
        folded = self.folded.items()
        beyond = any(not self.starts[one] <= at <= self.ends[one] for one, at in folded)
        return beyond or any(not self._began(Owner(owner)) for owner in self.sent)

    @property
    def filled(self) -> Mapping[Partition, int]:
        """Where each partition ends in which something lies."""
        return {place: end for place, end in self.ends.items() if end > self.starts[place]}

    def _began(self, owner: Owner) -> bool:
        return any(end for place, end in self.ends.items() if place.topic == owner.topic)

    def unread(self) -> list[tuple[Partition, int, int]]:
        """Return each partition with where nobody has folded it, from and to."""
        return [
            (place, max(self.starts[place], self.folded.get(place, 0)), end)
            for place, end in self.ends.items()
        ]


class _Told(Onlooker):
    """Looks at our topics."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker, kafka_reader(broker))

    async def standing(self, connection: asyncpg.Connection) -> Compared:
        # First what the database says: what is sent or folded then lies on Kafka for certain.
        sent = frozenset(row["owner"] for row in await connection.fetch(FIND_SENDING))
        rows = await connection.fetch(LOAD_OFFSETS, TOPICS)
        places = [place for topic in TOPICS for place in await places_of(self._reader, topic)]
        starts = await self._reader.beginning_offsets(places)
        ends = await self._reader.end_offsets(places)
        return Compared(
            {Partition(*place): offset for place, offset in starts.items()},
            {Partition(*place): offset for place, offset in ends.items()},
            {Partition(row["topic"], row["partition"]): row["next_offset"] for row in rows},
            sent,
        )

    async def facts(self, standing: Compared) -> AsyncIterator[FactNamed]:
        """Yield what nobody has folded."""
        for place, start, end in standing.unread():
            async for record in load_between(self._reader, TopicPartition(*place), start, end):
                # What is no fact is its reader's to refuse.
                with suppress(msgspec.MsgspecError):
                    yield msgspec.json.decode(record.value or b"", type=FactNamed)

    async def inboxes(self, group: str) -> list[TopicPartition]:
        """Return every partition that *group* reads."""
        topics = await topics_like(self._reader, *GROUPS[group])
        return [place for topic in topics for place in await places_of(self._reader, topic)]

    async def starts(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        found: Mapping[TopicPartition, int] = await self._reader.beginning_offsets(places)
        return found


async def align(dsn: str, broker: Broker) -> None:
    """
    Compare, name what only Kafka knows, and where they part let everything be sent again.

    *dsn* is of a role that may make roles. A second time, or killed in the midst and done again,
    it comes to the same; where they agree, nothing changes.

    Raises:
        StillAtWork: they part, and a relay or a consumer of ours is at work.
        ServerUnreachable: PostgreSQL or Kafka does not answer, or not to us.
    """
    try:
        connection = await asyncpg.connect(dsn)
    except UNREACHABLE as failure:
        raise unreachable("PostgreSQL", failure) from failure
    try:
        async with _Told(broker) as told:
            standing = await told.standing(connection)
            lost = await _name_lost(connection, told, standing)
            if lost or standing.lacks:
                log.warning("kafka_told_again", lost=lost, kafka_lacks=standing.lacks)
                await _send_again(connection)
                await empty_topics(broker, standing.filled)
                for group in GROUPS:
                    await _begin_again(broker, told, group)
    except (BrokerAway, KafkaError, OSError) as failure:
        raise unreachable("Kafka", failure) from failure
    finally:
        await connection.close()


async def _name_lost(connection: asyncpg.Connection, told: _Told, standing: Compared) -> int:
    """Log each fact that Kafka tells and no store has, and return how many."""
    lost, asked = 0, list[FactNamed]()
    async for fact in told.facts(standing):
        asked.append(fact)
        if len(asked) == FACTS_ASKED:
            lost += await _name(connection, asked)
            asked.clear()
    return lost + await _name(connection, asked)


async def _name(connection: asyncpg.Connection, asked: Sequence[FactNamed]) -> int:
    columns = ([getattr(one, name) for one in asked] for name in ("source", "id", "type"))
    rows = await connection.fetch(FIND_UNKNOWN, *columns)
    for row in rows:
        log.warning("fact_lost", source=row["source"], id=row["id"], type=row["type"])
    return len(rows)


async def _send_again(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        for owner in Owner:
            if not await connection.fetchval(TAKE_LEASE, LEASE_CLASS, owner.value):
                raise StillAtWork
            await tell_anew(connection, owner.value)
        await connection.execute(FORGET_OFFSETS, TOPICS)


async def _begin_again(broker: Broker, told: _Told, group: str) -> None:
    """Let *group* read from the start: what it has taken since the backup is lost with it."""
    places = await told.inboxes(group)
    member: AIOKafkaConsumer = kafka_reader(broker, group_id=group)
    await enter(member, broker)
    try:
        member.assign(places)
        await member.commit(await told.starts(places))
    except UnknownMemberIdError as busy:
        raise StillAtWork from busy
    finally:
        await member.stop()
