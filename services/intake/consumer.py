"""
The inbox: facts that other systems put on Kafka, with the gateway's verdicts.

A header with a publisher's name could be anybody's, so it is not read: who may
produce to the inbox is the broker's affair (ACL), and whoever is registered
for an event's source is believed to have spoken.
"""

from datetime import datetime
from functools import partial

from services.intake.handlers.commits import Overloaded
from services.intake.handlers.gateway import Gateway, Reading, Status
from shared.contracts.foreign import Foreign, read_binary, read_foreign
from shared.contracts.registry import INBOX
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import Reading as Group
from shared.kafka.port import Record, Undeliverable

GROUP = Group("casetrack-intake", passing=(StoreUnavailable, Overloaded))
TOPICS = (INBOX,)

PREFIX = "ce_"
CONTENT_TYPE = "content-type"
STRUCTURED = b"application/cloudevents"


class Inbox:
    """Hands every record of the inbox to the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def handle(self, record: Record) -> None:
        """
        Return when what *record* says is on record.

        Raises:
            Undeliverable: it was refused, for the reason that HTTP would have answered.
        """
        judgement = await self._gateway.take(reading(record), None)
        if judgement.status is Status.REJECTED:
            raise Undeliverable(judgement.code or "", judgement.field or "", judgement.detail or "")


def reading(record: Record) -> Reading:
    """Return what reads the event in *record*, structured or binary."""
    return partial(_read, record)


def _read(record: Record, *, learned: datetime) -> Foreign:
    content_type = (record.header(CONTENT_TYPE) or b"").strip().lower()
    binary = any(name.startswith(PREFIX) for name, _ in record.headers)
    # The content type comes first: a structured event may carry ce_ headers too.
    if content_type.startswith(STRUCTURED) or not binary:
        foreign = read_foreign(record.value or b"", learned=learned)
    else:
        foreign = read_binary(_attributes(record), record.value or b"", learned=learned)
    key = foreign.event.partitionkey
    if record.key is not None and record.key != key.encode():
        raise Unreadable(Flaw.KEY_MISMATCH, "partitionkey", f"the record's key is not {key}")
    return foreign


def _attributes(record: Record) -> dict[str, str]:
    headers = [
        (name.removeprefix(PREFIX), value)
        for name, value in record.headers
        if name.startswith(PREFIX)
    ]
    attributes: dict[str, str] = {}
    for name, value in headers:
        if name in attributes:
            raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "said twice")
        attributes[name] = _text(name, value)
    if content_type := record.header(CONTENT_TYPE):
        attributes["datacontenttype"] = _text(CONTENT_TYPE, content_type)
    return attributes


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Unreadable(Flaw.INVALID_ATTRIBUTE, name, "not UTF-8") from None
