"""
What intake reads: the inbox of other systems, and what supervision says.

Of supervision: the editions of the rules, what somebody has found out of a
fact that another system has told of a case, and whose sessions are over.

The inboxes: facts that other systems put on Kafka, with the gateway's verdicts. Whose
an inbox is its topic says, and the broker lets nobody else write there. In the common
one anybody may have spoken: where the broker asks nobody, whoever is registered for
an event's source is believed to have; where it asks, nothing there is believed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from services.intake.handlers.commits import Overloaded
from services.intake.handlers.gateway import Gateway, Reading, Status
from shared.commands.adoption import Adoption
from shared.commands.ended_sessions import EndedSessions
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.foreign import attributes_of, read_binary, read_foreign
from shared.contracts.registry import INBOX, INBOXES, Owner
from shared.contracts.standing import JUDGEMENTS
from shared.contracts.unreadable import Flaw, Unreadable
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import ReadingPlan
from shared.kafka.port import Record, Undeliverable
from shared.policy.publisher import Publisher
from shared.web.auth import Principal
from shared.web.problems import Problem
from shared.web.shares import Shares


class OverQuota(Exception):
    """A publisher has told more than its share: what it says further waits in its own inbox."""


GROUP = ReadingPlan("casetrack-intake", passing=(StoreUnavailable, Overloaded, OverQuota))
TOPICS = (INBOX, Owner.SUPERVISION.topic)
BEGIN = (INBOXES,)

PREFIX = "ce_"
CONTENT_TYPE = "content-type"
STRUCTURED = b"application/cloudevents"


class Inbox:
    """Hands every record of the inboxes to the gateway, and adopts what supervision says."""

    def __init__(
        self, gateway: Gateway, rules: RulesInForce, shares: Shares, *, known: bool = False
    ) -> None:
        """*known* says that the broker knows who speaks, and lets nobody speak for another."""
        self._gateway = gateway
        self._rules = rules
        self._shares = shares
        self._known = known
        self._sessions = EndedSessions(gateway.store)
        self._judgements = Adoption(gateway.store, [fact.TYPE for fact in JUDGEMENTS])

    async def handle(self, record: Record) -> None:
        """
        Return when what *record* says is on record, if it is for us.

        Raises:
            Undeliverable: it was refused, for the reason that HTTP would have answered.
            OverQuota: its publisher has to wait.
        """
        if record.topic == Owner.SUPERVISION.topic:
            body = record.value or b""
            await self._rules.adopt(body)
            await self._judgements.adopt(body)
            await self._sessions.adopt(body)
        elif record.topic != INBOX:
            publisher = self._owner(record.topic)
            with self._share_of(publisher):
                await self._take(record, publisher)
        elif self._known:
            raise Undeliverable("inbox_closed", "", "each publisher has an inbox of its own")
        else:
            await self._take(record, None)

    async def _take(self, record: Record, publisher: Publisher | None) -> None:
        judgement = await self._gateway.take(reading(record), publisher)
        if judgement.status is Status.REJECTED:
            raise Undeliverable(judgement.code or "", judgement.field or "", judgement.detail or "")

    def _owner(self, inbox: str) -> Publisher:
        """Return whose *inbox* is, as the register stands."""
        name = inbox.removeprefix(INBOXES)
        known = self._gateway.publishers.by_id.get(name)
        if known is None:
            raise Undeliverable("publisher_unknown", "", name)
        return known

    @contextmanager
    def _share_of(self, publisher: Publisher) -> Iterator[None]:
        """Count what *publisher* says here with what it says over HTTP."""
        caller = Principal.of_publisher(publisher.id)
        try:
            self._shares.take(caller)
        except Problem as full:
            raise OverQuota from full
        try:
            yield
        finally:
            self._shares.give_back(caller)


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
