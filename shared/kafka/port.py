"""
What travels over Kafka, and what a sender and a consumer may rely on.

BusError
├── SendUnknown
│   └── SendRefused
├── OffsetLost
├── ConsumerStalled
├── TransactionOpen
└── TopicMismatch

Undeliverable is no fault of the bus: a handler raises it to send one record to the dead letters.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.runtime.faults import PlainFault

PARTITIONS = 4
"""The same everywhere, so that a case lands in the same partition number on every topic."""

Headers = tuple[tuple[str, bytes | None], ...]


class Partition(NamedTuple):
    """One partition of one topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """A message: its topic and its bytes; place and time are known once it is stored."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    offset: int | None = None
    timestamp_ms: int | None = None

    def header(self, name: str) -> bytes | None:
        """Return the last value under *name*, as Kafka's own clients do; it may be null."""
        return next((value for key, value in reversed(self.headers) if key == name), None)


class Backlog(NamedTuple):
    """What waits in a partition, as far as the latest fetch told."""

    records: int
    behind_transaction: bool
    """Whether all of it waits for somebody's transaction to end."""


class BusError(Exception):
    """Kafka could not do what it was asked."""


class SendUnknown(BusError):
    """Some records may or may not have arrived: send all of them again."""


class SendRefused(SendUnknown):
    """
    At least one of the records is never taken, as they and their topic are; *reason* says why.

    To send the same again is in vain; of a single record it is certain that it has not arrived.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OffsetLost(BusError):
    """The topic no longer holds what we have yet to read; a person decides, we never jump."""

    def __init__(self, partition: Partition, offset: int) -> None:
        super().__init__(partition, offset)
        self.partition = partition
        self.offset = offset


class ConsumerStalled(BusError):
    """Records are waiting and none has been fetched for too long: start again."""

    def __init__(self, partitions: Sequence[Partition]) -> None:
        super().__init__(tuple(partitions))
        self.partitions = tuple(partitions)


class TransactionOpen(BusError):
    """Somebody's transaction is open for long: what lies behind it waits until Kafka ends it."""


class TopicMismatch(BusError, PlainFault):
    """The topic exists with another number of partitions, so cases would land elsewhere."""

    event = "topic_partitions_differ"

    def __init__(self, topic: str, found: int, wanted: int) -> None:
        super().__init__(topic, found, wanted)
        self.values = {"topic": topic, "partitions": found, "wanted": wanted}
        self.topic = topic
        self.found = found
        self.wanted = wanted


class Undeliverable(Exception):
    """The record will never be handled: *code* is stable, *field* says where, *detail* why."""

    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail


Handler = Callable[[Record], Awaitable[None]]
"""
Handles one record; returning means that it need never be seen again.

Delivery is at least once: the same record may come again after a crash or a
rebalance. Undeliverable (or contracts' Unreadable) sends it to the dead letters.
"""

Together = Callable[[Sequence[Record]], Awaitable[Collection[int | None]]]
"""
Handles at once those of the next records of a partition that it can, and returns their offsets.

The others, and all of them where it raises, are handled one by one.
"""


async def one_by_one(_: Sequence[Record]) -> Collection[int | None]:
    """Handle nothing at once."""
    return ()


class Sender(Protocol):
    """The way onto the bus."""

    async def send(self, records: Sequence[Record]) -> None:
        """
        Return when every record is confirmed by all in-sync replicas.

        Records with one key arrive in the order given. After a fault any of
        them may have arrived; sending them again may repeat them.

        Raises:
            SendUnknown: build the next call as if nothing had been sent.
            SendRefused: send its parts, or leave it.
        """
        ...


class Feed(Protocol):
    """One member of a consumer group; partitions may come and go between two fetches."""

    async def fetch(self) -> Mapping[Partition, Sequence[Record]]:
        """
        Return what has arrived, in offset order, waiting a short while where nothing has.

        Raises:
            OffsetLost: the next record is no longer there.
            ConsumerStalled: there is something, and it does not come.
        """
        ...

    async def commit(self, next_offsets: Mapping[Partition, int]) -> None:
        """Remember where to go on; a partition that we no longer own is left out in silence."""
        ...

    def set_aside(self, partition: Partition) -> None:
        """Fetch nothing more of *partition* for now."""
        ...

    def take_back(self, partition: Partition) -> None:
        """Fetch *partition* again, where it is still ours."""
        ...

    def backlog(self) -> Mapping[Partition, Backlog]:
        """Return for each partition of ours what was not committed yet."""
        ...
