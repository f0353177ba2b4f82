"""The courses of an invitation and of a rating (好差评, domain.md 3.5)."""

from enum import StrEnum

from shared.contracts.course import ABSENT, Apart, Course, Guard, leads, stays
from shared.contracts.review import facts as review


class InvitationState(StrEnum):
    """Whether somebody was asked for a rating."""

    ABSENT = ABSENT
    INVITED = "INVITED"


class RatingState(StrEnum):
    """Where a rating stands."""

    ABSENT = ABSENT
    POSTED = "POSTED"
    SUPPLEMENTED = "SUPPLEMENTED"
    APPEALED = "APPEALED"
    APPEAL_REJECTED = "APPEAL_REJECTED"
    APPEAL_UPHELD = "APPEAL_UPHELD"


R = RatingState

GIVEN = tuple(state for state in R if state is not R.ABSENT)

UPHELD = Guard("upheld", lambda fact: fact.upheld)
REJECTED = Guard("rejected", lambda fact: not fact.upheld)

INVITATION = Course(
    "invitation",
    "invitation_id",
    tuple((state,) for state in InvitationState),
    tuple(leads(review.InvitationSent, {InvitationState.ABSENT: InvitationState.INVITED})),
    prefix="YQ",
)

RATING = Course(
    "review",
    "review_id",
    (
        (R.ABSENT,),
        (R.POSTED,),
        (R.SUPPLEMENTED,),
        (R.APPEALED,),
        (R.APPEAL_REJECTED, R.APPEAL_UPHELD),
    ),
    (
        *leads(review.RatingPosted, {R.ABSENT: R.POSTED}, unless=("already_rated",)),
        # We add under a name of its own; others do under that of the rating.
        *leads(review.RatingSupplemented, {R.ABSENT: R.SUPPLEMENTED}, unless=("rating_unknown",)),
        *leads(
            review.RatingSupplemented, {R.POSTED: R.SUPPLEMENTED}, unless=("already_supplemented",)
        ),
        *leads(
            review.AppealFiled,
            dict.fromkeys((R.POSTED, R.SUPPLEMENTED), R.APPEALED),
            unless=("rating_not_bad", "appeal_too_late"),
        ),
        *leads(review.AppealDecided, {R.APPEALED: R.APPEAL_UPHELD}, UPHELD),
        *leads(review.AppealDecided, {R.APPEALED: R.APPEAL_REJECTED}, REJECTED),
        *stays(review.RatingForwarded, GIVEN),
    ),
    apart=(Apart((review.AppealDecided,), (review.AppealFiled,)),),
    prefix="PJ",
)
