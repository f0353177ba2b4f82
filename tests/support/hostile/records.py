"""Records that nobody means well with: bytes, headers, codecs and transactions on Kafka."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.contracts.registry import INBOX, Owner
from shared.kafka.dead_letters import LetterOrigin
from shared.kafka.port import Partition, Record
from shared.kafka.topics import MESSAGE_BYTES_MAX
from tests.support.hostile.mutation import mutated

CODECS = (None, "gzip", "snappy", "lz4", "zstd")
PARTITIONS = 4
HEADROOM_BYTES = 200
"""What a record has beside its key, its value and its one header."""

Header = tuple[str, bytes | None]

STRUCTURED: Header = ("content-type", b"application/cloudevents+json")
BINARY: Header = ("content-type", b"application/json")
STRANGE: Sequence[Header] = (
    ("ce_note", None),
    ("ce_id", b"\xff\xfe"),
    ("ce_time", b"20260302"),
    ("content-type", None),
    ("content-type", b"application/cloudevents-batch+json"),
    ("content-type", b"text/xml"),
    ("casetrack-replay-of", None),
    ("__dlq.errors.offset", b"not a number"),
    ("x" * 3_000, b"y" * 3_000),
    ("", b""),
)


class Fate(StrEnum):
    """What a record deserves."""

    JUDGED = "judged"
    """What the gateway's rules say of it."""
    ONE_OF_BOTH = "one of both"
    """To be on record or a letter: how such a name is read is our own affair."""
    NEVER = "never"
    """Its transaction was aborted: it never was."""
    UNFOLDED = "unfolded"
    """To be a letter of the fold's: on an owner's topic lies what nobody can read."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that Kafka has, the event that it was made of, and what it deserves."""

    record: Record
    event_id: str
    fate: Fate = Fate.JUDGED

    def origin(self, group: str) -> LetterOrigin:
        """Return what a letter of *group*'s about this record is known by."""
        assert self.record.partition is not None
        assert self.record.offset is not None
        place = Partition(self.record.topic, self.record.partition)
        return LetterOrigin(group, place, self.record.offset)


class NotUtf8(str):
    """A header's name as clients in other languages may write it."""

    __slots__ = ()

    def encode(self, *_how: str) -> bytes:
        return b"\xff\xfe" + super().encode()


