"""Where a key lies: the partition that our producers pick, as Kafka's own clients do."""

from aiokafka.partitioner import murmur2

POSITIVE = 0x7FFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """Return the number of the partition, of so many, in which what has *key* lies."""
    return int((murmur2(key) & POSITIVE) % partitions)
