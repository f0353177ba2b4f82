"""The topics that casetrack needs, and their making."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.contracts.registry import INBOX, INBOXES, OWN_TOPICS, inbox_of
from shared.kafka.access import Broker, access_to
from shared.kafka.entrance import enter
from shared.kafka.port import PARTITIONS, TopicMismatch

MESSAGE_BYTES_MAX = 2 * 1024 * 1024
"""An event of 1 MiB, its envelope and its headers."""

KEPT_FOR_EVER = "-1"
DEAD_LETTERS_KEPT_MS = str(30 * 24 * 3600 * 1000)


def dead_letter_topic(topic: str) -> str:
    return f"dlq.{topic}"


def topic_below(dead_letters: str) -> str:
    """Return the topic whose refused records lie in *dead_letters*."""
    return dead_letters.removeprefix("dlq.")


EVENT_TOPICS: tuple[str, ...] = (*OWN_TOPICS, INBOX)
DEAD_LETTER_TOPICS: tuple[str, ...] = tuple(dead_letter_topic(topic) for topic in EVENT_TOPICS)
CHECKPOINTS = "casetrack.checkpoints.v1"
"""What stood in the stores and when, signed; it has to outlast whatever it is about."""
PUBLISHERS_DEAD_LETTERS = dead_letter_topic(INBOXES)
"""What the topic of each publisher's letters begins with."""
BUREAU_TOPICS: tuple[str, ...] = (*EVENT_TOPICS, *DEAD_LETTER_TOPICS, CHECKPOINTS)
"""What there is everywhere; each publisher that the broker knows has two topics more."""


def topics_of(publisher: str) -> tuple[str, str]:
    """Return the inbox of *publisher*, and where its letters lie."""
    inbox = inbox_of(publisher)
    return inbox, dead_letter_topic(inbox)


@asynccontextmanager
async def administering(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    """
    Give a client that may change what the brokers keep, as far as they let us.

    Raises:
        AccessRefused: a broker is there, and does not take us, or we not it.
        KafkaError, OSError: nobody answers.
    """
    admin = AIOKafkaAdminClient(**access_to(broker).arguments())
    await enter(admin, broker)
    try:
        yield admin
    finally:
        await admin.close()


async def ensure_topics(
    broker: Broker,
    partitions: int = PARTITIONS,
    topics: Iterable[str] = BUREAU_TOPICS,
) -> None:
    """
    Make the *topics* that are missing; one that exists is left as it is.

    Raises:
        TopicMismatch: an existing topic has another number of partitions.
    """
    async with administering(broker) as admin:
        wanted = list(topics)
        existing = await partition_counts(admin, wanted)
        for topic, found in existing.items():
            if found != partitions:
                raise TopicMismatch(topic, found, partitions)
        missing = [_new_topic(topic, partitions) for topic in wanted if topic not in existing]
        if missing:
            _check(await admin.create_topics(missing))


def topic_settings(topic: str) -> dict[str, str]:
    """Return how long *topic* keeps what, and how large that may be."""
    dead = topic.startswith("dlq.")
    return {
        "retention.ms": DEAD_LETTERS_KEPT_MS if dead else KEPT_FOR_EVER,
        "cleanup.policy": "delete",
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
    }


def _new_topic(topic: str, partitions: int) -> NewTopic:
    return NewTopic(
        topic,
        num_partitions=partitions,
        replication_factor=-1,  # whatever the cluster has as its default
        replica_assignments={},  # aiokafka wants this beside a default, and sends nothing for it
        topic_configs=topic_settings(topic),
    )


async def partition_counts(admin: AIOKafkaAdminClient, topics: Iterable[str]) -> Mapping[str, int]:
    """Return how many partitions each of *topics* has that there is."""
    present = set(await admin.list_topics())
    described = await admin.describe_topics([topic for topic in topics if topic in present])
    return {entry["topic"]: len(entry["partitions"]) for entry in described}


def _check(response: object) -> None:
    # Two start-ups at once: the other one was quicker, and that is as good.
    for topic, code, *_ in getattr(response, "topic_errors", ()):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(topic)
