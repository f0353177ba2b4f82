"""What may be asked of a referral to the committee."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from services.intake.domain.meeting.states import Meeting
from shared.commands.command import Command
from shared.contracts.committee import facts
from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.envelope import Fact
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
class ReferralCommand(Command):
    """Something asked of one referral."""

    referral_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReferral(ReferralCommand):
    """提请审议."""

    FACT: ClassVar[type[Fact]] = facts.ReferralMade

    handling_orgs: frozenset[str] = frozenset()
    """Whose the case is, if we know it."""
    case_no: CaseNo
    reason: CommitteeReason
    grade: GradeLevel
    on_list: bool
    remaining_committed_days: WholeNumber
    referred_by: ActorId


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenReferral(ReferralCommand):
    """初审, by the secretariat."""

    FACT: ClassVar[type[Fact]] = facts.ReferralScreened

    result: Literal["ADMITTED", "RETURNED"]
    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeCommand(ReferralCommand):
    """What the committee does, at the *meeting* that is on record under *meeting_id*."""

    meeting_id: Identifier
    meeting: Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliberateReferral(CommitteeCommand):
    """上会审议; what stood on the agenda and was not reached has none."""

    FACT: ClassVar[type[Fact]] = facts.ReferralDeliberated


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptResolution(CommitteeCommand):
    """审议决议."""

    FACT: ClassVar[type[Fact]] = facts.ResolutionAdopted

    outcome: CommitteeOutcome
    votes: facts.Votes
    conditions: Several[Note] | None = None
    minutes: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteResolution(ReferralCommand):
    """决议执行."""

    FACT: ClassVar[type[Fact]] = facts.ResolutionExecuted

    deviation: bool = False


AnyCommand = (
    MakeReferral | ScreenReferral | DeliberateReferral | AdoptResolution | ExecuteResolution
)
