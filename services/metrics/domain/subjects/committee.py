"""What goes before the committee, the meeting that decides on it, and what both go by."""

from datetime import date
from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.committee.course import COMMITTEE_RULES, GRADING_LIST, MEETING, REFERRAL
from shared.contracts.committee.facts import (
    MeetingHeld,
    ReferralMade,
    ReferralScreened,
    ResolutionAdopted,
    ResolutionExecuted,
)
from shared.contracts.committee.words import CommitteeOutcome
from shared.contracts.course import Course
from shared.contracts.envelope import Fact
from shared.policy.calendar import business_date


class Referral(Subject, frozen=True, array_like=True, gc=False, tag="referral"):
    """One referral; *outcome* is what the screening or the resolution said."""

    COURSE: ClassVar[Course] = REFERRAL

    outcome: str = ""
    screening: str = ""
    """Whether the secretariat let it in (K10.2)."""
    reason: str = ""
    """Why it went to the committee: is it difficult (K10.2)?"""
    grade: str = ""
    """Who may decide on such an item: the committee, or somebody below (K10.2)."""
    on_list: bool = False
    """Whether the grading list sends such items to the committee (K10.2)."""
    remaining_days: int | None = None
    """What was left of the committed limit when it was referred (SLA-18)."""
    resolved_on: date | None = None
    """When the committee had spoken; one that is put off is still there (K10.3)."""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case ReferralMade() if self.reason:
                return {}, False
            case ReferralMade() as fact:
                return {
                    "reason": fact.reason.value,
                    "grade": fact.grade.value,
                    "on_list": fact.on_list,
                    "remaining_days": fact.remaining_committed_days,
                }, True
            case ReferralScreened(result=result):
                return {"outcome": str(result), "screening": str(result)}, True
            case ResolutionAdopted(outcome=outcome):
                put_off = outcome is CommitteeOutcome.DEFER
                resolved_on = self.resolved_on if put_off else business_date(entry.time)
                return {"outcome": outcome.value, "resolved_on": resolved_on}, True
            case _:
                return {}, True

    def ends(self, fact: Fact) -> bool:
        match fact:
            case ReferralScreened(result="RETURNED") | ResolutionExecuted():
                return True
            case ResolutionAdopted(outcome=outcome):
                return outcome is not CommitteeOutcome.DEFER
            case _:
                return False


class Meeting(Subject, frozen=True, array_like=True, gc=False, tag="meeting"):
    """One meeting of the committee."""

    COURSE: ClassVar[Course] = MEETING
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({MeetingHeld})


class GradingList(Subject, frozen=True, array_like=True, gc=False, tag="gradinglist"):
    """Which items are decided at which level; its steps are the revisions."""

    COURSE: ClassVar[Course] = GRADING_LIST


class CommitteeRules(Subject, frozen=True, array_like=True, gc=False, tag="committeerules"):
    """The committee's rules of procedure; their steps are the revisions."""

    COURSE: ClassVar[Course] = COMMITTEE_RULES
