"""
What intake reads: the inbox of other systems, and what supervision says.

Of supervision: the editions of the rules, and what somebody has found out of a
fact that another system has told of a case.

The inbox: facts that other systems put on Kafka, with the gateway's verdicts.

A header with a publisher's name could be anybody's, so it is not read: who may
produce to the inbox is the broker's affair (ACL), and whoever is registered
for an event's source is believed to have spoken.
"""

from datetime import datetime
from functools import partial

from services.intake.handlers.commits import Overloaded
from services.intake.handlers.gateway import Gateway, Reading, Status
from shared.commands.adoption import Adoption
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.foreign import attributes_of, read_binary, read_foreign
from shared.contracts.registry import INBOX, Owner
from shared.contracts.standing import JUDGEMENTS
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import ReadingPlan as Group
from shared.kafka.port import Record, Undeliverable

GROUP = Group("casetrack-intake", passing=(StoreUnavailable, Overloaded))
TOPICS = (INBOX, Owner.SUPERVISION.topic)

PREFIX = "ce_"
CONTENT_TYPE = "content-type"
STRUCTURED = b"application/cloudevents"


class Inbox:
    """Hands every record of the inbox to the gateway, and adopts what supervision says."""

    def __init__(self, gateway: Gateway, rules: RulesInForce) -> None:
        self._gateway = gateway
        self._rules = rules
        self._judgements = Adoption(gateway.store, [fact.TYPE for fact in JUDGEMENTS])

    async def handle(self, record: Record) -> None:
        """
        Return when what *record* says is on record, if it is for us.

        Raises:
            Undeliverable: it was refused, for the reason that HTTP would have answered.
        """
        if record.topic == Owner.SUPERVISION.topic:
            body = record.value or b""
            await self._rules.adopt(body)
            await self._judgements.adopt(body)
            return
        judgement = await self._gateway.take(reading(record), None)
        if judgement.status is Status.REJECTED:
            raise Undeliverable(judgement.code or "", judgement.field or "", judgement.detail or "")


def reading(record: Record) -> Reading:
    """Return what reads the event in *record*, structured or binary."""
    return partial(_read, record)


def _read(record: Record, *, learned: datetime) -> Event:
    content_type = _content_type(record).strip().lower()
    binary = any(name.lower().startswith(PREFIX) for name, _ in record.headers)
    # The content type comes first: a structured event may carry ce_ headers too.
    if content_type.startswith(STRUCTURED) or not binary:
        event = read_foreign(record.value or b"", learned=learned, key=_key(record))
    else:
        event = read_binary(
            _attributes(record), record.value or b"", learned=learned, key=_key(record)
        )
    key = event.partitionkey
    if record.key is not None and record.key != key.encode():
        raise Unreadable(Flaw.KEY_MISMATCH, "partitionkey", f"the record's key is not {key}")
    return event


def _key(record: Record) -> str | None:
    """Return the key as text; what is none cannot be the key of an event of ours."""
    return (record.key or b"").decode(errors="ignore") or None


def _attributes(record: Record) -> dict[str, str]:
    attributes = attributes_of(record.headers, PREFIX, bytes.decode)
    if content_type := _content_type(record):
        attributes["datacontenttype"] = content_type.decode("ascii", "replace")
    return attributes


def _content_type(record: Record) -> bytes:
    """Return the last one, as Kafka's own clients do, in whatever case its header is written."""
    named = (value for name, value in reversed(record.headers) if name.lower() == CONTENT_TYPE)
    return next(named, None) or b""
