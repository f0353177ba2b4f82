"""
``python -m deploy.refill``: the owners' topics made anew, to be filled again from the stores.

With other partitions than they had, or because something of theirs is lost. Everything that
we published is in PostgreSQL, so nothing but the making has to wait: the relay sends all of it
again once it runs, and whoever folds or adopts knows it by source and id.
"""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NotCoordinatorForGroupError,
    for_code,
)

from deploy.databases import UNREACHABLE, prepare_database
from deploy.faults import Fault, PartitionsDiffer, ReadersAtWork, TopicUnmade
from deploy.kafka_users import passwords_in, publishers_among
from deploy.prepare import PrepareSettings
from deploy.principals import GROUPS
from deploy.retelling import LOOK_SECONDS, USE_STORE, alone, fold_from
from deploy.texts import text
from deploy.unreachable import unreachable
from shared.contracts.registry import OWN_TOPICS, Owner
from shared.eventstore.eras import REWIND
from shared.kafka.access import Broker
from shared.kafka.port import Partition
from shared.kafka.topics import (
    BUREAU_TOPICS,
    administering,
    ensure_topics,
    partition_counts,
    topics_of,
)
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

FAILED = 1
MADE_SECONDS_MAX = 30.0
NOT_YET = (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)
"""What a broker says of groups that has only just started."""

COUNT_PUBLISHED = """
SELECT count(*)
FROM events
WHERE published
"""


@dataclass(frozen=True, slots=True)
class Refilled:
    """What was made anew, and how much will be sent again."""

    partitions: int
    lanes_before: int
    """In how many lanes the projection was until now; none where nothing was ever folded."""
    events: int

    def document(self) -> dict[str, int]:
        return {
            "partitions": self.partitions,
            "lanes_before": self.lanes_before,
            "events": self.events,
        }


async def refill(
    dsn: str, broker: Broker, partitions: int, publishers: Iterable[str] = ()
) -> Refilled:
    """
    Make the owners' topics anew with so many *partitions*; the others get as many in addition.

    Killed anywhere, it is called again: until it has returned no worker folds.

    Raises:
        ReadersAtWork: somebody of ours is there who reads the topics, or sends to them.
        PartitionsDiffer: a topic that keeps what it has, has more partitions already.
        TopicUnmade: the brokers did not do as they were told.
        ServerUnreachable: a server is away, or does not let us in.
    """
    await prepare_database(dsn, {})
    own = [topic for publisher in publishers for topic in topics_of(publisher)]
    try:
        async with alone(dsn, ReadersAtWork) as connection:
            async with administering(broker) as admin:
                kept = [topic for topic in (*BUREAU_TOPICS, *own) if topic not in OWN_TOPICS]
                fewer = await _fewer(admin, kept, partitions)
                # First: what begins anew before its topics do so reads twice, and not too little.
                refilled = await _begin_anew(connection, partitions)
                if fewer:
                    await admin.create_partitions(fewer)
                await _forget(admin)
            await ensure_topics(broker, partitions, (*BUREAU_TOPICS, *own))
            return refilled
    except KafkaError as failure:
        raise unreachable("Kafka", failure) from failure
    except UNREACHABLE as failure:
        raise unreachable("PostgreSQL", failure) from failure


async def _fewer(
    admin: AIOKafkaAdminClient, topics: Sequence[str], partitions: int
) -> dict[str, NewPartitions]:
    """Return which of *topics*, whose records stay where they are, get more partitions."""
    found = await partition_counts(admin, topics)
    for topic, count in found.items():
        if count > partitions:
            raise PartitionsDiffer(topic=topic, found=count, wanted=partitions)
    return {topic: NewPartitions(partitions) for topic in found if found[topic] < partitions}


async def _forget(admin: AIOKafkaAdminClient) -> None:
    """Delete the owners' topics, and wait until no group remembers where it was in them."""
    there = list(await partition_counts(admin, OWN_TOPICS))
    if there:
        answer = await admin.delete_topics(there)
        for topic, code in answer.topic_error_codes:
            if code:
                raise TopicUnmade(topic=topic, reason=for_code(code).__name__)
    clock = SystemClock()
    deadline = clock.monotonic() + MADE_SECONDS_MAX
    while left := await _left(admin):
        if clock.monotonic() > deadline:
            raise TopicUnmade(topic=left, reason="it is still there")
        await clock.sleep(LOOK_SECONDS)


async def _left(admin: AIOKafkaAdminClient) -> str:
    """Return a topic that is still there, or that a group still remembers."""
    for topic in await partition_counts(admin, OWN_TOPICS):
        return topic
    for group in GROUPS:
        try:
            offsets = await admin.list_consumer_group_offsets(group.name)
        except NOT_YET:
            return group.name
        for place, told in offsets.items():
            if place.topic in OWN_TOPICS and told.offset >= 0:
                return f"{place.topic} ({group.name})"
    return ""


async def _begin_anew(connection: asyncpg.Connection, partitions: int) -> Refilled:
    """Let relays send from the start, and workers fold from the start, into so many lanes."""
    events = 0
    async with connection.transaction():
        for owner in Owner:
            await connection.execute(USE_STORE, owner.value)
            await connection.execute(REWIND)
            events += await connection.fetchval(COUNT_PUBLISHED)
        places = [Partition(topic, number) for topic in OWN_TOPICS for number in range(partitions)]
        lanes = await fold_from(connection, dict.fromkeys(places, 0))
    return Refilled(partitions, lanes, events)


def main() -> int:
    """Refill what the settings of `prepare` name; return the exit status."""
    settings = load_settings(PrepareSettings)
    users: Mapping[str, str] = (
        {} if settings.kafka_users is None else passwords_in(settings.kafka_users)
    )
    try:
        done = asyncio.run(
            refill(
                settings.postgres_dsn.get_secret_value(),
                settings.access(settings.kafka),
                settings.partitions,
                publishers_among(users),
            )
        )
    except Fault as fault:
        said = text(fault.code, **fault.values)
        sys.stderr.write(f"{said.title}\n{said.detail}\n")
        return FAILED
    sys.stdout.write(f"{text('refill.done', **done.document()).title}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
