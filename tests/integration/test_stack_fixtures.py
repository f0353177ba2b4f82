"""The servers that other tests stand on are real and are their own."""

from collections.abc import Callable

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.kafka.topics import EVENT_TOPICS
from tests.support.stack import MakeTopic, kafka_admin


async def test_each_test_has_a_migrated_database(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    streams = await connection.fetchval("SELECT count(*) FROM intake.events")
    await connection.close()

    assert streams == 0


async def test_a_service_role_can_sign_in(role_dsn: Callable[[str], str]) -> None:
    connection = await asyncpg.connect(role_dsn("casetrack_intake"))
    user = await connection.fetchval("SELECT current_user")
    await connection.close()

    assert user == "casetrack_intake"


async def test_a_topic_of_ones_own_takes_a_message(kafka: str, make_topic: MakeTopic) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    sent = await producer.send_and_wait(await make_topic(), b"value", key=b"key")
    await producer.stop()

    assert sent.offset == 0


async def test_the_bureaus_topics_are_there(bureau_topics: str) -> None:
    async with kafka_admin(bureau_topics) as admin:
        present = set(await admin.list_topics())

    assert set(EVENT_TOPICS) <= present