@dataclass
class RecordSender:
    """Puts strange records on the inbox, and remembers where they lie."""

    by_codec: dict[str | None, AIOKafkaProducer]
    transactions: AIOKafkaProducer
    sent: list[Sent] = field(default_factory=list)

    async def well_meant(self, event: dict[str, Any]) -> None:
        await self._put(None, event, json.dumps(event).encode())

    async def attack(self, event: dict[str, Any], chance: Random) -> None:
        """
        Send *event* in one of the ways that readers have stumbled over.

        Raises:
            KafkaError: Kafka itself would not have it.
        """
        ways = (
            *(self._mutated, self._mutated, self._in_headers, self._packed, self._twice),
            *(self._unnamed, self._in_transaction, self._nothing, self._just_below),
            self._at_the_fold,
        )
        await chance.choice(ways)(event, chance)

    async def _mutated(self, event: dict[str, Any], chance: Random) -> None:
        await self._put(chance.choice(CODECS), event, mutated(event, chance))

    async def _in_headers(self, event: dict[str, Any], chance: Random) -> None:
        told = [
            (f"ce_{name}", f"{text}".encode()) for name, text in event.items() if name != "data"
        ]
        strange = chance.choices(STRANGE, k=chance.randint(0, 3))
        body = json.dumps(event["data"]).encode()
        await self._put(chance.choice(CODECS), event, body, (BINARY, *told, *strange))

    async def _packed(self, event: dict[str, Any], chance: Random) -> None:
        size = chance.choice((2_000, 900_000, 3 << 20))
        body = json.dumps({**event, "note": "n" * size}).encode()
        await self._put(chance.choice(CODECS), event, body)

    async def _twice(self, event: dict[str, Any], chance: Random) -> None:
        for _ in range(2):
            await self._put(chance.choice(CODECS), event, json.dumps(event).encode())

    async def _just_below(self, event: dict[str, Any], _chance: Random) -> None:
        """Send as much as the topic takes, so that its letter with a reason would be too much."""
        rest = len(json.dumps({**event, "note": ""}).encode()) + HEADROOM_BYTES
        body = json.dumps({**event, "note": "n" * (MESSAGE_BYTES_MAX - rest)}).encode()
        await self._put(None, event, body)

    async def _nothing(self, event: dict[str, Any], chance: Random) -> None:
        await self._put(None, event, chance.choice((None, b"", b"\0")))

    async def _in_transaction(self, event: dict[str, Any], chance: Random) -> None:
        producer, aborted = self.transactions, chance.random() < 0.5
        await producer.begin_transaction()
        fate = Fate.NEVER if aborted else Fate.JUDGED
        await self._send(producer, event, json.dumps(event).encode(), (STRUCTURED,), fate)
        await (producer.abort_transaction() if aborted else producer.commit_transaction())

    async def _at_the_fold(self, event: dict[str, Any], chance: Random) -> None:
        """Send rubbish as if its owner had published it: nobody but the broker could stop that."""
        raw = mutated(event, chance)
        body = chance.choice((None, b"", b"\0", b"[]", raw[: len(raw) // 2], b"\xff" + raw))
        producer, topic = self.by_codec[chance.choice(CODECS)], chance.choice([*Owner]).topic
        await self._send(producer, event, body, (STRUCTURED,), Fate.UNFOLDED, topic=topic)

    async def _unnamed(self, event: dict[str, Any], chance: Random) -> None:
        """Send a header whose name is no text: Kafka does not mind."""
        producer, number = self.by_codec[None], chance.randrange(PARTITIONS)
        key, value = event["partitionkey"].encode(), json.dumps(event).encode()
        batch = producer.create_batch()
        # The builder that it comes with takes no such name.
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, MESSAGE_BYTES_MAX)  # noqa: SLF001
        headers = [STRUCTURED, (NotUtf8("x"), b"1")]
        batch.append(timestamp=None, key=key, value=value, headers=headers)
        told = await (await producer.send_batch(batch, INBOX, partition=number))
        record = Record(INBOX, key, value, (), told.partition, told.offset)
        self.sent.append(Sent(record, event["id"], Fate.ONE_OF_BOTH))

    async def _put(
        self,
        codec: str | None,
        event: dict[str, Any],
        body: bytes | None,
        headers: Sequence[Header] = (STRUCTURED,),
    ) -> None:
        await self._send(self.by_codec[codec], event, body, headers, Fate.JUDGED)

    async def _send(
        self,
        producer: AIOKafkaProducer,
        event: dict[str, Any],
        body: bytes | None,
        headers: Sequence[Header],
        fate: Fate,
        *,
        topic: str = INBOX,
    ) -> None:
        key = event["partitionkey"].encode()
        told = await producer.send_and_wait(topic, body, key=key, headers=list(headers))
        record = Record(topic, key, body, tuple(headers), told.partition, told.offset)
        self.sent.append(Sent(record, event["id"], fate))


@asynccontextmanager
async def record_sender(kafka: str) -> AsyncIterator[RecordSender]:
    """Give a sender that speaks every codec."""
    by_codec = {codec: _producer(kafka, compression_type=codec) for codec in CODECS}
    transactions = _producer(kafka, transactional_id="hostile")
    everybody = [*by_codec.values(), transactions]
    try:
        for producer in everybody:
            await producer.start()
        yield RecordSender(by_codec, transactions)
    finally:
        for producer in everybody:
            await producer.stop()


def _producer(kafka: str, **more: Any) -> AIOKafkaProducer:  # noqa: ANN401 - aiokafka's settings
    return AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", max_request_size=10 * MESSAGE_BYTES_MAX, **more
    )
