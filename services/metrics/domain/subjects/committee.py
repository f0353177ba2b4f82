"""What goes before the committee: a referral, and the meeting that decides on it."""

from typing import ClassVar

from services.metrics.domain.entry import Entry
from services.metrics.domain.subjects.subject import Noted, Subject
from shared.contracts.committee.course import MEETING, REFERRAL
from shared.contracts.committee.facts import (
    MeetingHeld,
    ReferralScreened,
    ResolutionAdopted,
    ResolutionExecuted,
)
from shared.contracts.course import Course
from shared.contracts.envelope import Fact


class Referral(Subject, frozen=True, array_like=True, tag="referral"):
    """One referral; *outcome* is what the screening or the resolution said."""

    COURSE: ClassVar[Course] = REFERRAL
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({ResolutionAdopted, ResolutionExecuted})

    outcome: str = ""

    def noted(self, entry: Entry) -> Noted:
        match entry.data:
            case ReferralScreened(result=result):
                return {"outcome": str(result)}, True
            case ResolutionAdopted(outcome=outcome):
                return {"outcome": outcome.value}, True
            case _:
                return {}, True


class Meeting(Subject, frozen=True, array_like=True, tag="meeting"):
    """One meeting of the committee."""

    COURSE: ClassVar[Course] = MEETING
    ENDS: ClassVar[frozenset[type[Fact]]] = frozenset({MeetingHeld})
