"""Letters that lie once, whatever is killed between the sending of one and the offset behind it."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.kafka.access import Broker
from shared.kafka.dead_letters import LetterOrigin, read_dead_letter, shortened
from shared.kafka.entrance import enter
from shared.kafka.port import Partition, Record, Sender, SendRefused, SendUnknown
from shared.kafka.reader import kafka_reader, stored

LOOK_BACK_MAX = 500
"""
Letters of a partition that are looked through where we know none of them.

Of one group at most `LETTERS_AT_ONCE_MAX` lie there without an offset behind them.
"""
LETTERS_AT_ONCE_MAX = 100
"""What may be sent before the offset is committed behind it."""
LOOK_SECONDS_MAX = 15.0
FETCH_WAIT_MS_MAX = 500


class Shelf(Protocol):
    """Where letters lie, partition by partition."""

    async def end(self, place: Partition) -> int:
        """Return the offset of the next letter in *place*."""
        ...

    async def origins(self, place: Partition, first: int, end: int) -> Collection[LetterOrigin]:
        """Return what the letters from *first* until *end* are about, as far as they say so."""
        ...


class LettersOnce:
    """
    Sends letters, except those that lie there already.

    Whoever dies between a letter and the offset behind it, or does not know
    whether one arrived, sends it again: so we look before we send. Two members of
    one group that have a partition at the same moment may still leave two; whoever
    reads the letters takes them for one.
    """

    def __init__(self, sender: Sender, shelf: Shelf) -> None:
        self._sender = sender
        self._shelf = shelf
        self._ends: dict[Partition, int] = {}
        self._laid: defaultdict[Partition, deque[LetterOrigin]] = defaultdict(
            lambda: deque(maxlen=2 * LOOK_BACK_MAX)
        )

    async def send(self, records: Sequence[Record]) -> None:
        for place, letters in _by_place(records):
            await self._lay(place, letters)

    async def _lay(self, place: Partition, letters: Sequence[Record]) -> None:
        await self._look(place)
        laid = self._laid[place]
        new = [letter for letter in letters if _origin(letter) not in laid]
        if not new:
            return
        try:
            await self._sender.send(new)
        except SendRefused:
            # Somebody's topic takes less than ours do.
            if len(new) > 1:
                for letter in new:
                    await self._lay(place, [letter])
                return
            await self._sender.send([shortened(new[0])])
        laid.extend(origin for origin in map(_origin, new) if origin)
        self._ends[place] += len(new)

    async def _look(self, place: Partition) -> None:
        """Learn what has come to lie at *place* since we last knew it."""
        end = await self._shelf.end(place)
        first = self._ends.get(place, max(0, end - LOOK_BACK_MAX))
        if first < end:
            self._laid[place].extend(await self._shelf.origins(place, first, end))
        self._ends[place] = end


def _by_place(records: Iterable[Record]) -> Iterable[tuple[Partition, list[Record]]]:
    places: defaultdict[Partition, list[Record]] = defaultdict(list)
    for record in records:
        places[Partition(record.topic, record.partition or 0)].append(record)
    return places.items()


def _origin(letter: Record) -> LetterOrigin | None:
    return read_dead_letter(letter).origin


class KafkaShelf:
    """The letters of one Kafka, read when somebody first asks."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._reader: AIOKafkaConsumer | None = None
        self._turns = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def end(self, place: Partition) -> int:
        """Raise SendUnknown where Kafka does not say it."""
        try:
            async with self._turns, asyncio.timeout(LOOK_SECONDS_MAX):
                reader = await self._started()
                ends = await reader.end_offsets([TopicPartition(*place)])
                return int(ends[TopicPartition(*place)])
        except (KafkaError, OSError, TimeoutError) as fault:
            await self._close()
            raise SendUnknown(repr(fault)) from fault

    async def origins(self, place: Partition, first: int, end: int) -> Collection[LetterOrigin]:
        """Raise SendUnknown where Kafka does not say it."""
        try:
            async with self._turns, asyncio.timeout(LOOK_SECONDS_MAX):
                return await self._read(TopicPartition(*place), first, end)
        except (KafkaError, OSError, TimeoutError) as fault:
            await self._close()
            raise SendUnknown(repr(fault)) from fault

    async def _read(self, place: TopicPartition, first: int, end: int) -> Collection[LetterOrigin]:
        reader = await self._started()
        starts = await reader.beginning_offsets([place])
        if (first := max(first, starts[place])) >= end:
            return []
        reader.assign([place])
        reader.seek(place, first)
        found: list[LetterOrigin] = []
        while await reader.position(place) < end:
            batch = await reader.getmany(place, timeout_ms=FETCH_WAIT_MS_MAX)
            letters = (read_dead_letter(stored(letter)) for letter in batch.get(place, ()))
            found.extend(letter.origin for letter in letters if letter.origin)
        reader.unsubscribe()
        return found

    async def _started(self) -> AIOKafkaConsumer:
        if self._reader is None:
            # Not only of what was committed: whatever lies at a place counts there.
            reader = kafka_reader(self._broker, isolation_level="read_uncommitted")
            try:
                await enter(reader, self._broker)
            except BaseException:
                await reader.stop()
                raise
            self._reader = reader
        return self._reader

    async def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader:
            await reader.stop()
