"""Ratings (评价): once a case and phase, added to once, bad or not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.review.domain.names import (
    appeal_against,
    rating_of,
    rectification_of,
    supplement_to,
)
from services.review.domain.rating import refusals
from services.review.domain.rating.commands import (
    AnyCommand,
    DecideAppeal,
    FileAppeal,
    ForwardRating,
    PostRating,
    SupplementRating,
)
from services.review.domain.rating.decide import decide
from services.review.domain.rating.states import INITIAL, Rating, evolve, is_bad, turns_bad
from shared.contracts.review.course import RatingState
from shared.contracts.review.facts import (
    AppealDecided,
    AppealFiled,
    RatingForwarded,
    RatingSupplemented,
)
from shared.contracts.review.words import AppealGround, ReviewChannel, ReviewPhase, Satisfaction
from tests.support.decider import DeciderSpec
from tests.support.ratings import BUREAU, CALLED, CASE, NINE, POSTED, REVIEW

rating = DeciderSpec[Rating, AnyCommand](INITIAL, decide, evolve)
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

    assert rated.state == Rating(
        state=RatingState.POSTED, org=BUREAU.org_code, is_first=True, is_bad=True
    )


def test_a_case_is_rated_once_in_a_phase() -> None:
    rated.when(POST).then_rejects(refusals.AlreadyRated)


def test_what_was_rated_elsewhere_is_not_rated_here() -> None:
    rating.when(replace(POST, rated_elsewhere=True)).then_rejects(refusals.AlreadyRated)


def test_a_rating_is_added_to_once() -> None:
    rating.when(ADD).then(ADDED)
    rating.given(ADDED).when(ADD).then_rejects(refusals.AlreadySupplemented)

    assert rating.given(ADDED).state == Rating(state=RatingState.SUPPLEMENTED)


@pytest.mark.parametrize("prior", [rating.state, rating.given(ADDED).state])
def test_only_a_rating_is_added_to(prior: Rating) -> None:
    rating.when(replace(ADD, prior=prior)).then_rejects(refusals.RatingUnknown)


def test_a_rating_under_the_name_of_a_supplement_takes_no_supplement() -> None:
    rated.when(ADD).then_rejects(refusals.AlreadySupplemented)


def test_another_system_may_add_to_a_rating_under_its_own_name() -> None:
    added = ADDED.model_copy(update={"review_id": REVIEW, "level": Satisfaction.DISSATISFIED})

    assert rated.given(added).state == replace(rated.state, state=RatingState.SUPPLEMENTED)


APPEAL = FileAppeal(at=NINE, review_id=REVIEW, ground=AppealGround.MISTAKEN, filed_by_org=BUREAU)
FILED = AppealFiled(
    review_id=REVIEW,
    appeal_id=appeal_against(REVIEW),
    ground=AppealGround.MISTAKEN,
    evidence=(),
    filed_by_org=BUREAU,
)
JUDGE = DecideAppeal(
    at=NINE, review_id=REVIEW, upheld=True, decided_by="st-0001", reason="评错了窗口"
)
JUDGED = AppealDecided(
    review_id=REVIEW,
    appeal_id=appeal_against(REVIEW),
    upheld=True,
    decided_by="st-0001",
    reason="评错了窗口",
)
appealed = rated.given(FILED)


def test_who_is_rated_badly_may_appeal_once() -> None:
    rated.when(APPEAL).then(FILED)
    appealed.when(APPEAL).then_rejects(refusals.AppealAlreadyFiled)
    appealed.given(JUDGED).when(APPEAL).then_rejects(refusals.AppealAlreadyFiled)


def test_nobody_appeals_against_praise_or_against_nothing() -> None:
    praised = rating.given(POSTED.model_copy(update={"level": Satisfaction.SATISFIED}))

    praised.when(APPEAL).then_rejects(refusals.RatingNotBad)
    rating.when(APPEAL).then_rejects(refusals.RatingUnknown)


@pytest.mark.parametrize(
    ("upheld", "state"), [(True, RatingState.APPEAL_UPHELD), (False, RatingState.APPEAL_REJECTED)]
)
def test_an_appeal_is_decided_once(upheld: bool, state: RatingState) -> None:  # noqa: FBT001 - a column of the table
    judged = JUDGED.model_copy(update={"upheld": upheld})

    appealed.when(replace(JUDGE, upheld=upheld)).then(judged)
    appealed.given(judged).when(JUDGE).then_rejects(refusals.AppealAlreadyDecided)
    rated.when(JUDGE).then_rejects(refusals.AppealNotFiled)
    assert appealed.given(judged).state.state == state


def test_what_was_said_first_stays() -> None:
    better = POSTED.model_copy(update={"level": Satisfaction.SATISFIED})

    assert rated.given(better, CALLED).state == rated.state


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


def test_an_appeal_comes_before_its_last_day_is_over() -> None:
    today, before = NINE.date(), NINE.date() - timedelta(days=1)

    rated.when(replace(APPEAL, latest=today)).then(FILED)
    rated.when(replace(APPEAL, latest=before)).then_rejects(refusals.AppealTooLate, latest=before)


FORWARD = ForwardRating(at=NINE, review_id=REVIEW, system="省好差评系统", accepted=True)
FORWARDED = RatingForwarded(review_id=REVIEW, system="省好差评系统", accepted=True)
RETURNED = FORWARDED.model_copy(update={"accepted": False, "error": "办件编号不存在"})


def test_a_rating_is_forwarded_until_it_is_taken_and_stays_what_it_is() -> None:
    refused = replace(FORWARD, accepted=False, error="办件编号不存在")

    rated.when(refused).then(RETURNED)
    rated.given(RETURNED).when(FORWARD).then(FORWARDED)
    appealed.when(FORWARD).then(FORWARDED)
    rating.when(FORWARD).then_rejects(refusals.RatingUnknown)

    assert rated.given(RETURNED, FORWARDED).state == rated.state


@pytest.mark.parametrize(
    "unclear",
    [
        replace(FORWARD, accepted=False),
        replace(FORWARD, accepted=False, error=""),
        replace(FORWARD, error="办件编号不存在"),
    ],
)
def test_what_is_not_taken_has_an_error_and_what_is_taken_has_none(unclear: ForwardRating) -> None:
    rated.when(unclear).then_rejects(refusals.ForwardingUnexplained)
