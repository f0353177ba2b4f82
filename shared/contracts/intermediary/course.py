"""The courses of an agency in the supermarket, and of what it is engaged for (catalogue 4.11)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads
from shared.contracts.intermediary import facts as intermediary


class AgencyState(StrEnum):
    """Where an agency stands."""

    ABSENT = ABSENT
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"
    ADMITTED = "ADMITTED"
    REMOVED = "REMOVED"


A = AgencyState

OUTSIDE = (A.ABSENT, A.REFUSED, A.REMOVED)
"""States in which an agency may ask to be let in, also once more."""

AGENCY = Course(
    "agency",
    "agency_token",
    ((A.ABSENT,), (A.APPLIED,), (A.REFUSED, A.ADMITTED), (A.REMOVED,)),
    (
        *leads(intermediary.AgencyApplied, dict.fromkeys(OUTSIDE, A.APPLIED)),
        *leads(intermediary.AgencyAdmitted, {A.APPLIED: A.ADMITTED}),
        *leads(intermediary.AgencyRefused, {A.APPLIED: A.REFUSED}),
        *leads(intermediary.AgencyRemoved, {A.ADMITTED: A.REMOVED}),
    ),
    prefix="ZJ",
    numbered_elsewhere=True,
)


class EngagementState(StrEnum):
    """Where an engagement stands."""

    ABSENT = ABSENT
    OPENED = "OPENED"
    DELIVERED = "DELIVERED"
    RATED = "RATED"


E = EngagementState

ENGAGEMENT = Course(
    "engagement",
    "order_id",
    tuple((state,) for state in E),
    (
        *leads(intermediary.EngagementOpened, {E.ABSENT: E.OPENED}),
        *leads(intermediary.EngagementDelivered, {E.OPENED: E.DELIVERED}),
        *leads(intermediary.EngagementRated, {E.DELIVERED: E.RATED}),
    ),
    prefix="FW",
)
