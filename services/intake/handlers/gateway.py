"""Facts from other systems: judged alike whichever way they come, then recorded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import structlog

from services.intake.domain.gateway import Inadmissible, admit
from services.intake.handlers.commits import Settled, SharedCommits, record_each
from shared.commands.adoption import FactContradicted
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.identities import concealed
from shared.contracts.unreadable import Unreadable
from shared.eventstore.port import EventStore, Outcome, Recorded, StoreRefused, Unstorable
from shared.eventstore.rows import row_of
from shared.policy.calendar import ZONE
from shared.policy.publisher import Publisher, Publishers
from shared.runtime.clock import Clock
from shared.runtime.measures import EVENTS_INGESTED, PUBLISHER_EVENTS
from shared.runtime.traces import current_span
from shared.runtime.turns import Turn

log = structlog.get_logger()


class Reading(Protocol):
    """Reads one delivery, of which we learned at an instant in the bureau's zone."""

    def __call__(self, *, learned: datetime) -> Event:
        """Return what it says; raise Unreadable where there is nothing to read."""
        ...


UNKNOWN = "unknown"
"""The type of what could not be read: a publisher's own words are no label."""


class Status(StrEnum):
    """What became of one fact."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to one fact; *code*, *field* and *detail* say why it was rejected."""

    status: Status
    event_id: str | None = None
    type: str = UNKNOWN
    stream: str | None = None
    version: int | None = None
    code: str | None = None
    field: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """The one door for foreign facts: HTTP and Kafka hand over, and get the same answers."""

    store: EventStore
    commits: SharedCommits
    rules: RulesInForce
    clock: Clock

    @property
    def publishers(self) -> Publishers:
        """The register as it stands."""
        return self.rules.newest.publishers

    async def take(self, reading: Reading, publisher: Publisher | None) -> Judgement:
        """Judge and record one fact; what is accepted is durable when this returns."""
        judged = self.judge(reading, publisher, self._learned())
        if isinstance(judged, Event):
            judged = _judgement(judged, await self.commits.record(_traced(judged)))
        _note([judged], publisher)
        return judged

    async def take_all(
        self, readings: Sequence[Reading], publisher: Publisher | None
    ) -> list[Judgement]:
        """Judge each fact for itself and record those that are admitted, in one transaction."""
        judged = await self._judge_all(readings, publisher)
        admitted = [_traced(fact) for fact in judged if isinstance(fact, Event)]
        verdicts = iter(await record_each(self.store, admitted))
        judgements = [
            _judgement(fact, next(verdicts)) if isinstance(fact, Event) else fact for fact in judged
        ]
        _note(judgements, publisher)
        return judgements

    def validate(self, reading: Reading, publisher: Publisher | None) -> Judgement:
        """Judge one fact and record nothing; only the store knows of a repetition."""
        return _unrecorded(self.judge(reading, publisher, self._learned()))

    async def validate_all(
        self, readings: Sequence[Reading], publisher: Publisher | None
    ) -> list[Judgement]:
        """Judge each fact for itself and record nothing."""
        return [_unrecorded(judged) for judged in await self._judge_all(readings, publisher)]

    def judge(
        self, reading: Reading, publisher: Publisher | None, learned: datetime
    ) -> Event | Judgement:
        """Return the fact that may be recorded, or why it may not."""
        try:
            event = reading(learned=learned)
        except Unreadable as fault:
            return _rejected(fault)
        try:
            return admit(event, publisher, self.rules.newest, learned)
        except Inadmissible as fault:
            return _rejected(fault, event.id, event.type)

    async def _judge_all(
        self, readings: Sequence[Reading], publisher: Publisher | None
    ) -> list[Event | Judgement]:
        learned, turn = self._learned(), Turn()
        judged = []
        for reading in readings:
            judged.append(self.judge(reading, publisher, learned))
            await turn.share()
        return judged

    def _learned(self) -> datetime:
        return self.clock.now().astimezone(ZONE)


def _traced(event: Event) -> Event:
    """Return *event* saying that it came by us, where it is traced and does not say by whom."""
    if event.traceparent is None and (span := current_span()):
        return event.model_copy(update={"traceparent": span.traceparent})
    return event


def _unrecorded(judged: Event | Judgement) -> Judgement:
    if isinstance(judged, Judgement):
        return judged
    try:
        row_of(judged, was_read=True)
    except Unstorable as fault:
        return _rejected(fault, judged.id, judged.type)
    return Judgement(Status.ACCEPTED, judged.id, judged.type)


def _rejected(
    fault: Unreadable | Inadmissible | FactContradicted | StoreRefused,
    event_id: str | None = None,
    type_: str = UNKNOWN,
) -> Judgement:
    return Judgement(
        Status.REJECTED,
        event_id and concealed(event_id),
        type_,
        code=str(fault.code),
        field=concealed(fault.field),
        detail=concealed(fault.detail),
    )


def _judgement(event: Event, verdict: Settled) -> Judgement:
    if not isinstance(verdict, Recorded):
        return _rejected(verdict, event.id, event.type)
    match verdict.outcome:
        case Outcome.ACCEPTED | Outcome.DUPLICATE:
            status = Status(verdict.outcome.value)
            return Judgement(status, event.id, event.type, verdict.stream, verdict.version)
        case Outcome.CONFLICT:
            return _rejected(FactContradicted(verdict.differs), event.id, event.type)


def _note(judgements: Sequence[Judgement], publisher: Publisher | None) -> None:
    if publisher is not None and judgements:
        PUBLISHER_EVENTS.labels(publisher.id).inc(len(judgements))
    counts = Counter((judgement.type, judgement.status) for judgement in judgements)
    for (kind, status), number in counts.items():
        EVENTS_INGESTED.labels(kind, status.value).inc(number)
    for judgement in judgements:
        if judgement.status is Status.REJECTED:
            log.warning(
                "event_rejected",
                code=judgement.code,
                field=judgement.field,
                type=judgement.type,
                publisher=publisher.id if publisher else None,
            )
