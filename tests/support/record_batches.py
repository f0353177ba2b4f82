"""Batches of records byte by byte, for what no producer would write, and the way onto a topic."""

import struct

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.kafka.unpacking import ATTRIBUTES_AT, HEAD

HEADERS = [("trace", b"t-1"), ("empty", b""), ("null", None)]
BROKEN_NAME = b"na\xffe"


def batch(*values: bytes | None, first: int = 0, codec: int = 0, name: str = "trace") -> bytes:
    """Return a batch of records with *values* from offset *first* on, packed by *codec*."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 1 << 30)
    for offset, value in enumerate(values):
        builder.append(offset, 1_700_000_000_000, b"key", value, [(name, b"t-1"), *HEADERS[1:]])
    return sealed(bytes(builder.build()), first=first)


def sealed(raw: bytes, *, first: int = 0) -> bytes:
    """Return *raw* with *first* as its base offset and a checksum that fits its bytes."""
    checksum = struct.pack(">I", calc_crc32c(raw[ATTRIBUTES_AT:]))
    body = raw[12 : ATTRIBUTES_AT - 4] + checksum + raw[ATTRIBUTES_AT:]
    return struct.pack(">qi", first, len(body)) + body


def with_records(raw: bytes, records: bytes) -> bytes:
    """Return the batch *raw* with *records* in place of its own."""
    return sealed(raw[: HEAD.size] + records, first=HEAD.unpack_from(raw)[0])


def packed(raw: bytes, codec: int, records: bytes) -> bytes:
    """Return the batch *raw* with *records*, packed, in place of its own."""
    head = raw[:ATTRIBUTES_AT] + struct.pack(">h", codec) + raw[ATTRIBUTES_AT + 2 : HEAD.size]
    return sealed(head + records, first=HEAD.unpack_from(raw)[0])


async def lay(kafka: str, topic: str, partition: int, raw: bytes) -> None:
    """Put the batch *raw* onto a topic as it is; the broker gives it its offsets."""
    client = AIOKafkaClient(bootstrap_servers=kafka)
    await client.bootstrap()
    try:
        await client._wait_on_metadata(topic)  # noqa: SLF001 - no public way
        (leader, *_) = [
            node.nodeId
            for node in client.cluster.brokers()
            if partition in client.cluster.partitions_for_topic(topic)
        ]
        request = ProduceRequest(None, -1, 10_000, [(topic, [(partition, raw)])])
        answer = await client.send(leader, request)
        ((_, ((_, fault, *_),)),) = answer.topics
        assert fault == 0
    finally:
        await client.close()
