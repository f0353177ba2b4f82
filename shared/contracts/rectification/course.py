"""The course of a rectification: a bad rating is answered (domain.md 3.5)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Apart, Course, Guard, leads, stays
from shared.contracts.rectification import facts as rectification
from shared.contracts.rectification.words import VerifyFinding


class RectificationState(StrEnum):
    """Where the answer to a bad rating stands."""

    ABSENT = ABSENT
    OPENED = "OPENED"
    ASSIGNED = "ASSIGNED"
    CONTACTED = "CONTACTED"
    REOPENED = "REOPENED"
    VERIFIED = "VERIFIED"
    COMPLETED = "COMPLETED"
    FED_BACK = "FED_BACK"
    FOLLOWED_UP = "FOLLOWED_UP"
    CLOSED = "CLOSED"


S = RectificationState

REACHED = Guard("reached", lambda fact: fact.reached)
STRUCK_OUT = Guard("struck_out", lambda fact: fact.struck_out)
COMPLEX = Guard("complex", lambda fact: fact.finding is VerifyFinding.LEDGER)

BEFORE_THE_CALL = (S.OPENED, S.ASSIGNED)
BEHIND_THE_CALL = (S.REOPENED, S.VERIFIED, S.COMPLETED, S.FED_BACK, S.FOLLOWED_UP)

RECTIFICATION = Course(
    "rectification",
    "rect_id",
    tuple((state,) for state in S),
    (
        *leads(rectification.RectificationOpened, {S.ABSENT: S.OPENED}),
        *leads(rectification.RectificationAssigned, {S.OPENED: S.ASSIGNED}),
        # Another takes over.
        *stays(rectification.RectificationAssigned, (S.ASSIGNED, S.CONTACTED, *BEHIND_THE_CALL)),
        *leads(rectification.ContactMade, dict.fromkeys(BEFORE_THE_CALL, S.CONTACTED), REACHED),
        # Nobody was reached, or somebody calls once more.
        *stays(rectification.ContactMade, (*BEFORE_THE_CALL, S.CONTACTED, *BEHIND_THE_CALL)),
        *leads(
            rectification.FindingRecorded,
            dict.fromkeys((S.CONTACTED, S.REOPENED, S.VERIFIED), S.VERIFIED),
        ),
        # How often somebody is called in vain before it goes on all the same, the rules say.
        *leads(
            rectification.FindingRecorded,
            dict.fromkeys(BEFORE_THE_CALL, S.VERIFIED),
            unless=("reviewer_not_contacted",),
        ),
        *stays(rectification.DeadlineExtended, (S.VERIFIED,), unless=("deadline_not_extendable",)),
        *leads(rectification.MeasureCompleted, {S.VERIFIED: S.COMPLETED}),
        *leads(rectification.FeedbackSent, {S.COMPLETED: S.FED_BACK}),
        *leads(rectification.RectificationFollowedUp, {S.FED_BACK: S.FOLLOWED_UP}),
        # Whoever was not reached is asked again.
        *stays(
            rectification.RectificationFollowedUp,
            (S.FOLLOWED_UP,),
            unless=("already_followed_up",),
        ),
        *leads(rectification.RectificationClosed, {S.FOLLOWED_UP: S.CLOSED}),
        # An appeal struck out the rating: there is nothing to put right, and nobody is called.
        *leads(
            rectification.RectificationClosed,
            dict.fromkeys((*BEFORE_THE_CALL, S.CONTACTED, *BEHIND_THE_CALL[:-1]), S.CLOSED),
            STRUCK_OUT,
            unless=("not_followed_up",),
        ),
        *leads(
            rectification.RectificationReopened,
            {S.FOLLOWED_UP: S.REOPENED},
            unless=("reviewer_not_dissatisfied",),
        ),
    ),
    restarts=frozenset({rectification.RectificationReopened}),
    marks=((rectification.FindingRecorded, COMPLEX),),
    apart=(Apart((rectification.DeadlineExtended,), (rectification.FindingRecorded,)),),
    prefix="ZG",
)
