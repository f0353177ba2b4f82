"""What is fetched from a partition at once, and how the consumer is told where to fetch next."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from services.metrics.handlers.reading import Fetched
from shared.kafka.port import Partition

Seek = Callable[[Partition, int], Awaitable[None]]
Rejoin = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fetch:
    """All that lies in a partition from *first* until before *following*, and where it ends."""

    place: Partition
    records: Sequence[Fetched]
    first: int
    following: int
    highwater: int


@dataclass(frozen=True, slots=True)
class Steering:
    """What a lane may ask of the consumer."""

    seek: Seek
    rejoin: Rejoin
    """Claim all assigned partitions again and seek to their stored offsets."""
