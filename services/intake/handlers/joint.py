"""What intake looks up for a joint case: how its sub-cases ended, and when its own limit does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.domain.case.limits import last_day
from services.intake.domain.joint.commands import ApproveJointExtension, CloseJointCase
from services.intake.domain.joint.decide import DECIDER, subcases_of
from services.intake.domain.joint.ending import SubcaseEnd, end_of
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.handling.course import CASE
from shared.contracts.joint.course import JOINT
from shared.contracts.joint.facts import JointCaseOpened
from shared.contracts.words import LimitUnit
from shared.policy.calendar import business_date
from shared.policy.sla import joint_days


@dataclass(frozen=True, slots=True)
class JointCases:
    """What is looked up for the commands that need more than the joint case's own history."""

    rules: RulesInForce

    async def __call__(self, desk: Desk, command: type[Any], words: Fields) -> Fields:
        """Return what *command* does not ask for; most ask for everything."""
        if command not in (CloseJointCase, ApproveJointExtension):
            return {}
        stream = JOINT.stream_of(words["joint_case_id"])
        events = (await desk.store.load(stream)).events
        if command is CloseJointCase:
            return {"ends": await _ends(desk, events)}
        return {"last_day": self._last_day(events)}

    def _last_day(self, events: Sequence[Event]) -> date:
        """Return when the limit ends; of what was never opened, never."""
        for event in events:
            if isinstance(event.data, JointCaseOpened):
                opened_on, rules = business_date(event.time), self.rules.newest
                days = joint_days(rules.policy_on(opened_on))
                return last_day(rules.calendar, opened_on, days, LimitUnit.WD)
        return date.max


async def _ends(desk: Desk, events: Sequence[Event]) -> Mapping[str, SubcaseEnd]:
    """
    Return how those sub-cases ended that are over, by their numbers.

    They are read before the decision: a case that is linked between the two is not over there.
    """
    ends = {}
    for case_no in subcases_of(DECIDER.after(events)):
        end = end_of((await desk.store.load(CASE.stream_of(case_no))).events)
        if end is not None:
            ends[case_no] = end
    return ends
