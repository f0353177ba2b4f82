"""The register of organisations, and whose every subject of intake and review is."""

import pytest
from pydantic import ValidationError

from services.intake.domain.case import decide as case
from services.intake.domain.case import states as case_states
from services.intake.domain.inspection import decide as inspection
from services.intake.domain.inspection import states as inspection_states
from services.intake.domain.inspection.commands import OrderInspection, StartVisit
from services.intake.domain.referral import decide as referral
from services.intake.domain.referral import states as referral_states
from services.intake.domain.referral.commands import ExecuteResolution, MakeReferral
from services.review.domain.rating import decide as rating
from services.review.domain.rating import states as rating_states
from services.review.domain.rating.commands import FileAppeal, PostRating, SupplementRating
from services.review.domain.rectification import decide as rectification
from services.review.domain.rectification import states as rectification_states
from services.review.domain.rectification.commands import CompleteMeasure
from shared.contracts.inspection.facts import InspectionCreated
from shared.contracts.rectification.facts import RectificationOpened
from shared.contracts.review.facts import RatingPosted
from shared.policy.organisations import Organisation, Organisations, Scope, organisations
from shared.policy.sla import bureau_policy
from tests.support.courses import command_of
from tests.support.examples import like_the_example
from tests.support.intake_cases import DECIDE, RECEIVED
from tests.support.organisations import BUREAU, COMMUNITY, FOOD, INVENTED, MARKET, STREET, org
from tests.support.simulation.story import RECEIVE

REGISTER = organisations()


def test_the_bureau_of_the_policy_stands_above_all() -> None:
    assert bureau_policy().bureau.org.org_code == REGISTER.bureau == BUREAU


@pytest.mark.parametrize(
    ("own", "owner", "reached"),
    [
        (STREET, STREET, {Scope.OWN, Scope.BELOW, Scope.LINE}),
        (BUREAU, COMMUNITY, {Scope.BELOW, Scope.LINE}),
        (STREET, COMMUNITY, {Scope.BELOW, Scope.LINE}),
        (COMMUNITY, STREET, {Scope.LINE}),
        (COMMUNITY, BUREAU, {Scope.LINE}),
        (MARKET, STREET, set()),
        (MARKET, FOOD, {Scope.OWN, Scope.BELOW, Scope.LINE}),
        (BUREAU, INVENTED, {Scope.OWN, Scope.BELOW, Scope.LINE}),
        (STREET, INVENTED, {Scope.LINE}),
    ],
)
def test_a_scope_goes_up_and_down_the_register(own: str, owner: str, reached: set[Scope]) -> None:
    assert {scope for scope in Scope if REGISTER.admits(own, scope, [owner])} == reached


def test_one_of_several_owners_is_enough_and_without_any_it_is_the_bureaus() -> None:
    assert REGISTER.admits(MARKET, Scope.OWN, [STREET, MARKET])
    assert REGISTER.admits(BUREAU, Scope.OWN, [])
    assert not REGISTER.admits(MARKET, Scope.BELOW, [])


def test_the_register_says_what_a_code_is_called() -> None:
    assert REGISTER.named(BUREAU) == bureau_policy().bureau.org


def test_who_is_above_reaches_those_below_and_what_was_merged_into_them() -> None:
    assert REGISTER.reached(STREET, Scope.BELOW) == {STREET, COMMUNITY}
    assert REGISTER.reached(MARKET, Scope.OWN) == {MARKET, FOOD}
    assert REGISTER.reached(BUREAU, Scope.BELOW) == REGISTER.by_code.keys()


def test_what_was_merged_is_the_one_that_took_it_over() -> None:
    assert (REGISTER.today(FOOD), REGISTER.today(MARKET)) == (MARKET, MARKET)
    assert REGISTER.today(INVENTED) is None


TOP = Organisation(org_code=BUREAU, org_name="局")


@pytest.mark.parametrize(
    "entries",
    {
        "nobody above": [Organisation(org_code=STREET, org_name="街道", parent=BUREAU)],
        "two above all": [TOP, Organisation(org_code=STREET, org_name="街道")],
        "one twice": [TOP, TOP],
        "below and merged": [
            TOP,
            Organisation(org_code=FOOD, org_name="食药", parent=BUREAU, merged_into=BUREAU),
        ],
        "a circle": [
            TOP,
            Organisation(org_code=FOOD, org_name="食药", merged_into=MARKET),
            Organisation(org_code=MARKET, org_name="市监", merged_into=FOOD),
        ],
        "below a stranger": [TOP, Organisation(org_code=FOOD, org_name="食药", parent=INVENTED)],
    }.values(),
)
def test_a_register_that_is_no_tree_is_refused(entries: list[Organisation]) -> None:
    with pytest.raises(ValidationError):
        Organisations(entries=tuple(entries))


def test_a_case_is_whose_it_was_received_for() -> None:
    received = case_states.evolve(case_states.INITIAL, RECEIVED)

    assert case.owners(case_states.INITIAL, RECEIVE) == (BUREAU,)
    assert case.owners(received, DECIDE) == (BUREAU,)
    assert case.owners(case_states.INITIAL, DECIDE) == ()


def test_an_inspection_is_ordered_by_who_handles_the_cases_and_made_by_who_was_named() -> None:
    created = like_the_example(InspectionCreated, org=org(MARKET), joint_orgs=(org(STREET),))
    begun = inspection_states.evolve(inspection_states.INITIAL, created)
    order = command_of(OrderInspection, handling_orgs=frozenset({BUREAU}))

    assert inspection.owners(inspection_states.INITIAL, order) == {BUREAU}
    assert inspection.owners(begun, command_of(StartVisit)) == (MARKET, STREET)


def test_a_case_is_referred_by_who_handles_it() -> None:
    made = command_of(MakeReferral, handling_orgs=frozenset({STREET}))

    assert referral.owners(referral_states.INITIAL, made) == {STREET}
    assert referral.owners(referral_states.INITIAL, command_of(ExecuteResolution)) == ()


def test_a_rating_and_what_is_added_are_the_rated_organisations() -> None:
    posted = like_the_example(RatingPosted, rated_org=org(STREET))
    rated = rating_states.evolve(rating_states.INITIAL, posted)

    assert rating.owners(rating_states.INITIAL, command_of(PostRating, rated_org=org(MARKET))) == (
        MARKET,
    )
    assert rating.owners(rating_states.INITIAL, command_of(SupplementRating, prior=rated)) == (
        STREET,
    )
    assert rating.owners(rated, command_of(FileAppeal)) == (STREET,)
    assert rating.owners(rating_states.INITIAL, command_of(FileAppeal)) == ()


def test_an_order_is_whose_it_was_given_to() -> None:
    opened = like_the_example(RectificationOpened, responsible_org=org(STREET))
    ordered = rectification_states.evolve(rectification_states.INITIAL, opened)

    assert rectification.owners(ordered, command_of(CompleteMeasure)) == (STREET,)
    assert rectification.owners(rectification_states.INITIAL, command_of(CompleteMeasure)) == ()
