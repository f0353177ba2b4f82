"""What is said about a case before the committee (审议); no clock waits (catalogue 4.6)."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.committee.words import CommitteeOutcome, CommitteeReason
from shared.contracts.envelope import Contract, Fact
from shared.contracts.moments import Day, Instant
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Code,
    Count,
    Doc,
    Identifier,
    ItemCode,
    Note,
    Prose,
    Several,
    WholeNumber,
)
from shared.contracts.words import GradeLevel


class ReferralFact(Fact):
    """A fact of one referral's history."""

    STREAM: ClassVar[str] = "referral"
    ABOUT: ClassVar[str] = "referral_id"

    referral_id: Identifier


class ReferralMade(ReferralFact):
    """A case was sent to the committee (提请审议)."""

    TYPE: ClassVar[str] = "casetrack.committee.referral.made.v1"

    case_no: CaseNo
    reason: CommitteeReason
    grade: GradeLevel
    on_list: bool
    remaining_committed_days: WholeNumber
    referred_by: ActorId


class ReferralScreened(ReferralFact):
    """The secretariat admitted or returned it (初审)."""

    TYPE: ClassVar[str] = "casetrack.committee.referral.screened.v1"

    result: Literal["ADMITTED", "RETURNED"]
    reason: Prose


class MeetingFact(Fact):
    """A fact of one meeting's history."""

    STREAM: ClassVar[str] = "meeting"
    ABOUT: ClassVar[str] = "meeting_id"

    meeting_id: Identifier


class MeetingScheduled(MeetingFact):
    """A meeting was called (会议安排)."""

    TYPE: ClassVar[str] = "casetrack.committee.meeting.scheduled.v1"

    referral_ids: Several[Identifier]
    meeting_at: Instant
    experts_needed: bool


class MeetingHeld(MeetingFact):
    """The committee met (召开会议)."""

    TYPE: ClassVar[str] = "casetrack.committee.meeting.held.v1"

    present: Several[ActorId]
    recused: Several[ActorId]
    quorum_ok: bool
    legal_review_done: bool


class ReferralDeliberated(ReferralFact):
    """The committee deliberated on it at a meeting; minutes and resolution follow (上会审议)."""

    TYPE: ClassVar[str] = "casetrack.committee.referral.deliberated.v1"

    meeting_id: Identifier


class Votes(Contract):
    """How the members voted (表决)."""

    in_favour: Count = Field(alias="for")
    against: Count
    abstain: Count


class ResolutionAdopted(ReferralFact):
    """The committee resolved on a referral (审议决议)."""

    TYPE: ClassVar[str] = "casetrack.committee.resolution.adopted.v1"

    meeting_id: Identifier
    outcome: CommitteeOutcome
    votes: Votes
    conditions: Several[Note] | None = None
    minutes: Doc


class ResolutionExecuted(ReferralFact):
    """The decision followed the resolution, or deviated from it (决议执行)."""

    TYPE: ClassVar[str] = "casetrack.committee.resolution.executed.v1"

    case_no: CaseNo
    executed_date: Day
    deviation: bool


GRADING_LIST = "GRADING_LIST"
"""What the bureau's one grading list (分级清单) is called."""
COMMITTEE_RULES = "COMMITTEE_RULES"
"""What the committee's one set of rules of procedure (议事规则) is called."""


class GradeChange(Contract):
    """An item is decided at another level than before (调整等级)."""

    item_code: ItemCode
    before: GradeLevel = Field(alias="from")
    after: GradeLevel = Field(alias="to")


class GradingListRevised(Fact):
    """Which items are decided at which level was set anew (分级清单调整)."""

    TYPE: ClassVar[str] = "casetrack.committee.gradinglist.revised.v1"
    STREAM: ClassVar[str] = "gradinglist"
    ABOUT: ClassVar[str] = "gradinglist"

    list_version: Code
    changes: Several[GradeChange]
    document: Doc

    @property
    def gradinglist(self) -> str:
        return GRADING_LIST


class CommitteeRulesRevised(Fact):
    """The committee has new rules of procedure (议事规则修订)."""

    TYPE: ClassVar[str] = "casetrack.committee.rules.revised.v1"
    STREAM: ClassVar[str] = "committeerules"
    ABOUT: ClassVar[str] = "committeerules"

    rules_version: Code
    document: Doc

    @property
    def committeerules(self) -> str:
        return COMMITTEE_RULES
