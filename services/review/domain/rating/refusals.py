"""
Refusals around one rating.

ReviewRejection
├── AlreadyRated
├── RatingUnknown
├── AlreadySupplemented
├── RatingNotBad
├── AppealAlreadyFiled
├── AppealTooLate
├── AppealNotFiled
├── AppealAlreadyDecided
└── ForwardingUnexplained
"""

from services.review.domain.refusals import ReviewRejection
from shared.commands.off_course import Refused, off_course
from shared.contracts.rejection import Blame
from shared.contracts.review import facts
from shared.contracts.review.course import RATING, RatingState


class AlreadyRated(ReviewRejection):
    """A case is rated once in a phase (V-17): 该办件已评价，无需重复评价."""

    code = "already_rated"


class RatingUnknown(ReviewRejection):
    """No such rating was given."""

    code = "rating_unknown"


class AlreadySupplemented(ReviewRejection):
    """A rating is added to once (V-15)."""

    code = "already_supplemented"


class RatingNotBad(ReviewRejection):
    """Nobody appeals against praise, or against what the system said for nobody."""

    code = "rating_not_bad"


class AppealAlreadyFiled(ReviewRejection):
    """A rating is appealed against once (V-12)."""

    code = "appeal_already_filed"


class AppealTooLate(ReviewRejection):
    """Whoever has a rating in hand appeals against it within a few days, or puts it right."""

    code = "appeal_too_late"


class AppealNotFiled(ReviewRejection):
    """Nobody appeals against the rating."""

    code = "appeal_not_filed"


class AppealAlreadyDecided(ReviewRejection):
    """The appeal was upheld or rejected before."""

    code = "appeal_already_decided"


class ForwardingUnexplained(ReviewRejection):
    """What another system did not take has an error, and what it took has none."""

    code = "forwarding_unexplained"
    blame = Blame.COMMAND
    field = "error"


R = RatingState

OFF_COURSE = off_course(
    RATING,
    Refused(AlreadyRated, (facts.RatingPosted,)),
    Refused(AlreadySupplemented, (facts.RatingSupplemented,)),
    Refused(RatingUnknown, states=(R.ABSENT,)),
    Refused(AppealNotFiled, states=(R.POSTED, R.SUPPLEMENTED)),
    Refused(AppealAlreadyFiled, (facts.AppealFiled,)),
    Refused(AppealAlreadyDecided, (facts.AppealDecided,)),
)
"""Why nothing comes of it where the course has no row."""
