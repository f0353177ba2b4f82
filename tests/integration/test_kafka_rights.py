"""What each user of Kafka may do there, tried against a broker that refuses all the rest."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
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

from deploy.faults import KafkaUserUnknown, ServerUnreachable
from deploy.kafka_users import passwords_in, prepare_users, settle_access
from deploy.prepare import prepare_kafka
from deploy.principals import (
    OURS,
    USERS,
    Deed,
    Kind,
    Right,
    publisher_user,
    rights,
)
from deploy.stack.places import CHECKOUT
from deploy.topics import prepare_topics
from services.metrics.consumer.lanes import GROUP as FOLD
from shared.contracts.registry import Owner, inbox_of
from shared.kafka.access import KafkaAccess
from shared.kafka.entrance import AccessRefused, require_access
from shared.kafka.reader import places_of
from shared.kafka.topics import BUREAU_TOPICS, dead_letter_topic, topics_of
from tests.support.eventually import eventually
from tests.support.locked import NOTHING, PASSWORD, LockedKafka, locked_kafka

pytestmark = pytest.mark.asyncio(loop_scope="module")

TAX, HEALTH = publisher_user("tax"), publisher_user("health")
PUBLISHERS = ("tax", "health")
EVERYBODY = (*USERS, TAX, HEALTH)
TOPICS = (*BUREAU_TOPICS, *topics_of("tax"), *topics_of("health"))
MINE, LETTERS = topics_of("tax")
TABLE = CHECKOUT / "docs" / "reference" / "kafka-access.md"
LINE = re.compile(r"^\| `([^`]+)` \| (read|write|describe) \| topic (.*) \|$", re.MULTILINE)
ANSWER_MS_MAX = 10_000
SECONDS_MAX = 60.0


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="casetrack-rights-"))
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka(home: Path) -> AsyncIterator[LockedKafka]:
    async with locked_kafka(home) as broker:
        # Its connections live for a few seconds, which is little on a busy machine.
        await eventually(partial(has_topics, broker), within=SECONDS_MAX)
        await broker.admit(told(home))
        yield broker


async def has_topics(broker: LockedKafka) -> bool:
    try:
        await prepare_topics(broker.keeper, 1, PUBLISHERS)
    except ServerUnreachable:
        return False
    return True


def told(home: Path, users: tuple[str, ...] = EVERYBODY) -> dict[str, str]:
    folder = home / "kafka-users"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for user in users:
        (folder / user).write_text(f"{PASSWORD}\n")
    return passwords_in(folder)


def published(user: str) -> set[tuple[str, str]]:
    """Return what the table says that *user* may do with which topics, word by word."""
    id_ = user.removeprefix(publisher_user(""))
    return {
        (deed, topic)
        for name, deed, names in LINE.findall(TABLE.read_text("utf-8"))
        if name.replace("ID", id_) == user
        for told in re.findall(r"`([^`]+)`", names.replace("ID", id_))
        for topic in TOPICS
        if topic == told or (told.endswith("*") and topic.startswith(told[:-1]))
    }


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
    found = set()
    for topic in TOPICS:
        if await writes(kafka.user(user), topic):
            found.add(("write", topic))
        if await reads(kafka.user(user), topic):
            found.add(("read", topic))

    assert found == {one for one in published(user) if one[0] != "describe"}
    assert found


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic != MINE])
async def test_a_stolen_publisher_writes_nowhere_but_to_its_own_inbox(
    kafka: LockedKafka, topic: str
) -> None:
    assert await writes(kafka.user(TAX), MINE)
    assert not await writes(kafka.user(TAX), topic)


async def test_a_stolen_publisher_reads_its_own_letters_and_nothing_else(
    kafka: LockedKafka,
) -> None:
    assert [topic for topic in TOPICS if await reads(kafka.user(TAX), topic)] == [LETTERS]


async def test_nobody_but_its_publisher_speaks_in_an_inbox(kafka: LockedKafka) -> None:
    """Whoever replays letters apart: those are the publisher's own words."""
    assert {user for user in EVERYBODY if await writes(kafka.user(user), MINE)} == {
        TAX,
        f"{OURS}operator",
    }


async def test_a_stolen_publisher_changes_no_topic(kafka: LockedKafka) -> None:
    short = ConfigResource(ConfigResourceType.TOPIC, MINE, {"retention.ms": "1"})
    async with administering(kafka.user(TAX)) as admin:
        altered = (await admin.alter_configs([short]))[0].resources[0][0]
        more = NewTopic(inbox_of("tax-2"), 1, 1)
        made = (await admin.create_topics([more])).topic_errors[0][1]
        with pytest.raises(TopicAuthorizationFailedError):
            await admin.create_partitions({MINE: NewPartitions(9)})
        deleted = (await admin.delete_topics([MINE])).topic_error_codes[0][1]

    assert for_code(altered) is TopicAuthorizationFailedError
    assert for_code(made) is TopicAuthorizationFailedError
    assert for_code(deleted) is TopicAuthorizationFailedError


async def test_a_stolen_publisher_deletes_no_records(kafka: LockedKafka) -> None:
    async with administering(kafka.user(TAX)) as admin:
        with pytest.raises(KafkaError) as refused:
            await admin.delete_records({TopicPartition(MINE, 0): RecordsToDelete(1)})

    assert isinstance(refused.value, TopicAuthorizationFailedError)


