"""What assist reads: its families' foreign facts, what supervision says of them, the rules."""

from shared.commands.adoption import Adoption
from shared.commands.ended_sessions import EndedSessions
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.registry import Owner
from shared.eventstore.port import StoreUnavailable
from shared.kafka.consumer import ReadingPlan
from shared.kafka.port import Record

GROUP = ReadingPlan("casetrack-assist", passing=(StoreUnavailable,))
TOPICS = (Owner.INTAKE.topic, Owner.SUPERVISION.topic)


class ForeignTasks:
    """Takes over what other systems say of assist tasks, and what people have found out of it."""

    def __init__(self, adoption: Adoption, rules: RulesInForce) -> None:
        self._adoption = adoption
        self._rules = rules
        self._sessions = EndedSessions(adoption.store)

    async def handle(self, record: Record) -> None:
        """Return when what *record* says is on record, if it is ours."""
        body = record.value or b""
        await self._adoption.adopt(body)
        if record.topic == Owner.SUPERVISION.topic:
            await self._rules.adopt(body)
            await self._sessions.adopt(body)
