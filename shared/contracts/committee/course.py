"""The courses of a referral, of a meeting, and of what the committee works by (domain.md 3.4)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from shared.contracts.committee import facts as committee
from shared.contracts.committee.words import CommitteeOutcome
from shared.contracts.course import ABSENT, Course, Guard, Row, leads, stays
from shared.contracts.words import GradeLevel


class ReferralState(StrEnum):
    """Where a referral stands."""

    ABSENT = ABSENT
    REFERRED = "REFERRED"
    ADMITTED = "ADMITTED"
    DELIBERATED = "DELIBERATED"
    RESOLVED = "RESOLVED"
    EXECUTED = "EXECUTED"
    RETURNED = "RETURNED"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    ABSENT = ABSENT
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"


R, M = ReferralState, MeetingState

LET_IN = Guard("let_in", lambda fact: fact.result == "ADMITTED")
SENT_BACK = Guard("sent_back", lambda fact: fact.result == "RETURNED")

OUTSIDE_THE_RULE = Guard(
    "outside_the_rule", lambda fact: not fact.on_list and fact.grade is not GradeLevel.L4
)

UNSETTLED = (CommitteeOutcome.DEFER, CommitteeOutcome.RETURN_TO_SECTION)
PUT_OFF = Guard("put_off", lambda fact: fact.outcome is CommitteeOutcome.DEFER)
GIVEN_BACK = Guard("given_back", lambda fact: fact.outcome is CommitteeOutcome.RETURN_TO_SECTION)
SPOKEN = Guard("spoken", lambda fact: fact.outcome not in UNSETTLED)

UNRESOLVED: Sequence[str] = (R.ADMITTED, R.DELIBERATED)
"""A resolution may come at once, in the meeting itself."""
OF_THE_MEETING = ("meeting_not_scheduled", "meeting_not_held", "quorum_missing")


def _resolved(state: str, guard: Guard) -> Iterator[Row]:
    ways = dict.fromkeys(UNRESOLVED, state)
    return leads(committee.ResolutionAdopted, ways, guard, unless=OF_THE_MEETING)


REFERRAL = Course(
    "referral",
    "referral_id",
    (
        (R.ABSENT,),
        (R.REFERRED,),
        (R.ADMITTED,),
        (R.DELIBERATED,),
        (R.RESOLVED,),
        (R.EXECUTED, R.RETURNED),
    ),
    (
        *leads(committee.ReferralMade, {R.ABSENT: R.REFERRED}),
        *leads(committee.ReferralScreened, {R.REFERRED: R.ADMITTED}, LET_IN),
        *leads(committee.ReferralScreened, {R.REFERRED: R.RETURNED}, SENT_BACK),
        *leads(committee.ReferralDeliberated, {R.ADMITTED: R.DELIBERATED}, unless=OF_THE_MEETING),
        *_resolved(R.RESOLVED, SPOKEN),
        *_resolved(R.RETURNED, GIVEN_BACK),
        # It waits for another meeting.
        *_resolved(R.ADMITTED, PUT_OFF),
        *leads(committee.ResolutionExecuted, {R.RESOLVED: R.EXECUTED}),
    ),
    marks=((committee.ReferralMade, OUTSIDE_THE_RULE),),
    prefix="SY",
)

MEETING = Course(
    "meeting",
    "meeting_id",
    tuple((state,) for state in M),
    (
        *leads(
            committee.MeetingScheduled, {M.ABSENT: M.SCHEDULED}, unless=("meeting_not_scheduled",)
        ),
        # Another date, or another agenda.
        *stays(committee.MeetingScheduled, (M.SCHEDULED,), unless=("meeting_already_called",)),
        *leads(committee.MeetingHeld, {M.SCHEDULED: M.HELD}),
    ),
    prefix="HY",
)


class GradingListState(StrEnum):
    """Whether the grading list was ever revised."""

    ABSENT = ABSENT
    REVISED = "REVISED"


G = GradingListState

GRADING_LIST = Course(
    "gradinglist",
    "gradinglist",
    tuple((state,) for state in G),
    (
        *leads(committee.GradingListRevised, {G.ABSENT: G.REVISED}),
        *stays(committee.GradingListRevised, (G.REVISED,), unless=("grading_version_taken",)),
    ),
)


class CommitteeRulesState(StrEnum):
    """Whether the committee's rules of procedure were ever revised."""

    ABSENT = ABSENT
    REVISED = "REVISED"


P = CommitteeRulesState

COMMITTEE_RULES = Course(
    "committeerules",
    "committeerules",
    tuple((state,) for state in P),
    (
        *leads(committee.CommitteeRulesRevised, {P.ABSENT: P.REVISED}),
        *stays(committee.CommitteeRulesRevised, (P.REVISED,), unless=("rules_version_taken",)),
    ),
)
