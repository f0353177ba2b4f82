"""What review decides about a rating."""

from typing import assert_never

from services.review.domain.names import appeal_against, supplement_to
from services.review.domain.rating.commands import (
    AnyCommand,
    DecideAppeal,
    FileAppeal,
    ForwardRating,
    PostRating,
    SupplementRating,
)
from services.review.domain.rating.refusals import (
    OFF_COURSE,
    AlreadyRated,
    AlreadySupplemented,
    AppealTooLate,
    ForwardingUnexplained,
    RatingNotBad,
    RatingUnknown,
)
from services.review.domain.rating.states import Rating
from shared.commands.off_course import require_on_course
from shared.contracts.envelope import Fact
from shared.contracts.review.course import RATING, RatingState


def decide(rating: Rating, command: AnyCommand) -> list[Fact]:
    """Return what *command* adds to the rating, or raise what stands in its way."""
    if isinstance(command, SupplementRating) and not command.prior.is_first:
        raise RatingUnknown
    require_on_course(RATING, rating.state, command, OFF_COURSE)
    return [_stated(rating, command)]


def owners(rating: Rating, command: AnyCommand) -> tuple[str, ...]:
    """Return the organisation that is rated."""
    match command:
        case PostRating():
            rated: str | None = command.rated_org.org_code
        case SupplementRating():
            rated = command.prior.org
        case _:
            rated = rating.org
    return (rated,) if rated else ()


def _stated(rating: Rating, command: AnyCommand) -> Fact:
    match command:
        case PostRating():
            if command.rated_elsewhere:
                raise AlreadyRated
            return command.stated(assess_no=1)
        case SupplementRating():
            return _supplement(rating, command)
        case FileAppeal():
            return _appeal(rating, command)
        case DecideAppeal():
            return command.stated(appeal_id=rating.appeal_id)
        case ForwardRating():
            return _forward(command)
        case _:
            assert_never(command)


def _supplement(rating: Rating, command: SupplementRating) -> Fact:
    """State the supplement under its own name, which follows from that of the rating."""
    if rating.state != RatingState.ABSENT:
        raise AlreadySupplemented
    own = supplement_to(command.review_id)
    return command.stated(review_id=own, prior_review_id=command.review_id)


def _appeal(rating: Rating, command: FileAppeal) -> Fact:
    if not rating.is_bad:
        raise RatingNotBad
    if command.latest is not None and command.on > command.latest:
        raise AppealTooLate(latest=command.latest)
    return command.stated(appeal_id=appeal_against(command.review_id))


def _forward(command: ForwardRating) -> Fact:
    if command.accepted == bool(command.error):
        raise ForwardingUnexplained
    return command.stated()
