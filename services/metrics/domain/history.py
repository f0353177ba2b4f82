"""From the bodies that lie in the timeline to facts that can be folded, and to dossiers."""

from collections.abc import Iterable, Mapping

import msgspec

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.entry import Entry, order_of
from services.metrics.domain.fold import fold_all
from shared.contracts.envelope import case_no_of
from shared.contracts.moments import instant_of
from shared.contracts.registry import FACTS, decode
from shared.contracts.unreadable import Unreadable


class Envelope(msgspec.Struct, gc=False):
    """As much of an envelope as the fold reads; the data stay as they are."""

    id: str
    source: str
    type: str
    time: str
    partitionkey: str
    data: msgspec.Raw
    sequence: str | None = None
    windowid: str | None = None
    siteid: str | None = None
    activity: str | None = None


ENVELOPE = msgspec.json.Decoder(Envelope)

VALIDATORS = {kind: fact.__pydantic_validator__.validate_json for kind, fact in FACTS.items()}


def entry_of(body: bytes) -> Entry:
    """
    Return the fact in *body*, which one of us encoded or a gateway admitted.

    Where the quick way stumbles, the contracts' own reader says what is wrong.

    Raises:
        Unreadable: no event of the published language.
    """
    try:
        head = ENVELOPE.decode(body)
        time = instant_of(head.time)
        fact = VALIDATORS[head.type](bytes(head.data), strict=True)
    except (KeyError, ValueError):
        return Entry.of(decode(body))
    case_no = case_no_of(fact)
    named = case_no is None or case_no == head.partitionkey
    if not named or b"\\u0000" in body:
        return Entry.of(decode(body))
    return Entry(
        id=head.id,
        source=head.source,
        type=head.type,
        time=time,
        partitionkey=head.partitionkey,
        order=order_of(time, head.sequence, head.id),
        windowid=head.windowid,
        siteid=head.siteid,
        activity=head.activity,
        data=fact,
    )


def known_entries(bodies: Iterable[bytes]) -> list[Entry]:
    """Return the facts whose type this version knows."""
    entries = []
    for body in bodies:
        try:
            entries.append(entry_of(body))
        except Unreadable:
            continue
    return entries


def refolded(histories: Mapping[str, Iterable[bytes]]) -> dict[str, Dossier]:
    """Return the dossiers of whole *histories*; one with no fact that we know is missing."""
    return {
        key: fold_all(key, entries)
        for key, bodies in histories.items()
        if (entries := known_entries(bodies))
    }
