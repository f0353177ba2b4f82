"""The letter that a record becomes which cannot be folded."""

from services.metrics.handlers.reading import RefusedRecord
from shared.kafka.dead_letters import Refusal, dead_letter
from shared.kafka.port import Partition, Record


def letter_of(place: Partition, reading: RefusedRecord, group: str) -> Record:
    """Return *reading*, which *group* could not take from *place*, as a dead letter."""
    fetched = reading.record
    record = Record(
        topic=place.topic,
        key=fetched.key,
        value=fetched.value,
        headers=tuple(fetched.headers),
        partition=place.number,
        offset=fetched.offset,
    )
    return dead_letter(record, group, Refusal(reading.code, reading.field, reading.detail, 1))
