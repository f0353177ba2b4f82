"""
Refusals around one rectification.

ReviewRejection
├── RectificationUnknown
├── RectificationClosedBefore
├── ReviewerNotContacted
├── LedgerNumberMissing
├── CauseNotVerified
├── DeadlineNotExtendable
├── MeasureAlreadyCompleted
├── MeasureNotCompleted
├── FeedbackAlreadySent
├── FeedbackNotSent
├── AlreadyFollowedUp
├── NotFollowedUp
└── ReviewerNotDissatisfied
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.rectification import facts
from shared.contracts.rectification.course import RECTIFICATION, RectificationState
from shared.contracts.rejection import Blame


class RectificationUnknown(ReviewRejection):
    """No such order was given."""

    code = "rectification_unknown"


class RectificationClosedBefore(ReviewRejection):
    """The order is done with."""

    code = "rectification_closed_before"


class ReviewerNotContacted(ReviewRejection):
    """The cause is verified when the reviewer was reached, or often enough was not (SLA-19)."""

    code = "reviewer_not_contacted"


class LedgerNumberMissing(ReviewRejection):
    """What is kept in the ledger has a number there (V-05)."""

    code = "ledger_number_missing"
    blame = Blame.COMMAND
    field = "ledger_no"


class CauseNotVerified(ReviewRejection):
    """Nothing is put right before its cause is known."""

    code = "cause_not_verified"


class DeadlineNotExtendable(ReviewRejection):
    """More time is given for what stands in the ledger and is not yet put right (SLA-21)."""

    code = "deadline_not_extendable"


class MeasureAlreadyCompleted(ReviewRejection):
    """The cause was removed before."""

    code = "measure_already_completed"


class MeasureNotCompleted(ReviewRejection):
    """The reviewer is told what was done when it is done."""

    code = "measure_not_completed"


class FeedbackAlreadySent(ReviewRejection):
    """The reviewer was told before."""

    code = "feedback_already_sent"


class FeedbackNotSent(ReviewRejection):
    """The reviewer is asked when told."""

    code = "feedback_not_sent"


class AlreadyFollowedUp(ReviewRejection):
    """The reviewer has said whether it helped."""

    code = "already_followed_up"


class NotFollowedUp(ReviewRejection):
    """An order is closed when the reviewer was asked whether it helped."""

    code = "not_followed_up"


class ReviewerNotDissatisfied(ReviewRejection):
    """It starts again where the reviewer is still dissatisfied."""

    code = "reviewer_not_dissatisfied"


S = RectificationState

PUT_RIGHT = (S.COMPLETED, S.FED_BACK, S.FOLLOWED_UP)

OFF_COURSE = off_course(
    RECTIFICATION,
    Refused(RectificationUnknown, states=(S.ABSENT,)),
    Refused(RectificationClosedBefore, states=(S.CLOSED,)),
    Refused(MeasureAlreadyCompleted, (facts.FindingRecorded, facts.MeasureCompleted), PUT_RIGHT),
    Refused(CauseNotVerified, (facts.MeasureCompleted,)),
    Refused(DeadlineNotExtendable, (facts.DeadlineExtended,)),
    Refused(FeedbackAlreadySent, (facts.FeedbackSent,), PUT_RIGHT),
    Refused(MeasureNotCompleted, (facts.FeedbackSent,)),
    Refused(FeedbackNotSent, (facts.RectificationFollowedUp,)),
    Refused(NotFollowedUp, RECTIFICATION.within((S.FOLLOWED_UP,))),
)
"""Why nothing comes of it where the course has no row."""
