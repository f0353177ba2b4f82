"""A bus in memory: same promises as Kafka, one thread, no network."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shared.kafka.dead_letters import LetterOrigin, read_dead_letter
from shared.kafka.keys import partition_of
from shared.kafka.port import Backlog, Partition, Record
from shared.runtime.clock import Clock

BATCH_RECORDS_MAX = 500


class MemoryBus:
    """
    Topics that live as long as this object.

    Partitions are chosen as Kafka does (murmur2 of the key), so a test that
    depends on what lands together means the same on both.
    """

    def __init__(self, clock: Clock, *, partitions: int = 4) -> None:
        self._clock = clock
        self._partitions = partitions
        self._logs: defaultdict[Partition, list[Record]] = defaultdict(list)
        self._committed: defaultdict[str, dict[Partition, int]] = defaultdict(dict)

    async def send(self, records: Sequence[Record]) -> None:
        timestamp_ms = int(self._clock.now().timestamp() * 1000)
        for record in records:
            place = Partition(record.topic, self._number_of(record))
            log = self._logs[place]
            log.append(
                replace(record, partition=place.number, offset=len(log), timestamp_ms=timestamp_ms)
            )

    def records(self, topic: str) -> list[Record]:
        """Return all that was sent to *topic*, partition by partition."""
        return [
            record
            for number in range(self._partitions)
            for record in self._logs[Partition(topic, number)]
        ]

    def feed(self, group: str, topics: Sequence[str]) -> "MemoryFeed":
        """Return the only member of *group*; a second one at a time is not simulated."""
        places = [Partition(t, n) for t in topics for n in range(self._partitions)]
        return MemoryFeed(self, group, places)

    def read(self, place: Partition, offset: int) -> Sequence[Record]:
        return self._logs[place][offset : offset + BATCH_RECORDS_MAX]

    async def end(self, place: Partition) -> int:
        return self.size(place)

    async def origins(self, place: Partition, first: int, end: int) -> Collection[LetterOrigin]:
        letters = map(read_dead_letter, self._logs[place][first:end])
        return [letter.origin for letter in letters if letter.origin]

    def size(self, place: Partition) -> int:
        return len(self._logs[place])

    def committed(self, group: str) -> dict[Partition, int]:
        return self._committed[group]

    def _number_of(self, record: Record) -> int:
        if record.partition is not None:
            return record.partition
        if record.key is None:
            return 0
        return partition_of(record.key, self._partitions)


class MemoryFeed:
    """Reads from what its group has committed; made anew it starts there again."""

    def __init__(self, bus: MemoryBus, group: str, places: Sequence[Partition]) -> None:
        self._bus = bus
        self._group = group
        committed = bus.committed(group)
        self._next = {place: committed.get(place, 0) for place in places}
        self._aside: set[Partition] = set()

    async def fetch(self) -> Mapping[Partition, Sequence[Record]]:
        batch = self._read()
        if not batch:
            await asyncio.sleep(0)
            batch = self._read()
        for place, records in batch.items():
            self._next[place] += len(records)
        return batch

    async def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        self._bus.committed(self._group).update(next_offsets)

    def set_aside(self, partition: Partition) -> None:
        self._aside.add(partition)

    def take_back(self, partition: Partition) -> None:
        self._aside.discard(partition)

    def backlog(self) -> Mapping[Partition, Backlog]:
        committed = self._bus.committed(self._group)
        return {
            place: Backlog(
                self._bus.size(place) - committed.get(place, 0), behind_transaction=False
            )
            for place in self._next
        }

    def _read(self) -> dict[Partition, Sequence[Record]]:
        found = {
            place: self._bus.read(place, offset)
            for place, offset in self._next.items()
            if place not in self._aside
        }
        return {place: records for place, records in found.items() if records}
