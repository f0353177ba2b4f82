"""Ratings (评价): once a case and phase, added to once, bad or not."""

from dataclasses import replace

import pytest

from services.review.domain import refusals
from services.review.domain.names import rating_of, rectification_of, supplement_to
from services.review.domain.rating import (
    INITIAL,
    PostRating,
    Rated,
    Rating,
    Supplement,
    SupplementRating,
    decide,
    evolve,
    is_bad,
    turns_bad,
)
from shared.contracts.review.facts import RatingSupplemented
from shared.contracts.review.words import ReviewChannel, ReviewPhase, Satisfaction
from tests.support.decider import DeciderSpec
from tests.support.ratings import BUREAU, CALLED, CASE, NINE, POSTED, REVIEW

rating = DeciderSpec[Rating, PostRating | SupplementRating](INITIAL, decide, evolve)
rated = rating.given(POSTED)

POST = PostRating(
    at=NINE,
    review_id=REVIEW,
    case_no=CASE,
    phase=ReviewPhase.COMPLETION,
    scope="MATTER",
    channel=ReviewChannel.SMS,
    level=Satisfaction.DISSATISFIED,
    real_name=True,
    rated_org=BUREAU,
)
ADD = SupplementRating(at=NINE, review_id=REVIEW, prior=rated.state, level=Satisfaction.SATISFIED)
ADDED = RatingSupplemented(
    review_id=supplement_to(REVIEW), prior_review_id=REVIEW, level=Satisfaction.SATISFIED
)


def test_a_citizen_rates_the_service() -> None:
    rating.when(POST).then(POSTED)

    assert rated.state == Rated()


def test_a_case_is_rated_once_in_a_phase() -> None:
    rated.when(POST).then_rejects(refusals.AlreadyRated)


def test_what_was_rated_elsewhere_is_not_rated_here() -> None:
    rating.when(replace(POST, rated_elsewhere=True)).then_rejects(refusals.AlreadyRated)


def test_a_rating_is_added_to_once() -> None:
    rating.when(ADD).then(ADDED)
    rating.given(ADDED).when(ADD).then_rejects(refusals.AlreadySupplemented)

    assert rating.given(ADDED).state == Supplement()


@pytest.mark.parametrize("prior", [rating.state, Supplement()])
def test_only_a_rating_is_added_to(prior: Rating) -> None:
    rating.when(replace(ADD, prior=prior)).then_rejects(refusals.RatingUnknown)


def test_what_was_said_first_stays() -> None:
    assert rated.given(POSTED, ADDED, CALLED).state == Rated()


@pytest.mark.parametrize(
    ("level", "bad"),
    [
        (Satisfaction.VERY_SATISFIED, False),
        (Satisfaction.SATISFIED, False),
        (Satisfaction.BASICALLY_SATISFIED, False),
        (Satisfaction.DISSATISFIED, True),
        (Satisfaction.VERY_DISSATISFIED, True),
    ],
)
def test_the_two_lowest_levels_are_bad(level: Satisfaction, bad: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_bad(POSTED.model_copy(update={"level": level})) is bad


def test_a_default_of_the_system_is_nobodys_opinion() -> None:
    assert not is_bad(POSTED.model_copy(update={"channel": ReviewChannel.SYSTEM_DEFAULT}))


@pytest.mark.parametrize(
    ("first", "later", "turns"),
    [
        (Satisfaction.SATISFIED, Satisfaction.DISSATISFIED, True),
        (Satisfaction.SATISFIED, Satisfaction.SATISFIED, False),
        (Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED, False),
        (Satisfaction.DISSATISFIED, Satisfaction.SATISFIED, False),
    ],
)
def test_a_good_rating_turns_bad_by_what_is_added(
    first: Satisfaction,
    later: Satisfaction,
    turns: bool,  # noqa: FBT001 - a column of the table
) -> None:
    posted = POSTED.model_copy(update={"level": first})

    assert turns_bad(posted, ADDED.model_copy(update={"level": later})) is turns


def test_a_default_of_the_system_turns_bad_when_somebody_speaks() -> None:
    default = POSTED.model_copy(update={"channel": ReviewChannel.SYSTEM_DEFAULT})

    assert turns_bad(default, ADDED.model_copy(update={"level": Satisfaction.DISSATISFIED}))


def test_a_name_follows_from_what_it_names() -> None:
    acceptance = rating_of(CASE, ReviewPhase.ACCEPTANCE)

    assert acceptance == rating_of(CASE, ReviewPhase.ACCEPTANCE)
    assert acceptance != rating_of(CASE, ReviewPhase.COMPLETION)
    assert rectification_of(REVIEW) == rectification_of(REVIEW) != rectification_of(acceptance)
