"""Commands on cases, inspections, meetings and referrals: which history, which rules."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from services.intake.domain.case import commands as case_commands
from services.intake.domain.case import decide as case_rules
from services.intake.domain.case import states as case_course
from services.intake.domain.case.command import CaseCommand, DatedCommand
from services.intake.domain.case.commands import (
    AcceptApplication,
    ApproveExtension,
    ReceiveApplication,
    RequestCorrection,
)
from services.intake.domain.case.holds import OpenHold
from services.intake.domain.case.limits import last_day
from services.intake.domain.case.refusals import CaseAlreadyReceived
from services.intake.domain.case.states import Case
from services.intake.domain.commitment.commands import CommitmentCommand
from services.intake.domain.inspection import commands as inspection_commands
from services.intake.domain.inspection import decide as inspection_rules
from services.intake.domain.inspection import states as inspection_course
from services.intake.domain.inspection.commands import (
    InspectionCommand,
    OrderDefect,
    OrderInspection,
)
from services.intake.domain.meeting import commands as meeting_commands
from services.intake.domain.meeting import decide as meeting_rules
from services.intake.domain.meeting import states as meeting_course
from services.intake.domain.meeting.commands import CallMeeting, MeetingCommand
from services.intake.domain.meeting.states import Meeting
from services.intake.domain.referral import commands as referral_commands
from services.intake.domain.referral import decide as referral_rules
from services.intake.domain.referral import states as referral_course
from services.intake.domain.referral.commands import (
    CommitteeCommand,
    MakeReferral,
    ReferralCommand,
)
from shared.commands.counter import Fields
from shared.commands.decider import Decider
from shared.commands.deciding import Answer, Desk, Occasion, handle
from shared.commands.numbers import number_of
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.committee.course import MEETING as OF_MEETINGS
from shared.contracts.committee.course import REFERRAL as OF_REFERRALS
from shared.contracts.course import Course
from shared.contracts.handling.course import CASE as OF_CASES
from shared.contracts.inspection.course import INSPECTION as OF_INSPECTIONS
from shared.contracts.words import LimitUnit
from shared.policy.acceptance import acceptance_terms
from shared.policy.calendar import ZONE, business_date
from shared.policy.publisher import BACKDATED_DAYS, back
from shared.policy.sla import Policy, mending_days

CASE = Decider(
    case_course.INITIAL, case_rules.decide, case_course.evolve, case_rules.owners, OF_CASES.apart
)
INSPECTION = Decider(
    inspection_course.INITIAL,
    inspection_rules.decide,
    inspection_course.evolve,
    inspection_rules.owners,
)
MEETING = Decider(meeting_course.INITIAL, meeting_rules.decide, meeting_course.evolve)
REFERRAL = Decider(
    referral_course.INITIAL, referral_rules.decide, referral_course.evolve, referral_rules.owners
)

NUMBERS_A_DAY = 1_000_000
MINTING_TRIES_MAX = 8
"""A district receives thousands of cases a day, so a drawn number is free nearly always."""

IntakeCommand = (
    case_commands.AnyCommand
    | inspection_commands.AnyCommand
    | meeting_commands.AnyCommand
    | referral_commands.AnyCommand
)

BEGINNINGS: Mapping[type[Any], Course] = {
    ReceiveApplication: OF_CASES,
    OrderInspection: OF_INSPECTIONS,
    CallMeeting: OF_MEETINGS,
    MakeReferral: OF_REFERRALS,
}
"""What begins a history, and of what kind."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Intake's side of every command; what it answers is durable."""

    desk: Desk
    rules: RulesInForce

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        """Apply *command*; a first one that names no subject is about a new one."""
        words = {**words, **await self._ours(command, words, occasion.at), "at": occasion.at}
        course = BEGINNINGS.get(command)
        if course is None:
            return await self._apply(command(**words), occasion)
        return await self._begin(command, course, words, occasion)

    async def _ours(self, command: type[Any], words: Fields, at: datetime) -> Fields:
        rules, today = self.rules.newest, business_date(at)
        policy = rules.policy_on(today)
        terms = acceptance_terms(policy)
        if command is AcceptApplication:
            return {"calendar": rules.calendar, "silence_days": terms.silence_days}
        if command is ApproveExtension:
            return {"calendar": rules.calendar}
        if issubclass(command, DatedCommand):
            return {"believed_from": back(rules.calendar, today, BACKDATED_DAYS)}
        if command in (RequestCorrection, OrderDefect):
            asked = terms.answer_days if command is RequestCorrection else mending_days(policy)
            return {"answer_by": last_day(rules.calendar, today, asked, LimitUnit.WD)}
        return await self._on_record(command, words, policy)

    async def _on_record(self, command: type[Any], words: Fields, policy: Policy) -> Fields:
        """Return what *command* needs to know of other histories than its own."""
        if command is OpenHold:
            return {"off_guide": await self._off_guide(words, policy)}
        if issubclass(command, CommitteeCommand):
            return {"meeting": await self._meeting(words["meeting_id"])}
        if command in (OrderInspection, MakeReferral):
            return {"handling_orgs": await self._handling(words)}
        return {}

    async def _off_guide(self, words: Fields, policy: Policy) -> bool:
        """Say whether the guide of the case's item keeps the hold from a clock that it names."""
        filing = (await self._case(words["case_no"])).filing
        reason, basis = words["reason"], words["basis"]
        return filing is not None and any(
            policy.off_guide(clock, reason, basis, filing.case.item_code)
            for clock in words["pauses"]
        )

    async def _handling(self, words: Fields) -> frozenset[str]:
        """Return the organisations that handle those of the named cases that we know."""
        named: Collection[str] = words.get("case_nos") or (words["case_no"],)
        cases = [await self._case(case_no) for case_no in named]
        return frozenset(case.filing.org for case in cases if case.filing)

    async def _case(self, case_no: str) -> Case:
        history = await self.desk.store.load(OF_CASES.stream_of(case_no))
        return CASE.after(history.events)

    async def _begin(
        self, command: type[Any], course: Course, words: Fields, occasion: Occasion
    ) -> Answer:
        given = words[course.named_by]
        mint = partial(self._of_today, occasion.at) if course is OF_CASES else self.desk.ids.new

        def asked() -> IntakeCommand:
            begun: IntakeCommand = command(
                **{**words, course.named_by: number_of(course, given, mint)}
            )
            return begun

        for _ in range(MINTING_TRIES_MAX - 1 if given is None else 0):
            try:
                return await self._apply(asked(), occasion)
            except CaseAlreadyReceived:
                continue
        return await self._apply(asked(), occasion)

    async def _apply(self, command: IntakeCommand, occasion: Occasion) -> Answer:
        match command:
            case CaseCommand() | CommitmentCommand():
                return await self._to_case(command, occasion)
            case InspectionCommand():
                return await self._to_inspection(command, occasion)
            case MeetingCommand():
                stream = OF_MEETINGS.stream_of(command.meeting_id)
                return await handle(MEETING, command, stream, occasion, desk=self.desk)
            case ReferralCommand():
                stream = OF_REFERRALS.stream_of(command.referral_id)
                return await handle(REFERRAL, command, stream, occasion, desk=self.desk)
            case _:
                assert_never(command)

    async def _meeting(self, meeting_id: str) -> Meeting:
        history = await self.desk.store.load(OF_MEETINGS.stream_of(meeting_id))
        return MEETING.after(history.events)

    async def _to_case(self, command: case_commands.AnyCommand, occasion: Occasion) -> Answer:
        occasion = replace(occasion, partitionkey=command.case_no)
        stream = OF_CASES.stream_of(command.case_no)
        return await handle(CASE, command, stream, occasion, desk=self.desk)

    async def _to_inspection(
        self, command: inspection_commands.AnyCommand, occasion: Occasion
    ) -> Answer:
        # An inspection for one case belongs to that case's dossier.
        if isinstance(command, OrderInspection) and len(command.case_nos) == 1:
            occasion = replace(occasion, partitionkey=command.case_nos[0])
        stream = OF_INSPECTIONS.stream_of(command.inspection_id)
        return await handle(INSPECTION, command, stream, occasion, desk=self.desk)

    def _of_today(self, at: datetime) -> str:
        drawn = int(self.desk.ids.random() * NUMBERS_A_DAY)
        return f"{at.astimezone(ZONE):%Y%m%d}{drawn:06d}"
