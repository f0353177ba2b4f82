"""From a command to stored facts: load, fold, decide, append. This file is the architecture."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from shared.commands.access import Reach
from shared.commands.decider import Command, Decider, Owners, State
from shared.contracts.course import Apart
from shared.contracts.envelope import Event, Fact, case_no_of
from shared.contracts.rejection import Blame, Rejection, SamePerson
from shared.contracts.standing import JUDGEMENTS, speaker_of
from shared.contracts.supervision.facts import FactJudged
from shared.eventstore.port import (
    AlreadyAnswered,
    ConcurrencyConflict,
    EventStore,
    History,
    Receipt,
)
from shared.runtime.clock import Clock
from shared.runtime.ids import Ids

TRIES_MAX = 3
"""How often one command meets a writer who was quicker before the caller is told."""


class IdempotencyKeyReused(Rejection):
    """The same principal used the same key for another command."""

    code = "idempotency_key_reused"
    blame = Blame.COMMAND
    field = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Repetition:
    """By what a command is known when it comes again; with another digest it is another one."""

    principal: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and by whom: what every fact of one command has in common."""

    at: datetime
    actorid: str | None = None
    actorrole: str | None = None
    actororg: str | None = None
    windowid: str | None = None
    siteid: str | None = None
    districtcode: str | None = None
    partitionkey: str | None = None
    """The key of a new stream's facts where they do not name it; a stream keeps its first key."""
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    repetition: Repetition | None = None
    reach: Reach | None = None
    """Whose subjects the caller reaches; None where nobody calls and a rule of ours acts."""

    def attributes(self) -> dict[str, Any]:
        return {
            "time": self.at,
            "actorid": self.actorid,
            "actorrole": self.actorrole,
            "actororg": self.actororg,
            "windowid": self.windowid,
            "siteid": self.siteid,
            "districtcode": self.districtcode,
            "correlationid": self.correlationid,
            "causationid": self.causationid,
            "traceparent": self.traceparent,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to; a repeated command gets the same, and *repeated* says so."""

    stream: str
    version: int
    event_ids: tuple[str, ...]
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """What acting on commands takes: store, clock, new ids, and the name under which we speak."""

    store: EventStore
    clock: Clock
    ids: Ids
    source: str


async def handle(
    decider: Decider[State, Command],
    command: Command,
    stream: str,
    occasion: Occasion,
    *,
    desk: Desk,
) -> Answer:
    """
    Apply *command* to *stream*; what it adds is durable when this returns.

    Raises:
        Rejection: the command was declined.
        OrganisationIsAnother: the caller does not reach the subject.
        SamePerson: the caller did before what another has to judge.
        ConcurrencyConflict: others were quicker, TRIES_MAX times.
        StoreUnavailable: nothing is known; the same command may be sent again.
    """
    if answer := await _answered(occasion, desk.store):
        return answer
    for _ in range(TRIES_MAX - 1):
        try:
            return await _attempt(decider, command, stream, occasion, desk)
        except ConcurrencyConflict:
            continue
    return await _attempt(decider, command, stream, occasion, desk)


async def _attempt(
    decider: Decider[State, Command],
    command: Command,
    stream: str,
    occasion: Occasion,
    desk: Desk,
) -> Answer:
    history = await desk.store.load(stream)
    state = decider.after([*history.events, *await judgements(history.events, desk.store)])
    if occasion.reach:
        _require_reach(occasion.reach, decider.owners(state, command), history, desk)
    facts = decider.decide(state, command)
    if occasion.actorid:
        _require_another(decider.apart, facts, _stated_by(occasion.actorid, history, desk))
    events = _wrap(facts, history, occasion, desk)
    answer = Answer(stream, history.version + len(events), tuple(event.id for event in events))
    receipt = _receipt(answer, occasion)
    if not events and receipt is None:
        return answer
    try:
        await desk.store.append(stream, events, expected_version=history.version, receipt=receipt)
    except AlreadyAnswered as repeated:
        return _repeat(repeated.receipt, occasion)
    return answer


async def judgements(events: Sequence[Event], store: EventStore) -> list[Event]:
    """
    Return what people have said of the foreign facts among *events*, oldest first.

    It lies in the history of the case, or of the subject that is alone under its key: there whoever
    adopts it records it. Where nobody else has told anything nothing is asked.
    """
    told = (one for one in events if speaker_of(one.source, one.publisher) != "")
    streams = dict.fromkeys(f"{FactJudged.STREAM}-{one.partitionkey}" for one in told)
    found = [await store.load(stream) for stream in streams if stream != events[0].stream]
    return [
        event for history in found for event in history.events if isinstance(event.data, JUDGEMENTS)
    ]


def _require_reach(reach: Reach, named: Owners, history: History, desk: Desk) -> None:
    """Judge before anything is decided, so that a refusal tells nothing of a subject of others."""
    if named:
        reach.require(named)
    elif history.events:
        first = history.events[0]
        # What another system says of its people's organisation is only its word.
        ours = first.source == desk.source and first.actororg
        reach.require([first.actororg] if ours and first.actororg else ())
    # Else the command begins a subject of the caller's own, or there is none to speak of.


def _stated_by(actorid: str, history: History, desk: Desk) -> list[Fact]:
    """Return what *actorid* has stated here; who acts elsewhere has names that we do not know."""
    return [
        event.data
        for event in history.events
        if event.actorid == actorid and event.source == desk.source
    ]


def _require_another(apart: Sequence[Apart], facts: Sequence[Fact], own: Sequence[Fact]) -> None:
    if any(one.parts(earlier, fact) for one in apart for fact in facts for earlier in own):
        raise SamePerson


def _wrap(facts: Sequence[Fact], history: History, occasion: Occasion, desk: Desk) -> list[Event]:
    recorded_at = desk.clock.now()
    attributes = occasion.attributes()
    key = history.events[0].partitionkey if history.events else occasion.partitionkey
    return [
        Event.of(
            fact,
            id=desk.ids.new(),
            source=desk.source,
            recordedtime=recorded_at,
            sequence=str(number),
            # A case that the fact names comes before what a stranger has begun the stream with.
            partitionkey=case_no_of(fact) or key or fact.subject,
            **attributes,
        )
        for number, fact in enumerate(facts, start=history.version + 1)
    ]


async def _answered(occasion: Occasion, store: EventStore) -> Answer | None:
    if occasion.repetition is None:
        return None
    receipt = await store.answered(occasion.repetition.principal, occasion.repetition.key)
    return _repeat(receipt, occasion) if receipt else None


def _receipt(answer: Answer, occasion: Occasion) -> Receipt | None:
    if occasion.repetition is None:
        return None
    told = {"stream": answer.stream, "version": answer.version, "event_ids": answer.event_ids}
    return Receipt(
        occasion.repetition.principal,
        occasion.repetition.key,
        occasion.repetition.digest,
        msgspec.json.encode(told).decode(),
    )


def _repeat(receipt: Receipt, occasion: Occasion) -> Answer:
    if occasion.repetition is None or occasion.repetition.digest != receipt.digest:
        raise IdempotencyKeyReused(key=receipt.key)
    told = msgspec.json.decode(receipt.answer)
    return Answer(told["stream"], told["version"], tuple(told["event_ids"]), repeated=True)
