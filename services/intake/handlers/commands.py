"""Commands on cases, inspections, meetings and referrals: which history, which rules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import assert_never

from services.intake.domain import committee, inspection
from services.intake.domain.case import commands as case_commands
from services.intake.domain.case import decide as case_rules
from services.intake.domain.case import evolve as case_course
from services.intake.domain.case import states
from services.intake.domain.case.commands import CaseCommand, ReceiveApplication
from services.intake.domain.case.refusals import CaseAlreadyReceived
from services.intake.domain.committee import MeetingCommand, ReferralCommand
from services.intake.domain.inspection import InspectionCommand
from shared.eventstore.deciding import Answer, Decider, Desk, Occasion, handle
from shared.policy.calendar import ZONE, WorkCalendar

CASE = Decider(states.INITIAL, case_rules.decide, case_course.evolve)
INSPECTION = Decider(inspection.INITIAL, inspection.decide, inspection.evolve)
MEETING = Decider(committee.NO_MEETING, committee.decide_meeting, committee.evolve_meeting)
REFERRAL = Decider(committee.INITIAL, committee.decide, committee.evolve)

NUMBERS_A_DAY = 1_000_000
MINTING_TRIES_MAX = 8
"""A district receives thousands of cases a day, so a drawn number is free nearly always."""


Asked = (
    case_commands.AnyCommand
    | inspection.AnyCommand
    | committee.AnyReferralCommand
    | committee.CallMeeting
    | committee.HoldMeeting
)


@dataclass(frozen=True, slots=True)
class Commands:
    """Intake's side of every command; what it answers is durable."""

    desk: Desk
    calendar: WorkCalendar

    async def begin(self, about: Callable[[str], Asked], occasion: Occasion) -> Answer:
        """Apply the first command of a new subject: what *about* says of the name it is given."""
        for _ in range(MINTING_TRIES_MAX - 1):
            try:
                return await self.apply(self._named(about, occasion), occasion)
            except CaseAlreadyReceived:
                continue
        return await self.apply(self._named(about, occasion), occasion)

    async def apply(self, command: Asked, occasion: Occasion) -> Answer:
        """Apply *command* to the history that it is about."""
        match command:
            case CaseCommand():
                return await self._to_case(command, occasion)
            case InspectionCommand():
                return await self._to_inspection(command, occasion)
            case MeetingCommand():
                stream = meeting_stream(command.meeting_id)
                return await handle(MEETING, command, stream, occasion, desk=self.desk)
            case ReferralCommand():
                stream = f"referral-{command.referral_id}"
                return await handle(REFERRAL, command, stream, occasion, desk=self.desk)
            case _:
                assert_never(command)

    async def meeting(self, meeting_id: str) -> committee.Meeting:
        """Return what is on record about a meeting."""
        history = await self.desk.store.load(meeting_stream(meeting_id))
        facts = (event.data for event in history.events)
        return reduce(MEETING.evolve, facts, MEETING.initial)

    async def _to_case(self, command: case_commands.AnyCommand, occasion: Occasion) -> Answer:
        occasion = replace(occasion, partitionkey=command.case_no)
        return await handle(CASE, command, f"case-{command.case_no}", occasion, desk=self.desk)

    async def _to_inspection(self, command: inspection.AnyCommand, occasion: Occasion) -> Answer:
        # An inspection for one case belongs to that case's dossier.
        if isinstance(command, inspection.OrderInspection) and len(command.case_nos) == 1:
            occasion = replace(occasion, partitionkey=command.case_nos[0])
        stream = f"inspection-{command.inspection_id}"
        return await handle(INSPECTION, command, stream, occasion, desk=self.desk)

    def _named(self, about: Callable[[str], Asked], occasion: Occasion) -> Asked:
        command = about(self.desk.ids.new())
        if isinstance(command, ReceiveApplication):
            return replace(command, case_no=self._new_case_no(occasion.at))
        return command

    def _new_case_no(self, at: datetime) -> str:
        drawn = int(self.desk.ids.random() * NUMBERS_A_DAY)
        return f"XC{at.astimezone(ZONE):%Y%m%d}{drawn:06d}"


def meeting_stream(meeting_id: str) -> str:
    return f"meeting-{meeting_id}"
