"""What is decided about a rating (评价): given once, added to once, never changed."""

from dataclasses import dataclass
from typing import Literal, assert_never

from services.review.domain.names import supplement_to
from services.review.domain.refusals import AlreadyRated, AlreadySupplemented, RatingUnknown
from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.review.facts import Indicator, RatingPosted, RatingSupplemented
from shared.contracts.review.words import BAD, ReviewChannel, ReviewPhase, Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Identifier,
    ItemCode,
    OrgRef,
    Several,
    VaultToken,
)


@dataclass(frozen=True, slots=True)
class Unrated:
    """Nothing was said under this id."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating was given."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """Under this id another rating was added to."""


Rating = Unrated | Rated | Supplement
INITIAL: Rating = Unrated()


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCommand(Command):
    """Something said about the service; the *review_id* follows from what it is about."""

    review_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRating(RatingCommand):
    """
    评价, of a matter, a visit or nothing in particular.

    *rated_elsewhere* says that another system has already told us of a rating
    of this case in this phase.
    """

    case_no: CaseNo | None = None
    item_code: ItemCode | None = None
    phase: ReviewPhase
    scope: Literal["VISIT", "MATTER"]
    channel: ReviewChannel
    level: Satisfaction
    indicators: Several[Indicator] = ()
    has_text: bool = False
    text_token: VaultToken | None = None
    real_name: bool
    rated_org: OrgRef
    rated_staff: ActorId | None = None
    reported_upstream: bool = False
    rated_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRating(RatingCommand):
    """追评 to *review_id*, under which the *prior* rating is on record."""

    prior: Rating
    level: Satisfaction
    text_token: VaultToken | None = None


def decide(rating: Rating, command: PostRating | SupplementRating) -> list[Fact]:
    """Return what *command* adds under a new id, or raise what stands in its way."""
    match command:
        case PostRating():
            if command.rated_elsewhere or not isinstance(rating, Unrated):
                raise AlreadyRated
            return [command.stated(RatingPosted, assess_no=1)]
        case SupplementRating():
            return [_supplement(rating, command)]
        case _:
            assert_never(command)


def evolve(rating: Rating, fact: Fact) -> Rating:
    """Return the rating after *fact*: what was said first stays."""
    match rating, fact:
        case Unrated(), RatingPosted():
            return Rated()
        case Unrated(), RatingSupplemented():
            return Supplement()
        case _:
            return rating


def is_bad(rating: RatingPosted | RatingSupplemented) -> bool:
    """Whether somebody is dissatisfied; the system's own default says nothing (trap 12)."""
    by_nobody = isinstance(rating, RatingPosted) and rating.channel is ReviewChannel.SYSTEM_DEFAULT
    return rating.level in BAD and not by_nobody


def turns_bad(rating: RatingPosted, supplement: RatingSupplemented) -> bool:
    """Whether *supplement* makes *rating* a bad one; one that was bad before has its order."""
    return is_bad(supplement) and not is_bad(rating)


def _supplement(rating: Rating, command: SupplementRating) -> RatingSupplemented:
    if not isinstance(command.prior, Rated):
        raise RatingUnknown
    if not isinstance(rating, Unrated):
        raise AlreadySupplemented
    own = supplement_to(command.review_id)
    return command.stated(RatingSupplemented, review_id=own, prior_review_id=command.review_id)
