"""The courses of a walk and of a problem that was found on it (走流程, catalogue 4.8)."""

from enum import StrEnum

from shared.contracts.activity import facts as activity
from shared.contracts.course import ABSENT, Course, Guard, leads
from shared.contracts.moments import is_meant


class WalkthroughState(StrEnum):
    """Where a walk stands."""

    ABSENT = ABSENT
    COMPLETED = "COMPLETED"


class ProblemState(StrEnum):
    """Where a problem stands."""

    ABSENT = ABSENT
    FOUND = "FOUND"
    RESOLVED = "RESOLVED"


W, P = WalkthroughState, ProblemState

DATED = Guard("dated", lambda fact: fact.deadline is not None and is_meant(fact.deadline))
UNDATED = Guard("undated", lambda fact: fact.deadline is None or not is_meant(fact.deadline))

WALKTHROUGH = Course(
    "walkthrough",
    "walk_id",
    tuple((state,) for state in W),
    tuple(leads(activity.WalkthroughCompleted, {W.ABSENT: W.COMPLETED})),
    prefix="ZLC",
)
PROBLEM = Course(
    "problem",
    "problem_id",
    tuple((state,) for state in P),
    (
        *leads(activity.ProblemFound, {P.ABSENT: P.FOUND}),
        *leads(activity.ProblemResolved, {P.FOUND: P.RESOLVED}),
    ),
    marks=((activity.ProblemFound, DATED), (activity.ProblemFound, UNDATED)),
    prefix="WT",
)
