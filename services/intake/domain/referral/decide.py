"""What intake decides about a referral to the committee."""

from collections.abc import Collection

from services.intake.domain.meeting.refusals import MeetingNotScheduled
from services.intake.domain.referral.commands import (
    AnyCommand,
    CommitteeCommand,
    ExecuteResolution,
    MakeReferral,
)
from services.intake.domain.referral.refusals import OFF_COURSE, MeetingNotHeld, QuorumMissing
from services.intake.domain.referral.states import Referral
from shared.commands.off_course import require_on_course
from shared.contracts.committee.course import REFERRAL, MeetingState
from shared.contracts.envelope import Fact


def decide(referral: Referral, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the referral, or raise what stands in its way."""
    require_on_course(REFERRAL, referral.state, command, OFF_COURSE)
    return [_stated(referral, command)]


def owners(_: Referral, command: AnyCommand) -> Collection[str]:
    """Return the organisation that handles the case to refer; later it is whoever referred it."""
    return command.handling_orgs if isinstance(command, MakeReferral) else ()


def _stated(referral: Referral, command: AnyCommand) -> Fact:
    match command:
        case CommitteeCommand():
            return _at_a_meeting(command)
        case ExecuteResolution():
            return command.stated(case_no=referral.case_no, executed_date=command.on)
        case _:
            return command.stated()


def _at_a_meeting(command: CommitteeCommand) -> Fact:
    """State what was done at a meeting that was held, was able to, and had it on its agenda."""
    meeting = command.meeting
    if command.referral_id not in meeting.referral_ids:
        raise MeetingNotScheduled
    if meeting.state != MeetingState.HELD:
        raise MeetingNotHeld
    if not meeting.quorum_ok:
        raise QuorumMissing
    return command.stated()
