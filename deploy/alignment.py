"""
Kafka and the stores, compared before anything starts, and Kafka told everything again.

What is on record stands in PostgreSQL alone. A store that was restored from a backup lacks what
came after it, and Kafka goes on telling it; a Kafka that was made anew lacks what was sent before,
and so does the one of another cluster. In each case our own topics are emptied, and the relay
sends all of it again: whoever has it already knows it by source and id.

What lies on them must be ours, then, and nobody at work; and what only Kafka knows is kept.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg
import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError

from deploy.databases import UNREACHABLE
from deploy.faults import KafkaForeign, StillAtWork
from deploy.principals import GROUPS, Group
from deploy.retelling import LOOK_SECONDS, USE_STORE, alone, fold_from
from deploy.topics import empty_topics
from deploy.unreachable import unreachable
from shared.contracts.registry import OWN_TOPICS, Owner
from shared.eventstore.eras import tell_anew
from shared.kafka.access import Broker, access_to
from shared.kafka.dead_letters import LOST, Refusal, dead_letter
from shared.kafka.ends import Onlooker
from shared.kafka.entrance import enter
from shared.kafka.letters import LETTERS_AT_ONCE_MAX, KafkaShelf, LettersOnce
from shared.kafka.port import BusError, Partition, Record
from shared.kafka.producer import KafkaProducer
from shared.kafka.reader import kafka_reader, load_between, places_of, topics_like
from shared.kafka.seal import Seal
from shared.runtime.clock import SystemClock

FACTS_ASKED = 2_000
BYTES_MAX = 16 * 1024 * 1024
"""Asked at once: two thousand of the largest facts would not fit in memory."""
FIRST_RECORDS = 100
"""Of each partition, those that tell whose Kafka it is."""
LEAVING_SECONDS_MAX = 15.0
"""So long a group's members are remembered that were killed, and some seconds."""
KEEPER = "casetrack-prepare"
"""Who lays the letters of facts that were lost."""
WHY = Refusal(LOST, "", "on no record: its store came back from a backup without it", 1)

# Of two that prepare at once the second compares what the first has left.
TAKE_TURN = "SELECT pg_advisory_lock(hashtext('casetrack.alignment'))"

LOAD_OFFSETS = """
SELECT topic, partition, next_offset
FROM metrics.offsets
WHERE topic = ANY($1)
"""

# What the cursor has passed was sent, or set aside because Kafka does not take it.
HAS_SENT = """
SELECT position > 0 AND EXISTS (
    SELECT
    FROM events
    WHERE published
    AND (events.xid, events.position) <= (relay_cursor.xid, relay_cursor.position)
    AND NOT EXISTS (
        SELECT FROM parked
        WHERE parked.stream = events.stream AND parked.version = events.version
    )
)
FROM relay_cursor
"""

