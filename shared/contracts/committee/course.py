"""The courses of a referral to the committee and of a meeting (domain.md 3.4)."""

from enum import StrEnum

from shared.contracts.committee import facts as committee
from shared.contracts.course import ABSENT, Course, leads


class ReferralState(StrEnum):
    """Where a referral stands."""

    ABSENT = ABSENT
    REFERRED = "REFERRED"
    SCREENED = "SCREENED"
    RESOLVED = "RESOLVED"
    EXECUTED = "EXECUTED"


class MeetingState(StrEnum):
    """Where a meeting stands."""

    ABSENT = ABSENT
    SCHEDULED = "SCHEDULED"
    HELD = "HELD"


R, M = ReferralState, MeetingState

REFERRAL = Course(
    "referral",
    "referral_id",
    tuple((state,) for state in R),
    (
        *leads(committee.ReferralMade, {R.ABSENT: R.REFERRED}),
        *leads(committee.ReferralScreened, {R.REFERRED: R.SCREENED}),
        *leads(committee.ResolutionAdopted, {R.SCREENED: R.RESOLVED, R.RESOLVED: R.RESOLVED}),
        *leads(committee.ResolutionExecuted, {R.RESOLVED: R.EXECUTED}),
    ),
)

MEETING = Course(
    "meeting",
    "meeting_id",
    tuple((state,) for state in M),
    (
        *leads(committee.MeetingScheduled, {M.ABSENT: M.SCHEDULED, M.SCHEDULED: M.SCHEDULED}),
        *leads(committee.MeetingHeld, {M.SCHEDULED: M.HELD}),
    ),
)
