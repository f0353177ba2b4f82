"""On a cluster Strimzi gives rights: those two that no table has suffice, tried on a broker."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Collection
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.protocol.admin import CreateAclsRequest, DescribeAclsRequest

from deploy.alignment import align
from deploy.faults import PartitionsDiffer, ServerUnreachable
from deploy.kafka_users import ALLOW, ANY, EVERYWHERE, LITERAL, PREFIXED, PRINCIPAL
from deploy.principals import Kind
from deploy.topics import prepare_topics
from services.metrics.consumer.lanes import GROUP
from shared.contracts.registry import OWN_TOPICS, Owner, encode
from shared.eventstore.postgres import PostgresEventStore, open_pool
from shared.kafka.access import KafkaAccess
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.port import PARTITIONS, Record, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.kafka.topics import BUREAU_TOPICS
from tests.support.eventually import eventually
from tests.support.facts import foreign
from tests.support.locked import LockedKafka, locked_kafka

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS_MAX = 60.0
PREPARE, KEDA = "casetrack-prepare", "casetrack-keda"
READ, WRITE, CREATE, DELETE, DESCRIBE = 3, 4, 5, 6, 8
"""Kafka's numbers; `tests/architecture/test_kubernetes_kafka.py` knows the words."""
EVERY_ACL = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)

Acl = tuple[str, int, Kind, str, int]

TO_PREPARE: list[Acl] = [
    *(
        (PREPARE, deed, Kind.TOPIC, start, PREFIXED)
        for deed in (CREATE, DESCRIBE)
        for start in ("casetrack.", "dlq.casetrack.")
    ),
    *((PREPARE, deed, Kind.TOPIC, "casetrack.", PREFIXED) for deed in (READ, DELETE)),
    *((PREPARE, deed, Kind.TOPIC, "dlq.casetrack.", PREFIXED) for deed in (READ, WRITE)),
    (PREPARE, READ, Kind.GROUP, "casetrack-", PREFIXED),
]
TO_SCALE: list[Acl] = [
    (KEDA, DESCRIBE, Kind.GROUP, GROUP, LITERAL),
    *((KEDA, DESCRIBE, Kind.TOPIC, owner.topic, LITERAL) for owner in Owner),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka() -> AsyncIterator[LockedKafka]:
    folder = Path(tempfile.mkdtemp(prefix="casetrack-cluster-"))
    async with locked_kafka(folder, by_certificate=True) as broker:
        yield broker
    shutil.rmtree(folder)


async def allow(keeper: KafkaAccess, acls: Collection[Acl]) -> None:
    admin = AIOKafkaAdminClient(**keeper.arguments())
    await admin.start()
    try:
        for user, deed, kind, name, naming in acls:
            request = CreateAclsRequest(
                kind, name, naming, f"{PRINCIPAL}{user}", EVERYWHERE, deed, ALLOW
            )
            told = await admin._send_to_controller(request)  # noqa: SLF001 - as deploy.kafka_users
            assert [code for code, _ in told.creation_responses] == [0]

        async def are_known() -> bool:
            told = await admin._send_to_controller(EVERY_ACL)  # noqa: SLF001 - as above
            return {*acls} <= {
                (principal.removeprefix(PRINCIPAL), deed, kind, name, naming)
                for kind, name, naming, found in told.resources
                for principal, _, deed, _ in found
            }

        # The broker hears of them from its controller a moment later.
        await eventually(are_known)
    finally:
        await admin.close()


async def test_prepare_makes_the_topics_that_are_missing_and_writes_nothing(
    kafka: LockedKafka, postgres_dsn: str, role_dsn: Callable[[str], str]
) -> None:
    us = kafka.shown(PREPARE)
    with pytest.raises(ServerUnreachable):
        await prepare_topics(us, PARTITIONS)
    await allow(kafka.keeper, TO_PREPARE)
    await prepare_topics(us, PARTITIONS)
    await prepare_topics(us, PARTITIONS)
    async with await open_pool(role_dsn("casetrack_intake"), "intake") as pool:
        await PostgresEventStore(pool).record([foreign(1)])
    async with KafkaProducer(kafka.keeper) as producer:
        told = [Record(OWN_TOPICS[0], b"a", encode(foreign(n)), partition=0) for n in (1, 2)]
        await producer.send(told)
    await align(postgres_dsn, us)

    assert [one async for one in DeadLetterBox(kafka.keeper).load_all()]
    assert await topics(kafka.keeper) >= set(BUREAU_TOPICS)
    with pytest.raises(PartitionsDiffer):
        await prepare_topics(us, PARTITIONS + 1)
    with pytest.raises(SendUnknown, match="AuthorizationFailed"):
        async with KafkaProducer(us) as producer:
            await producer.send([Record(BUREAU_TOPICS[0], b"a", b"b")])


async def test_keda_sees_how_far_metrics_has_read_and_what_there_is(kafka: LockedKafka) -> None:
    await prepare_topics(kafka.keeper, PARTITIONS)
    await allow(kafka.keeper, TO_SCALE)
    # The broker makes its own topic of groups when the first one is asked for.
    await eventually(partial(answers_of_groups, kafka.keeper), within=SECONDS_MAX)
    there = [TopicPartition(owner.topic, number) for owner in Owner for number in range(PARTITIONS)]
    admin = AIOKafkaAdminClient(**kafka.shown(KEDA).arguments())
    consumer = AIOKafkaConsumer(**kafka.shown(KEDA).arguments())
    await admin.start()
    await consumer.start()
    try:
        read = await admin.list_consumer_group_offsets(GROUP)
        ends = await consumer.end_offsets(there)
        seen = await consumer.topics()
    finally:
        await consumer.stop()
        await admin.close()

    assert set(read) <= set(there)
    assert set(ends) == set(there)
    assert seen == {owner.topic for owner in Owner}


async def answers_of_groups(access: KafkaAccess) -> bool:
    admin = AIOKafkaAdminClient(**access.arguments())
    await admin.start()
    try:
        await admin.list_consumer_group_offsets(GROUP)
    except GroupCoordinatorNotAvailableError:
        return False
    else:
        return True
    finally:
        await admin.close()


async def topics(access: KafkaAccess) -> set[str]:
    admin = AIOKafkaAdminClient(**access.arguments())
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()
