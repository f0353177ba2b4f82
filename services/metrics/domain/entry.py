"""One entry of a timeline: a fact with as much of its envelope as the fold reads, from its body."""

from datetime import date, datetime
from hashlib import blake2b
from sys import intern
from typing import Any, ClassVar, Union, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.envelope import Event, Fact, case_no_of
from shared.contracts.moments import instant_of
from shared.contracts.registry import FACTS, decode
from shared.contracts.structs import STRUCTS, as_struct

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
    """A fact of the published language, or the struct that says the same."""
    learned: datetime
    """When we learned of it."""
    publisher: str | None = None
    of_others: bool = False
    believed_from: date | None = None

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
            learned=event.recordedtime or event.time,
            publisher=event.publisher,
            of_others=bool(event.ofothers),
            believed_from=event.believedfrom,
        )


IDENTITY_BYTES = 16


def identity_of(source: str, event_id: str) -> bytes:
    """Return the short name of a fact: publishers' ids are long, and every index row holds one."""
    return blake2b(f"{source}\0{event_id}".encode(), digest_size=IDENTITY_BYTES).digest()


class Arrived(Struct, frozen=True, gc=False):
    """A record that belongs into the timeline; *entry* is None where its type is unknown."""

    dossier: str
    identity: bytes
    occurred_at: datetime
    body: bytes
    entry: Entry | None


def order_of(time: datetime, sequence: str | None, event_id: str) -> Order:
    """Return where a fact stands among those of its subject, as `Event.order` has it."""
    return (time, int(sequence) if sequence and sequence.isdecimal() else 0, event_id)


class Envelope(Struct, gc=False, kw_only=True):
    """As much of an envelope as the fold reads, whatever its type; the data stay as they are."""

    TYPE: ClassVar[str]

    id: str
    source: str
    time: str
    partitionkey: str
    data: msgspec.Raw
    sequence: str | None = None
    windowid: str | None = None
    siteid: str | None = None
    activity: str | None = None
    recordedtime: str | None = None
    publisher: str | None = None
    ofothers: bool | None = None
    believedfrom: date | None = None


ENVELOPE = msgspec.json.Decoder(Envelope)

VALIDATORS = {
    kind: fact.__pydantic_validator__.validate_json
    for kind, fact in FACTS.items()
    if fact not in STRUCTS
}
"""How facts are read that no struct can say: their data stay as they are at first."""


def _envelope_of(kind: str, fact: type[Fact]) -> type[Envelope]:
    """Return the envelope of one type: its data are read with it, in one go."""
    made = msgspec.defstruct(
        f"{fact.__name__}Envelope",
        [("data", STRUCTS.get(fact, msgspec.Raw))],
        bases=(Envelope,),
        # The type itself: of thousands of facts that wait for their commit it is one text.
        namespace={"TYPE": kind},
        tag_field="type",
        tag=kind,
        gc=False,
        kw_only=True,
    )
    return cast("type[Envelope]", made)


KNOWN: msgspec.json.Decoder[Envelope] = msgspec.json.Decoder(
    Union[tuple(_envelope_of(kind, fact) for kind, fact in FACTS.items())]  # noqa: UP007 - at run time
)


def entry_of(body: bytes) -> Entry:
    """
    Return the fact in *body*, which one of us encoded or a gateway admitted.

    Where the quick way stumbles, the contracts' own reader says what is wrong.

    Raises:
        Unreadable: no event of the published language.
    """
    try:
        head = KNOWN.decode(body)
        time = instant_of(head.time)
        told = head.recordedtime
        learned = time if told is None or told == head.time else instant_of(told)
        kind = head.TYPE
        fact: Any = head.data
        if type(fact) is msgspec.Raw:
            fact = VALIDATORS[kind](bytes(fact), strict=True)
    except ValueError:
        return _by_contract(body)
    case_no = case_no_of(fact)
    named = case_no is None or case_no == head.partitionkey
    if not named or b"\\u0000" in body:
        return _by_contract(body)
    return Entry(
        id=head.id,
        source=intern(head.source),
        type=kind,
        time=time,
        partitionkey=head.partitionkey,
        order=order_of(time, head.sequence, head.id),
        windowid=head.windowid,
        siteid=head.siteid,
        activity=head.activity,
        data=fact,
        learned=learned,
        publisher=head.publisher,
        of_others=bool(head.ofothers),
        believed_from=head.believedfrom,
    )


def _by_contract(body: bytes) -> Entry:
    entry = Entry.of(decode(body))
    # Two readings of one fact are equal, whichever way each was read.
    return replace(entry, data=as_struct(entry.data))
