"""What review reads: its families' foreign facts, its own, whose cases are, supervision."""

from collections.abc import Collection, Sequence

from services.review.handlers.cases import CaseRegister
from services.review.handlers.reactions import Reactions
from services.review.handlers.register import RatingRegister
from shared.commands.adoption import Adoption
from shared.commands.ended_sessions import EndedSessions
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.intake.facts import ApplicationReceived
from shared.contracts.registry import Owner, decode
from shared.contracts.review.facts import RatingPosted
from shared.contracts.standing import JUDGEMENTS
from shared.eventstore.port import ConcurrencyConflict, StoreUnavailable
from shared.kafka.consumer import ReadingPlan
from shared.kafka.port import Record

GROUP = ReadingPlan("casetrack-review", passing=(StoreUnavailable, ConcurrencyConflict))
RECEIVED = f'"{ApplicationReceived.TYPE}"'.encode()
"""A quick look: few of intake's facts begin a case."""
TOPICS = (Owner.INTAKE.topic, Owner.REVIEW.topic, Owner.SUPERVISION.topic)


class Ratings:
    """
    Takes over foreign ratings and reacts to every one, ours included.

    We hear our own ratings from Kafka like everybody else's: one way for
    both, and a kill behind the posting loses nothing.
    """

    def __init__(
        self,
        adoption: Adoption,
        register: RatingRegister,
        reactions: Reactions,
        rules: RulesInForce,
    ) -> None:
        self._adoption = adoption
        self._cases = CaseRegister(adoption.store)
        self._sessions = EndedSessions(adoption.store)
        self._judgements = Adoption(adoption.store, [fact.TYPE for fact in JUDGEMENTS])
        self._rules = rules
        self._register = register
        self._reactions = reactions

    async def together(self, records: Sequence[Record]) -> Collection[int | None]:
        """Note at once whose the cases are that begin in *records*; return where that is said."""
        told = [
            (one.value, one.offset)
            for one in records
            if one.value and one.topic == Owner.INTAKE.topic and RECEIVED in one.value
        ]
        begun = await self._cases.hear(body for body, _ in told)
        return {offset for body, offset in told if body in begun}

    async def handle(self, record: Record) -> None:
        """Return when what *record* says, and what follows from it, is on record."""
        body = record.value or b""
        if record.topic == Owner.SUPERVISION.topic:
            await self._rules.adopt(body)
            await self._judgements.adopt(body)
            await self._sessions.adopt(body)
            return
        if record.topic == Owner.REVIEW.topic:
            await self._reactions.react(decode(body))
            return
        event = await self._adoption.adopt(body)
        if event is None:
            if RECEIVED in body:
                await self._cases.hear([body])
            return
        if isinstance(event.data, RatingPosted):
            await self._register.enter(event.data)
        await self._reactions.react(event)
