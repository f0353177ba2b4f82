"""Review and the fold read a rectification alike, whatever other systems say of it."""

from datetime import date
from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.fold import fold_all
from services.review.domain.rectification import states
from shared.contracts.envelope import Fact
from shared.contracts.rectification.facts import RectificationAssigned
from tests.support import ratings
from tests.support.way_of_a_case import CASE, entry

SOON = date(2024, 9, 19)
TOLD = (
    ratings.OPENED,
    RectificationAssigned(
        rect_id=ratings.RECT, assignee="st-0088", due_contact=SOON, due_rectify=SOON
    ),
    ratings.CALLED,
    ratings.FOUND,
    ratings.EXTENDED,
    ratings.REMOVED,
    ratings.TOLD,
    ratings.SATISFIED,
    ratings.CLOSED,
    ratings.REOPENED,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOLD), max_size=12))
def test_review_and_the_fold_see_a_rectification_in_the_same_state(told: list[Fact]) -> None:
    facts = [ratings.OPENED, *told]
    state = reduce(states.evolve, facts, states.INITIAL)
    (matter,) = fold_all(CASE, [entry(fact, hours) for hours, fact in enumerate(facts)]).subjects

    assert matter.state == state.state
