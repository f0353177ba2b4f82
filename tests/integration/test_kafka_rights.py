"""What each user of Kafka may do there, tried against a broker that refuses all the rest."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    for_code,
)

from deploy.faults import KafkaUserUnknown
from deploy.kafka_users import AccessChange, prepare_users, settle_access
from deploy.principals import OWNERS, USERS, Deed, Kind, Right, publisher_user, rights
from services.metrics.consumer.lanes import GROUP as FOLD
from shared.contracts.registry import INBOX, Owner
from shared.kafka.access import KafkaAccess
from shared.kafka.entrance import AccessRefused, require_access
from shared.kafka.reader import places_of
from shared.kafka.topics import CHECKPOINTS, DEAD_LETTER_TOPICS, EVENT_TOPICS, ensure_topics
from tests.support.locked import PASSWORD, LockedKafka, locked_kafka

pytestmark = pytest.mark.asyncio(loop_scope="module")

TAX, HEALTH = publisher_user("tax"), publisher_user("health")
EVERYBODY = (*USERS, TAX, HEALTH)
TOPICS = (*EVENT_TOPICS, *DEAD_LETTER_TOPICS, CHECKPOINTS)
ANSWER_MS_MAX = 10_000
SECONDS_MAX = 60.0

NOTHING = AccessChange(frozenset(), frozenset(), frozenset(), frozenset())


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="casetrack-rights-"))
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka(home: Path) -> AsyncIterator[LockedKafka]:
    async with locked_kafka(home) as broker:
        await ensure_topics(broker.keeper, 1)
        await prepare_users(broker.keeper, told(home))
        yield broker


def told(home: Path, users: tuple[str, ...] = EVERYBODY) -> Path:
    folder = home / "kafka-users"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for user in users:
        (folder / user).write_text(f"{PASSWORD}\n")
    return folder


@asynccontextmanager
async def producing(access: KafkaAccess, **more: object) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**access.arguments(), **more)
    try:
        await producer.start()
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def reading(access: KafkaAccess, **more: object) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**access.arguments(), enable_auto_commit=False, **more)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def administering(access: KafkaAccess) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**access.arguments())
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def writes(access: KafkaAccess, topic: str) -> bool:
    async with producing(access) as producer:
        try:
            await producer.send_and_wait(topic, b"tried", key=b"tried", partition=0)
        except TopicAuthorizationFailedError:
            return False
    return True


async def reads(access: KafkaAccess, topic: str) -> bool:
    async with reading(access, auto_offset_reset="earliest") as consumer:
        try:
            consumer.assign(await places_of(consumer, topic))
            await consumer.seek_to_beginning()
            await consumer.getmany(timeout_ms=ANSWER_MS_MAX)
        except TopicAuthorizationFailedError:
            return False
    return True


@pytest.mark.parametrize("user", EVERYBODY)
async def test_each_user_writes_and_reads_what_the_table_says_and_nothing_else(
    kafka: LockedKafka, user: str
) -> None:
    for topic in TOPICS:
        assert await writes(kafka.keeper, topic)
    mine = {(right.deed, right.name) for right in rights(["tax", "health"]) if right.user == user}
    found = set()
    for topic in TOPICS:
        if await writes(kafka.user(user), topic):
            found.add((Deed.WRITE, topic))
        if await reads(kafka.user(user), topic):
            found.add((Deed.READ, topic))

    assert found == {right for right in mine if right[1] in TOPICS and right[0] != Deed.DESCRIBE}


@pytest.mark.parametrize("topic", [*OWNERS, *DEAD_LETTER_TOPICS])
async def test_a_stolen_publisher_writes_nowhere_but_to_the_inbox(
    kafka: LockedKafka, topic: str
) -> None:
    assert await writes(kafka.user(TAX), INBOX)
    assert not await writes(kafka.user(TAX), topic)


async def test_a_stolen_publisher_reads_nothing_not_even_the_inbox(kafka: LockedKafka) -> None:
    assert [topic for topic in TOPICS if await reads(kafka.user(TAX), topic)] == []


async def test_a_stolen_publisher_changes_no_topic(kafka: LockedKafka) -> None:
    short = ConfigResource(ConfigResourceType.TOPIC, INBOX, {"retention.ms": "1"})
    async with administering(kafka.user(TAX)) as admin:
        altered = (await admin.alter_configs([short]))[0].resources[0][0]
        made = (await admin.create_topics([NewTopic("mine", 1, 1)])).topic_errors[0][1]
        with pytest.raises(TopicAuthorizationFailedError):
            await admin.create_partitions({INBOX: NewPartitions(9)})
        deleted = (await admin.delete_topics([INBOX])).topic_error_codes[0][1]

    assert for_code(altered) is TopicAuthorizationFailedError
    assert for_code(made) is TopicAuthorizationFailedError
    assert for_code(deleted) is TopicAuthorizationFailedError


async def test_a_stolen_publisher_deletes_no_records(kafka: LockedKafka) -> None:
    async with administering(kafka.user(TAX)) as admin:
        with pytest.raises(KafkaError) as refused:
            await admin.delete_records({TopicPartition(INBOX, 0): RecordsToDelete(1)})

    assert isinstance(refused.value, TopicAuthorizationFailedError)


@pytest.mark.parametrize("group", [FOLD, "casetrack-intake", "a-group-of-its-own"])
async def test_a_stolen_publisher_joins_no_group(kafka: LockedKafka, group: str) -> None:
    async with reading(kafka.user(TAX), group_id=group) as consumer:
        consumer.subscribe([INBOX])
        with pytest.raises(GroupAuthorizationFailedError):
            await asyncio.wait_for(consumer.getmany(timeout_ms=ANSWER_MS_MAX), SECONDS_MAX)


async def test_a_publisher_begins_transactions_under_its_own_name_alone(
    kafka: LockedKafka,
) -> None:
    own = producing(kafka.user(TAX), transactional_id=f"{TAX}.1")
    async with own as producer, producer.transaction():
        await producer.send_and_wait(INBOX, b"mine", partition=0)
    for other in (f"{HEALTH}.1", "casetrack-relay"):
        with pytest.raises(TransactionalIdAuthorizationFailed):
            async with producing(kafka.user(TAX), transactional_id=other):
                pass


async def test_nobody_but_the_keeper_makes_rights_or_users(kafka: LockedKafka) -> None:
    for user in EVERYBODY:
        with pytest.raises(ClusterAuthorizationFailedError):
            await settle_access(kafka.user(user), rights(), {})


async def test_made_a_second_time_nothing_changes(kafka: LockedKafka, home: Path) -> None:
    assert await prepare_users(kafka.keeper, told(home)) == NOTHING


async def test_a_publisher_that_is_taken_away_comes_in_no_more(
    kafka: LockedKafka, home: Path
) -> None:
    left = tuple(user for user in EVERYBODY if user != HEALTH)
    settled = await prepare_users(kafka.keeper, told(home, left))
    with pytest.raises(AccessRefused, match="wrong_password"):
        await require_access(kafka.user(HEALTH))

    assert settled.users_taken == {HEALTH}
    assert {right.user for right in settled.rights_taken} == {HEALTH}
    await prepare_users(kafka.keeper, told(home))


async def test_a_right_that_somebody_made_by_hand_is_taken_away(
    kafka: LockedKafka, home: Path
) -> None:
    extra = Right(TAX, Deed.WRITE, Kind.TOPIC, Owner.INTAKE.topic)
    everybody = dict.fromkeys(EVERYBODY, PASSWORD)
    await settle_access(kafka.keeper, rights(["tax", "health"]) | {extra}, everybody)

    assert await writes(kafka.user(TAX), Owner.INTAKE.topic)

    settled = await prepare_users(kafka.keeper, told(home))

    assert settled.rights_taken == {extra}
    assert not await writes(kafka.user(TAX), Owner.INTAKE.topic)


async def test_a_password_of_nobody_s_stops_the_preparation(
    kafka: LockedKafka, tmp_path: Path
) -> None:
    with pytest.raises(KafkaUserUnknown):
        await prepare_users(kafka.keeper, told(tmp_path, ("casetrack-intak",)))
