"""Where a rating stands, what review remembers of it, and which one is bad."""

from dataclasses import dataclass, replace

from shared.contracts.envelope import Fact
from shared.contracts.review.course import RATING, RatingState
from shared.contracts.review.facts import AppealFiled, RatingPosted, RatingSupplemented
from shared.contracts.review.words import BAD, ReviewChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rating, or what was added to one under a name of its own, as its facts made it."""

    state: str = RatingState.ABSENT
    org: str | None = None
    """The organisation that is rated, by its code."""
    is_first: bool = False
    """Whether it is a rating in its own right, and adds to no other."""
    is_bad: bool = False
    appeal_id: str = ""


INITIAL = Rating()


def evolve(rating: Rating, fact: Fact) -> Rating:
    """Return the rating after *fact*: what was said first stays."""
    state = RATING.target(rating.state, fact)
    if state is None:
        return rating
    return replace(_noted(rating, fact), state=state)


def _noted(rating: Rating, fact: Fact) -> Rating:
    match fact:
        case RatingPosted():
            return replace(rating, org=fact.rated_org.org_code, is_first=True, is_bad=is_bad(fact))
        case RatingSupplemented():
            return replace(rating, is_bad=is_bad(fact))
        case AppealFiled():
            return replace(rating, appeal_id=fact.appeal_id)
        case _:
            return rating


def is_bad(rating: RatingPosted | RatingSupplemented) -> bool:
    """Whether somebody is dissatisfied; the system's own default says nothing (trap 12)."""
    by_nobody = isinstance(rating, RatingPosted) and rating.channel is ReviewChannel.SYSTEM_DEFAULT
    return rating.level in BAD and not by_nobody


def turns_bad(rating: RatingPosted, supplement: RatingSupplemented) -> bool:
    """Whether *supplement* makes *rating* a bad one; one that was bad before has its order."""
    return is_bad(supplement) and not is_bad(rating)
