"""One entry of a timeline: a fact with as much of its envelope as the fold reads."""

from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from shared.contracts.envelope import Event

Order = tuple[datetime, int, str]
"""Business time, then the producer's sequence, then the id."""


class Entry(Struct, frozen=True, gc=False):
    """
    A fact as the fold sees it.

    Not the whole event, because reading the whole of it costs three times as
    much, and the gateway has judged the rest.
    """

    id: str
    source: str
    type: str
    time: datetime
    partitionkey: str
    order: Order
    windowid: str | None
    siteid: str | None
    activity: str | None
    data: Any
    """A fact of the published language."""

    @classmethod
    def of(cls, event: Event) -> "Entry":
        return cls(
            id=event.id,
            source=event.source,
            type=event.type,
            time=event.time,
            partitionkey=event.partitionkey,
            order=event.order,
            windowid=event.windowid,
            siteid=event.siteid,
            activity=event.activity,
            data=event.data,
        )


class Arrived(NamedTuple):
    """
    A record that belongs into the timeline; *entry* is None where its type is unknown.

    A tuple, because one is made for every record and a frozen dataclass costs four times as much.
    """

    dossier: str
    identity: bytes
    occurred_at: datetime
    body: bytes
    entry: Entry | None


def order_of(time: datetime, sequence: str | None, event_id: str) -> Order:
    """Return where a fact stands among those of its subject, as `Event.order` has it."""
    return (time, int(sequence) if sequence and sequence.isdecimal() else 0, event_id)
