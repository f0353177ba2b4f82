"""A record as Kafka's client would hand it out, for tests that need no Kafka."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchedRecord:
    """A key, a value and an offset."""

    key: bytes | None
    value: bytes | None
    offset: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()
