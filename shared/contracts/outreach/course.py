"""The courses of a visit and of a need that was raised on it (五进五送, catalogue 4.8)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, leads
from shared.contracts.outreach import facts as outreach


class OutreachState(StrEnum):
    """Whether a visit was held."""

    ABSENT = ABSENT
    HELD = "HELD"


class NeedState(StrEnum):
    """Where a need stands."""

    ABSENT = ABSENT
    RAISED = "RAISED"
    RESOLVED = "RESOLVED"


V, N = OutreachState, NeedState

OUTREACH = Course(
    "outreach",
    "outreach_id",
    tuple((state,) for state in V),
    tuple(leads(outreach.OutreachVisitHeld, {V.ABSENT: V.HELD})),
    prefix="WJ",
)
NEED = Course(
    "need",
    "need_id",
    tuple((state,) for state in N),
    (
        *leads(outreach.NeedRaised, {N.ABSENT: N.RAISED}),
        *leads(outreach.NeedResolved, {N.RAISED: N.RESOLVED}),
    ),
    prefix="XQ",
)