FIND_UNKNOWN = """
SELECT told.source, told.id
FROM unnest($1::text[], $2::text[]) AS told (source, id)
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

log = structlog.get_logger()


class Laid(NamedTuple):
    """What lies in a partition from one offset on and before another."""

    place: Partition
    start: int
    end: int


class FactNamed(msgspec.Struct, frozen=True):
    """What of a published fact says which one it is."""

    source: str
    id: str
    type: str


class FactTold(NamedTuple):
    """A fact that Kafka tells."""

    fact: FactNamed
    record: Record


@dataclass(frozen=True, slots=True)
class Compared:
    """Where our topics begin and end, and how far they were folded."""

    starts: Mapping[Partition, int]
    ends: Mapping[Partition, int]
    folded: Mapping[Partition, int]
    sent: frozenset[Owner]
    """The owners of whose facts Kafka has taken some."""

    @property
    def lacks(self) -> bool:
        """Whether Kafka no longer has what was sent, or is to be read next."""
        return (
            not self.folded.keys() <= self.starts.keys()
            or any(
                not start <= self._next(at) <= self.ends[at] for at, start in self.starts.items()
            )
            or any(not self._began(owner) for owner in self.sent)
        )

    @property
    def filled(self) -> Mapping[Partition, int]:
        """Where each partition ends in which something lies."""
        return {place: end for place, end in self.ends.items() if end > self.starts[place]}

    def unread(self) -> list[Laid]:
        """Return what nobody has folded."""
        return [
            Laid(place, max(start, self._next(place)), self.ends[place])
            for place, start in self.starts.items()
        ]

    def first(self) -> list[Laid]:
        """Return what begins each partition."""
        return [
            Laid(place, start, min(self.ends[place], start + FIRST_RECORDS))
            for place, start in self.starts.items()
        ]

    def _next(self, place: Partition) -> int:
        return self.folded.get(place, 0)

    def _began(self, owner: Owner) -> bool:
        return any(end for place, end in self.ends.items() if place.topic == owner.topic)


class _Kafka(Onlooker):
    """Looks at our topics."""

    def __init__(self, broker: Broker, seal: Seal | None) -> None:
        super().__init__(broker, kafka_reader(broker))
        self._seal = seal

    def flaw_of(self, record: Record) -> str | None:
        """Return why *record* is not one that our relay has sent; None where it is."""
        return None if self._seal is None else self._seal.flaw_of(record)

    async def standing(self, connection: asyncpg.Connection) -> Compared:
        # First what the database says: what is sent or folded then lies on Kafka for certain.
        sent = frozenset([owner for owner in Owner if await _has_sent(connection, owner)])
        rows = await connection.fetch(LOAD_OFFSETS, OWN_TOPICS)
        places = [place for topic in OWN_TOPICS for place in await places_of(self._reader, topic)]
        starts = await self._reader.beginning_offsets(places)
        ends = await self._reader.end_offsets(places)
        return Compared(
            {Partition(*place): offset for place, offset in starts.items()},
            {Partition(*place): offset for place, offset in ends.items()},
            {Partition(row["topic"], row["partition"]): row["next_offset"] for row in rows},
            sent,
        )

    async def facts(self, stretches: Iterable[Laid]) -> AsyncIterator[Sequence[FactTold]]:
        """Yield the facts that lie there, so many at once as may be asked for."""
        found, size = list[FactTold](), 0
        for place, start, end in stretches:
            async for record in load_between(self._reader, TopicPartition(*place), start, end):
                if fact := _named(record):
                    found.append(FactTold(fact, record))
                    size += len(record.value or b"")
                if len(found) == FACTS_ASKED or size > BYTES_MAX:
                    yield found
                    found, size = [], 0
        yield found

    async def starts_of(self, group: Group) -> dict[TopicPartition, int]:
        """Return where each partition begins that *group* reads."""
        topics = await topics_like(self._reader, group.topics, group.begin)
        places = [place for topic in topics for place in await places_of(self._reader, topic)]
        found: dict[TopicPartition, int] = await self._reader.beginning_offsets(places)
        return found


async def _has_sent(connection: asyncpg.Connection, owner: Owner) -> bool:
    async with connection.transaction():
        await connection.execute(USE_STORE, owner.value)
        found: bool = await connection.fetchval(HAS_SENT)
    return found


def _named(record: Record) -> FactNamed | None:
    """Return which fact *record* tells; what tells none is its reader's to refuse."""
    try:
        fact = msgspec.json.decode(record.value or b"", type=FactNamed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # PostgreSQL holds no such text, and takes no question about it.
    return None if "\0" in f"{fact.source}{fact.id}" else fact


async def align(dsn: str, broker: Broker, seal: Seal | None = None) -> None:
    """
    Compare, keep and name what only Kafka knows, and where they part have everything sent again.

    *dsn* is of a role that may make roles. Where there is a *seal*, what does not bear it is no
    fact of ours: that no store has it is no loss. A second time, or killed in the midst and done
    again, it comes to the same; where they agree, nothing changes.

    Raises:
        StillAtWork: they part, and somebody of ours is at work; nothing was deleted.
        KafkaForeign: they part, and nothing that lies on Kafka is known here; nothing was deleted.
        ServerUnreachable: PostgreSQL or Kafka does not answer, or not to us.
    """
    try:
        connection = await asyncpg.connect(dsn)
    except UNREACHABLE as failure:
        raise unreachable("PostgreSQL", failure) from failure
    try:
        await connection.execute(TAKE_TURN)
        async with _Kafka(broker, seal) as kafka:
            standing = await kafka.standing(connection)
            lost = 0
            async for told, known in _looked_up(connection, kafka, standing.unread()):
                lost += not known and kafka.flaw_of(told.record) is None
            if lost or standing.lacks:
                log.warning("kafka_and_stores_part", lost=lost, kafka_lacks=standing.lacks)
                first = _looked_up(connection, kafka, standing.first())
                if standing.filled and not any([known async for _, known in first]):
                    raise KafkaForeign(server=access_to(broker).servers)
                await _tell_again(dsn, broker, kafka, standing)
                log.warning("kafka_told_again", lost=lost, kafka_lacks=standing.lacks)
    except (BusError, KafkaError, OSError) as failure:
        raise unreachable("Kafka", failure) from failure
    except UNREACHABLE as failure:
        raise unreachable("PostgreSQL", failure) from failure
    finally:
        await connection.close()


async def _looked_up(
    connection: asyncpg.Connection, kafka: _Kafka, stretches: Iterable[Laid]
) -> AsyncIterator[tuple[FactTold, bool]]:
    """Yield each fact that lies in *stretches*, and whether it is on record."""
    async for told in kafka.facts(stretches):
        names = [(one.fact.source, one.fact.id) for one in told]
        columns = ([name[column] for name in names] for column in (0, 1))
        unknown = {tuple(row) for row in await connection.fetch(FIND_UNKNOWN, *columns)}
        for one, name in zip(told, names, strict=True):
            yield one, name not in unknown


async def _tell_again(dsn: str, broker: Broker, kafka: _Kafka, standing: Compared) -> None:
    # The stores last: until they are set back, whoever compares finds that they part.
    async with alone(dsn, StillAtWork) as connection:
        for group in GROUPS:
            await _begin_again(broker, kafka, group, standing.ends)
        await _keep_lost(connection, broker, kafka, standing)
        await empty_topics(broker, standing.filled)
        async with connection.transaction():
            for owner in Owner:
                await tell_anew(connection, owner.value)
            await fold_from(connection, standing.ends)


async def _begin_again(
    broker: Broker, kafka: _Kafka, group: Group, ends: Mapping[Partition, int]
) -> None:
    """
    Let *group* read from the start: what it has taken since the backup is lost with it.

    Of our own topics that will be where they end now.
    """
    starts = await kafka.starts_of(group)
    starts |= {place: end for place in starts if (end := ends.get(Partition(*place))) is not None}
    member: AIOKafkaConsumer = kafka_reader(broker, group_id=group.name)
    clock = SystemClock()
    deadline = clock.monotonic() + LEAVING_SECONDS_MAX
    try:
        await enter(member, broker)
        member.assign(list(starts))
        while not await _commits(member, starts):
            if clock.monotonic() > deadline:
                raise StillAtWork(who=group.name)
            await clock.sleep(LOOK_SECONDS)
    finally:
        await member.stop()


async def _commits(member: AIOKafkaConsumer, starts: Mapping[TopicPartition, int]) -> bool:
    """Commit *starts*; false where the group has members of its own."""
    try:
        await member.commit(starts)
    except CommitFailedError:
        return False
    return True


async def _keep_lost(
    connection: asyncpg.Connection, broker: Broker, kafka: _Kafka, standing: Compared
) -> None:
    """Lay what Kafka tells and no store has among the dead letters, and name each fact of ours."""
    letters = list[Record]()
    async with KafkaProducer(broker, client_id=KEEPER) as producer, KafkaShelf(broker) as shelf:
        once = LettersOnce(producer, shelf)
        async for (fact, record), known in _looked_up(connection, kafka, standing.unread()):
            if known:
                continue
            flaw = kafka.flaw_of(record)
            if flaw is None:
                log.warning("fact_lost", source=fact.source, id=fact.id, type=fact.type)
            why = WHY if flaw is None else Refusal(flaw, "", "", 1)
            letters.append(dead_letter(record, KEEPER, why))
            if len(letters) == LETTERS_AT_ONCE_MAX:
                await once.send(letters)
                letters.clear()
        await once.send(letters)