@pytest.mark.parametrize("group", [FOLD, "casetrack-intake", f"{HEALTH}.1", "any-other"])
async def test_a_stolen_publisher_joins_no_group(kafka: LockedKafka, group: str) -> None:
    async with reading(kafka.user(TAX), group_id=group) as consumer:
        consumer.subscribe([LETTERS])
        with pytest.raises(GroupAuthorizationFailedError):
            await asyncio.wait_for(consumer.getmany(timeout_ms=ANSWER_MS_MAX), SECONDS_MAX)


async def test_a_publisher_begins_transactions_under_its_own_name_alone(
    kafka: LockedKafka,
) -> None:
    own = producing(kafka.user(TAX), transactional_id=f"{TAX}.1")
    async with own as producer, producer.transaction():
        await producer.send_and_wait(MINE, b"mine", partition=0)
    for other in (f"{HEALTH}.1", "casetrack-relay"):
        with pytest.raises(TransactionalIdAuthorizationFailed):
            async with producing(kafka.user(TAX), transactional_id=other):
                pass


async def test_a_publisher_follows_its_letters_in_groups_of_its_own(kafka: LockedKafka) -> None:
    await writes(kafka.keeper, LETTERS)
    own = reading(kafka.user(TAX), group_id=f"{TAX}.1", auto_offset_reset="earliest")
    async with own as consumer:
        consumer.subscribe([LETTERS])
        record = await asyncio.wait_for(consumer.getone(), SECONDS_MAX)
        await consumer.commit()

    assert record.topic == dead_letter_topic(inbox_of("tax"))


async def test_nobody_but_the_keeper_makes_rights_or_users(kafka: LockedKafka) -> None:
    for user in EVERYBODY:
        with pytest.raises(ClusterAuthorizationFailedError):
            await settle_access(kafka.user(user), rights(), {})


async def test_made_a_second_time_nothing_changes(kafka: LockedKafka, home: Path) -> None:
    assert await prepare_users(kafka.keeper, told(home)) == NOTHING


async def test_a_file_is_all_that_one_publisher_more_needs(kafka: LockedKafka, home: Path) -> None:
    """Who was there before keeps rights and connections, and intake is told of no topic."""
    water = publisher_user("water")
    told(home, (*EVERYBODY, water))
    async with producing(kafka.user(TAX)) as before:
        await prepare_kafka(kafka.keeper, 1, home / "kafka-users")
        await before.send_and_wait(MINE, b"still here", partition=0)

    inbox, letters = topics_of("water")
    assert await writes(kafka.user(water), inbox)
    assert await reads(kafka.user(f"{OURS}intake"), inbox)
    assert await writes(kafka.user(f"{OURS}intake"), letters)
    assert await reads(kafka.user(water), letters)
    assert not await writes(kafka.user(TAX), inbox)
    await kafka.admit(told(home))


async def test_a_publisher_that_is_taken_away_comes_in_no_more(
    kafka: LockedKafka, home: Path
) -> None:
    left = tuple(user for user in EVERYBODY if user != HEALTH)
    settled = await kafka.admit(told(home, left))
    with pytest.raises(AccessRefused, match="wrong_password"):
        await require_access(kafka.user(HEALTH))

    assert settled.users_taken == {HEALTH}
    assert {right.user for right in settled.rights_taken} == {HEALTH}
    await kafka.admit(told(home))


async def test_a_stolen_password_that_was_replaced_ends_also_where_the_thief_is_in(
    kafka: LockedKafka, home: Path
) -> None:
    async with producing(kafka.user(TAX)) as thief:
        await thief.send_and_wait(MINE, b"stolen", partition=0)
        settled = await prepare_users(kafka.keeper, {**told(home), TAX: "replaced"})

        async def is_out() -> bool:
            try:
                await asyncio.wait_for(thief.send_and_wait(MINE, b"still", partition=0), 5)
            except (KafkaError, TimeoutError):
                return True
            return False

        await eventually(is_out, within=SECONDS_MAX)
    with pytest.raises(AccessRefused, match="wrong_password"):
        await require_access(kafka.user(TAX))

    # The rightful one loses nothing, and nobody made its rights anew.
    assert settled == NOTHING
    assert await writes(kafka.user(TAX, "replaced"), MINE)
    await kafka.admit(told(home))


async def test_a_right_that_somebody_made_by_hand_is_taken_away(
    kafka: LockedKafka, home: Path
) -> None:
    extra = Right(TAX, Deed.WRITE, Kind.TOPIC, Owner.INTAKE.topic)
    everybody = dict.fromkeys(EVERYBODY, PASSWORD)
    await settle_access(kafka.keeper, rights(["tax", "health"]) | {extra}, everybody)

    await eventually(partial(writes, kafka.user(TAX), Owner.INTAKE.topic))

    settled = await kafka.admit(told(home))

    assert settled.rights_taken == {extra}
    assert not await writes(kafka.user(TAX), Owner.INTAKE.topic)


async def test_a_password_of_nobody_s_stops_the_preparation(tmp_path: Path) -> None:
    with pytest.raises(KafkaUserUnknown):
        told(tmp_path, ("casetrack-intak",))
