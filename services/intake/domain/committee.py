"""What is decided around the committee (审议): a referral, and the meeting that resolves it."""

from dataclasses import dataclass
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.intake.domain.refusals import (
    MeetingAlreadyCalled,
    MeetingAlreadyHeld,
    MeetingNotHeld,
    MeetingNotScheduled,
    QuorumMissing,
    ReferralAlreadyMade,
    ReferralNotAdmitted,
    ReferralNotAwaitingScreening,
    ReferralUnknown,
    ResolutionNotAdopted,
)
from shared.commands.command import Command
from shared.contracts.committee.facts import (
    MeetingHeld,
    MeetingScheduled,
    ReferralMade,
    ReferralScreened,
    ResolutionAdopted,
    ResolutionExecuted,
    Votes,
)
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantInstant
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Doc,
    Identifier,
    Note,
    Prose,
    Several,
    WholeNumber,
)
from shared.contracts.words import GradeLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCommand(Command):
    """Something asked of one meeting."""

    meeting_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeeting(MeetingCommand):
    """会议安排."""

    referral_ids: Annotated[Several[Identifier], Field(min_length=1)]
    meeting_at: MeantInstant
    experts_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMeeting(MeetingCommand):
    """召开会议."""

    present: Annotated[Several[ActorId], Field(min_length=1)]
    recused: Several[ActorId] = ()
    quorum_ok: bool
    legal_review_done: bool


@dataclass(frozen=True, slots=True)
class Uncalled:
    """No such meeting."""


@dataclass(frozen=True, slots=True)
class Called:
    """The meeting has a date and an agenda."""

    referral_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Met:
    """The meeting took place."""

    referral_ids: frozenset[str]
    quorum_ok: bool


Meeting = Uncalled | Called | Met
NO_MEETING: Meeting = Uncalled()


def decide_meeting(meeting: Meeting, command: CallMeeting | HoldMeeting) -> list[Fact]:
    """Return what *command* adds to the meeting, or raise what stands in its way."""
    match meeting, command:
        case Uncalled(), CallMeeting():
            return [command.stated(MeetingScheduled)]
        case Called(), HoldMeeting():
            return [command.stated(MeetingHeld)]
        case Met(), _:
            raise MeetingAlreadyHeld
        case Called(), _:
            raise MeetingAlreadyCalled
        case _:
            raise MeetingNotScheduled


def evolve_meeting(meeting: Meeting, fact: Fact) -> Meeting:
    """Return the meeting after *fact*; one without a legal transition leaves it."""
    match meeting, fact:
        case Uncalled(), MeetingScheduled():
            return Called(frozenset(fact.referral_ids))
        case Called(referral_ids), MeetingHeld():
            return Met(referral_ids, fact.quorum_ok)
        case _:
            return meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralCommand(Command):
    """Something asked of one referral."""

    referral_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReferral(ReferralCommand):
    """提请审议."""

    case_no: CaseNo
    reason: CommitteeReason
    grade: GradeLevel
    on_list: bool
    remaining_committed_days: WholeNumber
    referred_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenReferral(ReferralCommand):
    """初审, by the secretariat."""

    result: Literal["ADMITTED", "RETURNED"]
    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptResolution(ReferralCommand):
    """审议决议, of the *meeting* that is on record under *meeting_id*."""

    meeting_id: Identifier
    meeting: Meeting
    outcome: CommitteeOutcome
    votes: Votes
    conditions: Several[Note] | None = None
    minutes: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteResolution(ReferralCommand):
    """决议执行."""

    deviation: bool = False


AnyReferralCommand = MakeReferral | ScreenReferral | AdoptResolution | ExecuteResolution


@dataclass(frozen=True, slots=True)
class Absent:
    """No such referral."""


@dataclass(frozen=True, slots=True)
class Referred:
    """The secretariat has yet to look at it."""

    case_no: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """It waits for a meeting, perhaps once more."""

    case_no: str


@dataclass(frozen=True, slots=True)
class Returned:
    """It went back to the section."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The committee has spoken; the decision has to follow."""

    case_no: str


@dataclass(frozen=True, slots=True)
class Executed:
    """The decision followed."""


Referral = Absent | Referred | Admitted | Returned | Resolved | Executed
INITIAL: Referral = Absent()


def decide(referral: Referral, command: AnyReferralCommand) -> list[Fact]:
    """Return what *command* adds to the referral, or raise what stands in its way."""
    if isinstance(referral, Absent) and not isinstance(command, MakeReferral):
        raise ReferralUnknown
    match command:
        case MakeReferral():
            if not isinstance(referral, Absent):
                raise ReferralAlreadyMade(referral_id=command.referral_id)
            return [command.stated(ReferralMade)]
        case ScreenReferral():
            if not isinstance(referral, Referred):
                raise ReferralNotAwaitingScreening
            return [command.stated(ReferralScreened)]
        case AdoptResolution():
            return [_adopt(referral, command)]
        case ExecuteResolution():
            return [_execute(referral, command)]
        case _:
            assert_never(command)


def evolve(referral: Referral, fact: Fact) -> Referral:
    """Return the referral after *fact*; one without a legal transition leaves it."""
    match referral, fact:
        case Absent(), ReferralMade():
            return Referred(fact.case_no)
        case Referred(case_no), ReferralScreened():
            return Admitted(case_no) if fact.result == "ADMITTED" else Returned()
        case Admitted(case_no), ResolutionAdopted():
            return _resolved(case_no, fact.outcome)
        case Resolved(), ResolutionExecuted():
            return Executed()
        case _:
            return referral


def _resolved(case_no: str, outcome: CommitteeOutcome) -> Referral:
    match outcome:
        case CommitteeOutcome.DEFER:
            return Admitted(case_no)
        case CommitteeOutcome.RETURN_TO_SECTION:
            return Returned()
        case _:
            return Resolved(case_no)


def _adopt(referral: Referral, command: AdoptResolution) -> ResolutionAdopted:
    if not isinstance(referral, Admitted):
        raise ReferralNotAdmitted
    match command.meeting:
        case Met(referral_ids, quorum_ok) if command.referral_id in referral_ids:
            if not quorum_ok:
                raise QuorumMissing
            return command.stated(ResolutionAdopted)
        case Called(referral_ids) if command.referral_id in referral_ids:
            raise MeetingNotHeld
        case _:
            raise MeetingNotScheduled


def _execute(referral: Referral, command: ExecuteResolution) -> ResolutionExecuted:
    if not isinstance(referral, Resolved):
        raise ResolutionNotAdopted
    return command.stated(ResolutionExecuted, case_no=referral.case_no, executed_date=command.on)
