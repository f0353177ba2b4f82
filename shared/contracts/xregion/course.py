"""The course of an application for another place (跨域通办, domain.md 3.7)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Course, Guard, leads, stays
from shared.contracts.xregion import facts as xregion


class CrossRegionState(StrEnum):
    """Where an application for another place stands."""

    ABSENT = ABSENT
    COLLECTED = "COLLECTED"
    FORWARDED = "FORWARDED"
    HOME_RECEIVED = "HOME_RECEIVED"
    RESULT_RETURNED = "RESULT_RETURNED"
    HANDED_OVER = "HANDED_OVER"


X = CrossRegionState

HANDED_OVER = Guard("handed_over", lambda fact: fact.handed_over_date is not None)

AWAY = (X.FORWARDED, X.HOME_RECEIVED)
"""States in which the authority at home has to act; it may say nothing of the receipt."""

XREGION = Course(
    "xregion",
    "xr_id",
    tuple((state,) for state in X),
    (
        *leads(xregion.CrossRegionCollected, {X.ABSENT: X.COLLECTED}),
        *leads(xregion.CrossRegionForwarded, {X.COLLECTED: X.FORWARDED}),
        *leads(xregion.CrossRegionHomeReceived, {X.FORWARDED: X.HOME_RECEIVED}),
        *leads(
            xregion.CrossRegionReturned,
            dict.fromkeys((*AWAY, X.RESULT_RETURNED), X.HANDED_OVER),
            HANDED_OVER,
        ),
        *leads(xregion.CrossRegionReturned, dict.fromkeys(AWAY, X.RESULT_RETURNED)),
        *stays(xregion.CrossRegionReturned, (X.RESULT_RETURNED,)),
    ),
    prefix="TB",
)
